-- Form A by hand: one statement over the enrolments, month and year to date, by category or division.
WITH opened AS MATERIALIZED (
    SELECT c.id, $key AS key, o.decided_at >= %(month)s AS in_month
    FROM training_opening o JOIN training_trainingclass c ON c.id = o.training_class_id JOIN accounts_organisation b ON b.id = c.body_id
    WHERE o.state = 'approved' AND o.decided_at >= %(year)s AND o.decided_at < %(after)s
), completed AS MATERIALIZED (
    SELECT c.id, $key AS key, p.level, k.decided_at >= %(month)s AS in_month
    FROM training_completion k JOIN training_trainingclass c ON c.id = k.training_class_id JOIN training_opening o ON o.training_class_id = c.id
    JOIN training_project p ON p.id = c.project_id JOIN accounts_organisation b ON b.id = c.body_id
    WHERE k.state = 'approved' AND k.decided_at >= %(year)s AND k.decided_at < %(after)s AND o.state = 'approved'
)
SELECT 'started', o.key, NULL, NULL, count(*) FILTER (WHERE o.in_month), count(*), NULL::numeric, NULL::numeric
FROM opened o JOIN training_enrolment e ON e.training_class_id = o.id WHERE e.struck_out_at IS NULL GROUP BY o.key
UNION ALL
SELECT CASE WHEN e.result <> 'pass' THEN 'completed' WHEN e.certificate_verified THEN 'certified' ELSE 'passed' END, k.key, e.certificate_kind, k.level::text, count(*) FILTER (WHERE k.in_month), count(*), NULL::numeric, NULL::numeric
FROM completed k JOIN training_enrolment e ON e.training_class_id = k.id WHERE e.struck_out_at IS NULL
GROUP BY e.result <> 'pass', e.certificate_verified, k.key, e.certificate_kind, k.level
UNION ALL
SELECT 'subsidised', $key, s.fund_source, l.item, count(*) FILTER (WHERE y.value_date >= %(month)s), count(*), sum(l.amount) FILTER (WHERE y.value_date >= %(month)s), sum(l.amount)
FROM subsidies_payment y JOIN subsidies_paymentpart a ON a.payment_id = y.id JOIN subsidies_subsidyline l ON l.id = a.line_id JOIN subsidies_subsidy s ON s.id = l.subsidy_id
JOIN training_trainingclass c ON c.id = s.training_class_id JOIN accounts_organisation b ON b.id = c.body_id
WHERE y.state IN ('paid', 'sent_back') AND y.value_date >= %(year)s AND y.value_date < %(after)s GROUP BY $key, s.fund_source, l.item
