-- So many claims of one trainee each, approved and put into one draft batch: copies of a class that was paid.
CREATE TEMP TABLE bench_order AS
SELECT i, (SELECT max(id) FROM training_trainingclass) + i AS class_id, (SELECT max(id) FROM training_enrolment) + i AS enrolment_id,
       (SELECT max(id) FROM subsidies_subsidy) + i AS subsidy_id, (SELECT max(id) FROM subsidies_subsidyline) + i AS line_id,
       (SELECT max(id) FROM subsidies_payment) + i AS payment_id
FROM generate_series(1, %(lines)s) i;

INSERT INTO training_trainingclass (id, number, name, applicant_id, institution_id, employer_id, body_id, division_id, project_id, category, fund_source,
    first_day, last_day, venue_id, planned_people, fee, stage, created_at, created_by_id)
SELECT o.class_id, 'bench-' || i, c.name, applicant_id, institution_id, employer_id, body_id, division_id, project_id, category, fund_source, first_day, last_day,
       venue_id, 1, NULL, 'payable', created_at, created_by_id
FROM bench_order o CROSS JOIN training_trainingclass c WHERE c.id = %(class)s;

INSERT INTO training_enrolment (id, training_class_id, person_id, sequence, bank_name, marks, household, verdict, strike_reason, attended_hours, result,
    certificate_kind, certificate_number, certificate_verified)
SELECT enrolment_id, class_id, (SELECT min(id) FROM eligibility_person), 1, '', '{}', 'urban', 'eligible', '', 80, 'pass', '', '', false FROM bench_order;

INSERT INTO subsidies_subsidy (id, number, division_id, applicant_id, category, state, version, round, position, need, desk_id, due_on, submitted_at, decided_at,
    training_class_id, fund_source, payee_id, amount, budget_id)
SELECT o.subsidy_id, 'bench-' || i || '-B', division_id, applicant_id, category, 'approved', 6, 1, 2, '', desk_id, NULL, submitted_at, decided_at, o.class_id,
       fund_source, payee_id, 1500, budget_id
FROM bench_order o CROSS JOIN subsidies_subsidy s WHERE s.training_class_id = %(class)s;

INSERT INTO subsidies_payment (id, batch_id, subsidy_id, account_id, sequence, payee_name, bank_name, bank_account, amount, state, value_date, bank_reference, return_reason)
SELECT payment_id, %(batch)s, subsidy_id, %(unit_account)s, i, %(payee)s, %(bank)s, %(account)s, 1500, 'pending', NULL, '', '' FROM bench_order;

INSERT INTO subsidies_subsidyline (id, subsidy_id, enrolment_id, item, amount, basis, state, reason, payment_id)
SELECT line_id, subsidy_id, enrolment_id, 'training', 1500, '{}', 'paying', '', payment_id FROM bench_order;

INSERT INTO subsidies_paymentpart (payment_id, line_id) SELECT payment_id, line_id FROM bench_order;

DROP TABLE bench_order;

ANALYZE training_trainingclass;
ANALYZE subsidies_subsidy;
ANALYZE subsidies_payment;
ANALYZE subsidies_subsidyline;
