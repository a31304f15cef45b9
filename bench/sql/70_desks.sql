-- Steps, cover sheets and notices of every application.

INSERT INTO casework_step (id, kind, object_id, number, round, version, move, from_state, to_state, decides, needs_reason, by_id, reviewer_id, actor, reason, data, at, due_on)
SELECT s.id, s.kind, s.object_id, x.number, s.round, s.version, s.move, s.from_state, s.to_state, s.decides, s.needs_reason, s.by_id, s.reviewer_id, s.actor, s.reason,
       '{}', s.at, s.due_on
FROM bench.step s
JOIN (SELECT 'registration' AS kind, id, number FROM training_registration UNION ALL SELECT 'opening', id, number FROM training_opening
      UNION ALL SELECT 'completion', id, number FROM training_completion UNION ALL SELECT 'subsidy', id, number FROM subsidies_subsidy
      UNION ALL SELECT 'paymentbatch', id, number FROM subsidies_paymentbatch) x ON x.kind = s.kind AND x.id = s.object_id
ORDER BY s.id;

CREATE UNLOGGED TABLE bench.heads AS
SELECT training_class_id AS n, count(*) AS people, count(*) FILTER (WHERE verdict <> 'eligible') AS exceptions
FROM training_enrolment WHERE struck_out_at IS NULL GROUP BY training_class_id;

INSERT INTO casework_workitem (kind, object_id, number, title, letters, url, division_id, applicant_id, desk_id, category, need, state, standing, people, exceptions,
    amount, since, due_on)
SELECT a.kind, a.id, number, title, letters, '$cases' || a.kind || '/' || a.id || '/', division_id, applicant_id, a.desk_id, category, need, a.state,
       CASE WHEN a.state = 'draft' THEN 'draft' WHEN a.state IN ('in_review', 'concluding') THEN 'todo'
            WHEN a.state IN ('approved', 'refused', 'settled', 'withdrawn') THEN 'done' ELSE 'waiting' END,
       people, exceptions, amount, coalesce(s.since, timestamptz '2020-07-01 09:00+08' + a.id * interval '1 second'), a.due_on
FROM (
    SELECT 'registration' AS kind, r.id, r.number, o.name AS title, (SELECT array_agg(DISTINCT c ORDER BY c) FROM string_to_table(o.name, NULL) c) AS letters,
           r.division_id, applicant_id, desk_id, category, need, state, NULL::int AS people, NULL::int AS exceptions, NULL::numeric AS amount, due_on
    FROM training_registration r JOIN accounts_organisation o ON o.id = r.applicant_id
    UNION ALL
    SELECT 'opening', a.id, a.number, m.title, m.letters, division_id, applicant_id, desk_id, category, need, state, h.people, h.exceptions, NULL, due_on
    FROM training_opening a JOIN bench.named m ON m.n = a.id JOIN bench.heads h ON h.n = a.id
    UNION ALL
    SELECT 'completion', a.id, a.number, m.title, m.letters, division_id, applicant_id, desk_id, category, need, state, h.people, h.exceptions, NULL, due_on
    FROM training_completion a JOIN bench.named m ON m.n = a.id JOIN bench.heads h ON h.n = a.id
    UNION ALL
    SELECT 'subsidy', a.id, a.number, m.title, m.letters, division_id, applicant_id, desk_id, category, need, a.state, c.people, c.exceptions, a.amount, due_on
    FROM subsidies_subsidy a JOIN bench.named m ON m.n = a.id JOIN bench.claim c ON c.n = a.id
    UNION ALL
    SELECT 'paymentbatch', b.id, b.number, f.label, f.letters, division_id, applicant_id, desk_id, category, need, state, p.people, 0, b.amount, due_on
    FROM subsidies_paymentbatch b JOIN bench.fund f USING (fund_source)
    JOIN (SELECT batch_id, count(*) AS people FROM subsidies_payment GROUP BY batch_id) p ON p.batch_id = b.id
) a LEFT JOIN bench.standing s ON s.kind = a.kind AND s.object_id = a.id
ORDER BY coalesce(s.since, timestamptz '2020-07-01 09:00+08'), a.id;

-- Who took an earlier step of the round may not decide the present one; after a publicity only the first reviewer may not.
UPDATE casework_workitem w
SET barred = CASE WHEN w.state = 'in_review' THEN r.users WHEN array_length(r.users, 1) > 1 THEN r.users[1:1] ELSE '{}' END
FROM (
    SELECT s.kind, s.object_id, array_agg(s.reviewer_id ORDER BY s.version) AS users
    FROM bench.step s JOIN (SELECT kind, object_id, max(round) AS round FROM bench.step GROUP BY kind, object_id) latest USING (kind, object_id, round)
    WHERE s.decides AND s.reviewer_id IS NOT NULL GROUP BY s.kind, s.object_id
) r
WHERE w.standing = 'todo' AND r.kind = w.kind AND r.object_id = w.object_id;

INSERT INTO casework_notice (organisation_id, text, url, kind, object_id, at)
SELECT c.organisation_id, CASE s.kind WHEN 'opening' THEN '开班申请' WHEN 'completion' THEN '结业申请' ELSE '补贴申请' END
       || CASE s.move WHEN 'return' THEN '已退回补正。' WHEN 'refuse' THEN '未获同意。' ELSE '已审核同意。' END,
       '$cases' || s.kind || '/' || s.object_id || '/', s.kind, s.object_id, s.at
FROM bench.step s JOIN bench.class c ON c.n = s.object_id
WHERE s.kind IN ('opening', 'completion', 'subsidy') AND s.move IN ('approve', 'refuse', 'return', 'conclude') ORDER BY s.id;
