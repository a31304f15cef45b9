-- What each publicity showed; the digest is worked out by the portal's own function afterwards.
SELECT c.n, s.round, begins.day, ends.day, ended.day, s.number, t.name, a.name, y.name, s.fund_source, s.amount, o.worth, coalesce(shown.people, '[]')
FROM bench.class c JOIN subsidies_subsidy s ON s.id = c.n AND s.state IN ('publicity', 'concluding', 'approved')
JOIN training_trainingclass t ON t.id = c.n JOIN accounts_organisation a ON a.id = s.applicant_id JOIN accounts_organisation y ON y.id = s.payee_id
JOIN bench.offer o ON o.id = c.offer_id
JOIN bench.workday begins ON begins.seq = c.w_s2 JOIN bench.workday ends ON ends.seq = c.w_s2 + 5
LEFT JOIN bench.workday ended ON ended.seq = c.w_conclude AND s.state = 'approved'
LEFT JOIN (
    SELECT l.n, json_agg(json_build_array(e.sequence, left(p.name, 1) || '*', p.head || '***********' || p.tail) ORDER BY e.sequence) AS people
    FROM bench.line l JOIN training_enrolment e ON e.id = l.k JOIN eligibility_person p ON p.id = e.person_id
    WHERE l.state <> 'refused' GROUP BY l.n) shown ON shown.n = c.n
ORDER BY c.n
