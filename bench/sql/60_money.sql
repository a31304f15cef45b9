-- Claims with a line a person, budgets that cover what was approved, batches and what the bank said of them.

CREATE UNLOGGED TABLE bench.line AS
WITH counted AS (
    SELECT e.id AS k, c.n, c.offer_id, c.standard_id, c.worth, e.result, e.verdict, e.attended_hours, e.examination_id,
           extract(year FROM c.first_day)::int AS year, f.subsidy, c.w_s1, c.w_freeze, c.w_paid, c.today, o.first_post,
           count(*) FILTER (WHERE e.result = 'pass') OVER (PARTITION BY e.person_id, coalesce(c.occupation_id, e.id::text), c.level ORDER BY e.id
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS same_before,
           count(*) FILTER (WHERE e.result = 'pass') OVER (PARTITION BY e.person_id, extract(year FROM c.first_day) ORDER BY e.id
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS year_before
    FROM bench.class c JOIN bench.file f USING (n) JOIN bench.office o USING (division_id)
    JOIN training_enrolment e ON e.training_class_id = c.n AND e.struck_out_at IS NULL
    WHERE f.subsidy IS NOT NULL
), judged AS (
    SELECT *, CASE WHEN result <> 'pass' THEN '结业成绩不是合格，不予补贴。' WHEN same_before > 0 THEN '同一职业同一等级已享受过补贴。'
                   WHEN year_before >= 3 THEN '本年度已享受三次补贴。' ELSE '' END AS nothing,
           verdict <> 'eligible' AND w_s1 <= today AS is_taken_out
    FROM counted
)
SELECT *, CASE WHEN nothing <> '' THEN nothing WHEN is_taken_out THEN '补贴环节比对不符合' WHEN subsidy = 'refused' THEN '不具备培训条件（师资、场地、设施）' ELSE '' END AS reason,
       CASE WHEN nothing <> '' OR is_taken_out OR subsidy = 'refused' THEN 'refused' WHEN subsidy <> 'approved' THEN 'claimed' WHEN w_freeze > today THEN 'approved'
            WHEN w_paid > today THEN 'paying' WHEN bench.u(n, 70) < 0.01 THEN 'returned' ELSE 'paid' END AS state
FROM judged;
ANALYZE bench.line;

CREATE UNLOGGED TABLE bench.claim AS
SELECT l.n, sum(worth) FILTER (WHERE l.state <> 'refused') AS amount, count(*) FILTER (WHERE l.state <> 'refused') AS people,
       count(*) FILTER (WHERE l.state = 'claimed' AND l.verdict <> 'eligible') AS exceptions, max(l.state) FILTER (WHERE l.state <> 'refused') AS state
FROM bench.line l GROUP BY l.n;

CREATE UNLOGGED TABLE bench.committed AS
SELECT row_number() OVER (ORDER BY o.division_id, y.year, s.fund_source) AS id, o.division_id, y.year, s.fund_source, coalesce(x.amount, 0) AS amount
FROM bench.office o CROSS JOIN generate_series(2020, 2027) y (year)
CROSS JOIN (VALUES ('upskilling'), ('employment'), ('unemployment_insurance')) s (fund_source)
LEFT JOIN (
    SELECT c.division_id, extract(year FROM w.day)::int AS year, c.fund_source, sum(m.amount) AS amount
    FROM bench.class c JOIN bench.file f USING (n) JOIN bench.claim m USING (n) JOIN bench.workday w ON w.seq = c.w_conclude
    WHERE f.subsidy = 'approved' GROUP BY 1, 2, 3) x USING (division_id, year, fund_source);

INSERT INTO subsidies_budget (id, fund_source, division_id, year, amount, committed, source)
SELECT id, fund_source, division_id, year, ceil(amount * 1.3 / 10000) * 10000 + 5000000, amount, '示例：性能测量' FROM bench.committed;

INSERT INTO subsidies_subsidy (id, number, division_id, applicant_id, category, state, version, round, position, need, desk_id, due_on, submitted_at, decided_at,
    training_class_id, fund_source, payee_id, amount, budget_id)
SELECT c.n, m.number || '-B', c.division_id, c.organisation_id, c.category, s.state, s.version, s.round, s.position,
       CASE WHEN s.state NOT IN ('in_review', 'publicity', 'concluding') THEN '' WHEN s.position = 2 THEN 'second_review_subsidy' ELSE 'first_review_subsidy' END,
       s.desk_id, s.due_on, s.submitted_at, s.decided_at, c.n, c.fund_source, coalesce(c.employer_id, c.institution_id), coalesce(a.amount, 0), b.id
FROM bench.class c JOIN bench.named m USING (n) JOIN bench.standing s ON s.kind = 'subsidy' AND s.object_id = c.n LEFT JOIN bench.claim a USING (n)
LEFT JOIN bench.workday w ON w.seq = c.w_conclude AND s.state = 'approved'
LEFT JOIN bench.committed b ON b.division_id = c.division_id AND b.fund_source = c.fund_source AND b.year = extract(year FROM w.day)::int
ORDER BY c.n;

CREATE UNLOGGED TABLE bench.payment AS
SELECT c.n, b.id AS batch_id, row_number() OVER (PARTITION BY b.id ORDER BY c.n) AS sequence, m.amount, m.state, b.w_paid, coalesce(c.employer_id, c.institution_id) AS payee_id
FROM bench.class c JOIN bench.claim m USING (n) JOIN bench.file f USING (n)
JOIN bench.batch b ON b.division_id = c.division_id AND b.fund_source = c.fund_source AND b.w_freeze = c.w_freeze
WHERE f.subsidy = 'approved' AND m.amount > 0;

-- A batch is filled as a draft, as the portal's triggers demand; it is frozen and settled at the end.
INSERT INTO subsidies_paymentbatch (id, number, division_id, applicant_id, category, state, version, round, position, need, desk_id, due_on, submitted_at,
    decided_at, fund_source, amount, digest, bank_file)
SELECT b.id, 'P' || b.division_id || '-' || to_char(w.day, 'YYYY') || '-' || lpad((row_number() OVER (PARTITION BY b.division_id, to_char(w.day, 'YYYY') ORDER BY b.id))::text, 5, '0'),
       b.division_id, o.finance_id, '', 'draft', 0, 0, 0, '', o.finance_id, NULL, NULL, NULL, b.fund_source, p.amount, '', ''
FROM bench.batch b JOIN bench.office o USING (division_id) JOIN bench.workday w ON w.seq = b.w_freeze
JOIN (SELECT batch_id, sum(amount) AS amount FROM bench.payment GROUP BY batch_id) p ON p.batch_id = b.id;

INSERT INTO subsidies_payment (id, batch_id, subsidy_id, account_id, sequence, payee_name, bank_name, bank_account, amount, state, value_date, bank_reference, return_reason, answered_at)
SELECT p.n, p.batch_id, p.n, a.account_id, p.sequence, a.payee, '内蒙古银行', a.account, p.amount, CASE p.state WHEN 'paying' THEN 'pending' ELSE p.state END,
       CASE p.state WHEN 'paid' THEN w.day END, CASE p.state WHEN 'paid' THEN 'YH' || lpad(p.n::text, 12, '0') ELSE '' END,
       CASE p.state WHEN 'returned' THEN '账号与户名不符' ELSE '' END, CASE WHEN p.state <> 'paying' THEN (w.day + time '16:00') AT TIME ZONE 'Asia/Shanghai' END
FROM bench.payment p JOIN bench.account a ON a.organisation_id = p.payee_id LEFT JOIN bench.workday w ON w.seq = p.w_paid;

UPDATE training_trainingclass t SET stage = 'paid' FROM bench.payment p WHERE p.n = t.id AND p.state = 'paid';

INSERT INTO subsidies_subsidyline (id, subsidy_id, enrolment_id, item, standard_id, amount, basis, state, reason, refused_by_id, refused_at, payment_id)
SELECT l.k, l.n, l.k, 'training', l.standard_id, CASE WHEN nothing = '' THEN l.worth ELSE 0 END,
       CASE WHEN nothing <> '' THEN jsonb_build_object('refusal', nothing) ELSE o.basis || jsonb_build_object('attended_hours', l.attended_hours::text,
           'examination', l.examination_id, 'year', l.year, 'taken_this_year', l.year_before) END,
       l.state, l.reason, CASE WHEN nothing = '' AND l.is_taken_out THEN l.first_post END,
       CASE WHEN nothing = '' AND l.is_taken_out THEN (w.day + time '15:00') AT TIME ZONE 'Asia/Shanghai' END, p.n
FROM bench.line l JOIN bench.offer o ON o.id = l.offer_id LEFT JOIN bench.payment p ON p.n = l.n AND l.state IN ('paying', 'paid', 'returned')
LEFT JOIN bench.workday w ON w.seq = l.w_s1
ORDER BY l.k;

INSERT INTO subsidies_paymentpart (id, payment_id, line_id) SELECT l.k, p.n, l.k FROM bench.line l JOIN bench.payment p USING (n) WHERE l.state IN ('paying', 'paid', 'returned');

UPDATE subsidies_paymentbatch b SET state = s.state, version = s.version, decided_at = s.decided_at,
    digest = encode(sha256(convert_to('batch' || b.id, 'UTF8')), 'hex'), bank_file = 'bank/bench-' || b.id,
    frozen_at = (w.day + time '10:00') AT TIME ZONE 'Asia/Shanghai'
FROM bench.standing s, bench.batch f JOIN bench.workday w ON w.seq = f.w_freeze WHERE s.kind = 'paymentbatch' AND s.object_id = b.id AND f.id = b.id;
