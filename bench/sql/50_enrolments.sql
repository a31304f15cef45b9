-- Every seat as the portal would have it by the last day of the data: verdict, strike, attendance, result, certificate.

CREATE UNLOGGED TABLE bench.enrolled AS
SELECT s.k, s.n, s.sequence, s.person_id, bench.u(s.k, 60) AS dirt, s.person_id <> s.k AND s.k % 500 = 99 AS doubled,
       bench.u(s.k, 61) < 0.06 AS is_weak, bench.u(s.k, 61) BETWEEN 0.06 AND 0.2 AS had_leave, bench.u(s.k, 62) < 0.04 AS failed,
       bench.u(s.k, 63) < 0.004 AS lost_status
FROM bench.seat s;

INSERT INTO training_enrolment (id, training_class_id, person_id, sequence, phone, bank_name, bank_account, marks, household, verdict, examination_id,
    struck_out_at, struck_out_by_id, strike_reason, attended_hours, theory_score, practice_score, result, certificate_kind, certificate_number,
    certificate_on, certificate_verified)
SELECT k, n, person_id, sequence, p.phone, CASE WHEN employer_id IS NULL THEN '中国农业银行' ELSE '' END, CASE WHEN employer_id IS NULL THEN p.account END,
       '{}', CASE WHEN bench.u(person_id, 64) < 0.4 THEN 'rural' ELSE 'urban' END,
       CASE WHEN NOT is_checked THEN 'none' WHEN is_struck OR (is_claimed AND lost_status) THEN 'ineligible' WHEN is_open OR w_review <= today AND opening_end <> 'refuse'
            THEN 'eligible' WHEN dirt < 0.012 THEN 'ineligible' WHEN dirt < 0.03 THEN 'needs_verification' ELSE 'eligible' END,
       CASE WHEN NOT is_checked THEN NULL WHEN is_struck THEN k WHEN is_claimed THEN 2 * $enrolments + k WHEN is_ended THEN $enrolments + k ELSE k END,
       CASE WHEN is_struck THEN (reviewed_on + time '14:40') AT TIME ZONE 'Asia/Shanghai' END, CASE WHEN is_struck THEN first_post END,
       CASE WHEN NOT is_struck THEN '' WHEN doubled THEN '已在其他班次参加培训' ELSE '比对结果不符合该人员类别条件' END,
       CASE WHEN is_struck OR NOT is_open THEN 0 ELSE 8 * (held - CASE WHEN is_weak THEN held / 4 WHEN had_leave AND held >= 2 THEN 1 ELSE 0 END) END,
       CASE WHEN has_result THEN CASE WHEN is_pass THEN 60 + bench.k(k, 65, 39) ELSE 30 + bench.k(k, 65, 29) END END,
       CASE WHEN has_result THEN CASE WHEN is_pass THEN 60 + bench.k(k, 66, 39) ELSE 30 + bench.k(k, 66, 29) END END,
       CASE WHEN NOT has_result THEN '' WHEN is_pass THEN 'pass' ELSE 'fail' END,
       CASE WHEN is_certified THEN certificate_kind ELSE '' END, CASE WHEN is_certified THEN 'Z' || lpad(k::text, 10, '0') ELSE '' END,
       CASE WHEN is_certified THEN last_day END, is_certified
FROM (
    SELECT *, is_ended AND NOT is_struck AS has_result, NOT is_weak AND NOT failed AS is_pass,
           is_ended AND NOT is_struck AND NOT is_weak AND NOT failed AND (certificate_required OR certificate_kind = 'completion' AND is_complete) AS is_certified
    FROM (
        SELECT e.*, c.first_day, c.last_day, c.employer_id, c.is_checked, c.is_open, c.w_review, c.today, c.opening_end, c.certificate_kind, c.certificate_required, c.is_complete,
               o.first_post, reviewed.day AS reviewed_on, greatest(0, least(c.lessons, c.today - c.w_first + 1)) AS held,
               c.is_open AND c.w_csubmit <= c.today AS is_ended, c.is_open AND c.is_complete AND coalesce(c.w_ssubmit <= c.today, false) AS is_claimed,
               coalesce((e.doubled OR e.dirt < 0.012) AND e.sequence > 1 AND c.w_review <= c.today AND c.opening_end <> 'refuse', false) AS is_struck
        FROM bench.enrolled e JOIN bench.class c USING (n) JOIN bench.office o USING (division_id) LEFT JOIN bench.workday reviewed ON reviewed.seq = c.w_review
    ) judged
) ready
JOIN bench.cipher p ON p.id = ready.person_id
ORDER BY ready.k;

-- The portal's own certificates, as its approval of the completion numbers them.
INSERT INTO training_issuedcertificate (number, enrolment_id, division_id, issued_on, typed_before)
SELECT e.certificate_number, e.id, c.division_id, e.certificate_on, ''
FROM training_enrolment e JOIN bench.class c ON c.n = e.training_class_id WHERE e.certificate_verified AND e.certificate_kind = 'completion' ORDER BY e.id;

-- The judgements behind the verdicts, one a gate: the JSON is the engine's own, kept compressed as it is.
INSERT INTO eligibility_examination (id, person_id, subject_kind, subject_id, gate, category, "table", as_of, verdict, results, subgroups, job_id, examined_at)
SELECT e.id, e.person_id, 'enrolment', e.id, 'opening', c.category, j.code, c.first_day, j.verdict, j.results, j.subgroups, NULL,
       (w.day + time '09:14') AT TIME ZONE 'Asia/Shanghai'
FROM training_enrolment e JOIN bench.class c ON c.n = e.training_class_id JOIN bench.workday w ON w.seq = least(c.w_again, c.today)
JOIN bench.judgement j ON j.category = c.category AND j.verdict = CASE WHEN e.examination_id = e.id THEN e.verdict ELSE 'eligible' END
WHERE c.is_checked ORDER BY e.id;

INSERT INTO eligibility_examination (id, person_id, subject_kind, subject_id, gate, category, "table", as_of, verdict, results, subgroups, job_id, examined_at)
SELECT $enrolments + e.id, e.person_id, 'enrolment', e.id, 'completion', c.category, j.code, c.last_day, j.verdict, j.results, j.subgroups, NULL,
       (w.day + time '09:25') AT TIME ZONE 'Asia/Shanghai'
FROM training_enrolment e JOIN bench.class c ON c.n = e.training_class_id JOIN bench.workday w ON w.seq = c.w_csubmit
JOIN bench.judgement j ON j.category = c.category AND j.verdict = 'eligible'
WHERE e.examination_id > $enrolments ORDER BY e.id;

INSERT INTO eligibility_examination (id, person_id, subject_kind, subject_id, gate, category, "table", as_of, verdict, results, subgroups, job_id, examined_at)
SELECT 2 * $enrolments + e.id, e.person_id, 'enrolment', e.id, 'subsidy', c.category, j.code, w.day, j.verdict, j.results, j.subgroups, NULL,
       (w.day + time '09:35') AT TIME ZONE 'Asia/Shanghai'
FROM training_enrolment e JOIN bench.class c ON c.n = e.training_class_id JOIN bench.workday w ON w.seq = c.w_ssubmit
JOIN bench.judgement j ON j.category = c.category AND j.verdict = e.verdict
WHERE e.examination_id > 2 * $enrolments ORDER BY e.id;

-- Attendance: a sheet a lesson that was held. On the second day some are on leave, on every fourth some are missing.
CREATE UNLOGGED TABLE bench.marks AS
SELECT e.training_class_id AS n, jsonb_object_agg(e.id, 'present') AS usual,
       jsonb_object_agg(e.id, CASE WHEN x.had_leave AND NOT x.is_weak AND least(c.lessons, c.today - c.w_first + 1) >= 2 THEN 'leave' ELSE 'present' END) AS second,
       jsonb_object_agg(e.id, CASE WHEN x.is_weak THEN 'absent' ELSE 'present' END) AS fourth
FROM training_enrolment e JOIN bench.enrolled x ON x.k = e.id JOIN bench.class c ON c.n = e.training_class_id
WHERE e.struck_out_at IS NULL AND c.is_open AND c.w_first <= c.today GROUP BY e.training_class_id;

INSERT INTO training_attendancesheet (id, lesson_id, marks, by_id, recorded_at, correction)
SELECT c.first_lesson + i, c.first_lesson + i, CASE WHEN (i + 1) % 4 = 0 THEN m.fourth WHEN i = 1 THEN m.second ELSE m.usual END, c.post_id,
       (w.day + time '15:00') AT TIME ZONE 'Asia/Shanghai', ''
FROM bench.class c JOIN bench.marks m USING (n) CROSS JOIN LATERAL generate_series(0, c.lessons - 1) i JOIN bench.workday w ON w.seq = c.w_first + i
WHERE c.w_first + i <= c.today ORDER BY c.n, i;
