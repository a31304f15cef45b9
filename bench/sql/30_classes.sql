-- Teachers and rooms enough that none is in two places at once; then classes, timetables and applications.

CREATE UNLOGGED TABLE bench.resource AS
SELECT row_number() OVER (ORDER BY unit_id, turn) AS id, unit_id, turn
FROM (SELECT unit_id, max(at_once) AS most FROM bench.class GROUP BY unit_id) x CROSS JOIN LATERAL generate_series(1, most) turn;

INSERT INTO training_teacher (id, unit_id, name, number, qualification, qualification_valid_to, is_active)
SELECT id, unit_id, '教师' || id, NULL, '高级技师', date '2030-12-31', true FROM bench.resource;

INSERT INTO training_venue (id, unit_id, name, address, capacity, is_active)
SELECT id, unit_id, '实训室' || turn, '新华大街' || unit_id || '号', 60, true FROM bench.resource;

CREATE UNLOGGED TABLE bench.booked AS
SELECT c.n, r.id AS resource_id FROM bench.class c
JOIN (SELECT unit_id, max(at_once) AS most FROM bench.class GROUP BY unit_id) x USING (unit_id)
JOIN bench.resource r ON r.unit_id = c.unit_id AND r.turn = 1 + c.turn % x.most;

CREATE UNLOGGED TABLE bench.named AS
SELECT n, division_id || '-' || year || '-' || lpad(serial::text, 6, '0') AS number, title,
       (SELECT array_agg(DISTINCT c ORDER BY c) FROM string_to_table(title, NULL) c) AS letters
FROM (SELECT c.n, c.division_id, c.year, row_number() OVER (PARTITION BY c.division_id, c.year ORDER BY c.n) AS serial,
             u.name || to_char(c.first_day, 'YYYY"年第"FMMM"期"') || p.name || '培训班' AS title
      FROM bench.class c JOIN training_project p ON p.id = c.project_id JOIN bench.unit u ON u.unit_id = c.unit_id) x;

INSERT INTO training_numberseries (prefix, last)
SELECT division_id || '-' || year, count(*) FROM bench.class GROUP BY division_id, year;

CREATE UNLOGGED TABLE bench.file AS
SELECT n, o.state AS opening, k.state AS completion, s.state AS subsidy
FROM bench.class c
LEFT JOIN bench.standing o ON o.kind = 'opening' AND o.object_id = n
LEFT JOIN bench.standing k ON k.kind = 'completion' AND k.object_id = n
LEFT JOIN bench.standing s ON s.kind = 'subsidy' AND s.object_id = n;

INSERT INTO training_trainingclass (id, number, name, applicant_id, institution_id, employer_id, body_id, division_id, project_id, category, fund_source,
    first_day, last_day, venue_id, planned_people, fee, stage, created_at, created_by_id)
SELECT c.n, m.number, m.title, c.organisation_id, c.institution_id, c.employer_id, CASE WHEN c.is_checked THEN o.office_id END, c.division_id, c.project_id,
       c.category, c.fund_source, c.first_day, c.last_day, b.resource_id, c.size, NULL,
       CASE WHEN f.subsidy = 'approved' THEN 'payable' WHEN f.subsidy IN ('publicity', 'concluding') THEN 'publicity' WHEN f.subsidy = 'refused' THEN 'closed'
            WHEN f.subsidy IS NOT NULL THEN 'subsidy' WHEN f.completion = 'approved' THEN 'completed' WHEN f.completion = 'refused' THEN 'stopped'
            WHEN f.completion IS NOT NULL THEN 'completion' WHEN f.opening = 'approved' AND c.w_first <= c.today THEN 'in_training'
            WHEN f.opening = 'approved' THEN 'approved' WHEN f.opening = 'refused' THEN 'refused'
            WHEN f.opening IN ('checking', 'in_review') THEN 'opening' ELSE 'draft' END,
       (c.drafted_on + time '09:00') AT TIME ZONE 'Asia/Shanghai', c.post_id
FROM bench.class c JOIN bench.named m USING (n) JOIN bench.file f USING (n) JOIN bench.office o USING (division_id) JOIN bench.booked b USING (n)
ORDER BY c.n;

INSERT INTO training_trainingclass_teachers (id, trainingclass_id, teacher_id) SELECT n, n, resource_id FROM bench.booked;

INSERT INTO training_lesson (id, training_class_id, day, starts, ends, hours, content, teacher_id, venue_id)
SELECT c.first_lesson + i, c.n, w.day, time '08:30', time '14:30', 8, '第' || i + 1 || '天', b.resource_id, b.resource_id
FROM bench.class c JOIN bench.booked b USING (n) CROSS JOIN LATERAL generate_series(0, c.lessons - 1) i JOIN bench.workday w ON w.seq = c.w_first + i
ORDER BY c.n, i;

INSERT INTO training_opening (id, number, division_id, applicant_id, category, state, version, round, position, need, desk_id, due_on, submitted_at, decided_at,
    training_class_id)
SELECT c.n, m.number || '-K', c.division_id, c.organisation_id, c.category, coalesce(s.state, 'draft'), coalesce(s.version, 0), coalesce(s.round, 0),
       coalesce(s.position, 0), CASE WHEN s.state <> 'in_review' OR s.state IS NULL THEN '' WHEN s.position = 2 THEN 'file_opening' ELSE 'first_review_opening' END,
       s.desk_id, s.due_on, s.submitted_at, s.decided_at, c.n
FROM bench.class c JOIN bench.named m USING (n) LEFT JOIN bench.standing s ON s.kind = 'opening' AND s.object_id = c.n;

INSERT INTO training_completion (id, number, division_id, applicant_id, category, state, version, round, position, need, desk_id, due_on, submitted_at,
    decided_at, training_class_id)
SELECT c.n, m.number || '-J', c.division_id, c.organisation_id, c.category, s.state, s.version, s.round, s.position,
       CASE s.state WHEN 'in_review' THEN 'first_review_completion' ELSE '' END, s.desk_id, s.due_on, s.submitted_at, s.decided_at, c.n
FROM bench.class c JOIN bench.named m USING (n) JOIN bench.standing s ON s.kind = 'completion' AND s.object_id = c.n;

INSERT INTO training_registration (id, number, division_id, applicant_id, category, state, version, round, position, need, desk_id, due_on, submitted_at,
    decided_at, unit_id, values, former)
SELECT s.object_id, 'ZC' || lpad(u.organisation_id::text, 6, '0') || '-01', u.division_id, u.organisation_id, '', s.state, s.version, s.round, s.position, '',
       s.desk_id, NULL, s.submitted_at, s.decided_at, s.object_id, d.proposed, d.former
FROM bench.unit u JOIN bench.standing s ON s.kind = 'registration' AND s.object_id = u.unit_id JOIN bench.draft d USING (unit_id);

-- The papers an opening asks for, one file each.
INSERT INTO casework_attachment (kind, object_id, slot, file, name, media_type, size, sha256, valid_to, particulars, by_id, at, replaced_at)
SELECT 'opening', c.n, slot, 'attachments/bench-' || c.n || '-' || slot, slot || '.pdf', 'application/pdf', 48213,
       encode(sha256(convert_to(c.n || slot, 'UTF8')), 'hex'), NULL, '{}', c.post_id, (c.drafted_on + time '10:00') AT TIME ZONE 'Asia/Shanghai', NULL
FROM bench.class c JOIN bench.offer o ON o.id = c.offer_id CROSS JOIN LATERAL unnest(o.papers) slot
WHERE c.w_submit <= c.today;
