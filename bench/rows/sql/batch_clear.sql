-- Everything of the measured order, last made first.
CREATE TEMP TABLE bench_claims AS
SELECT s.id, training_class_id FROM subsidies_subsidy s JOIN training_trainingclass c ON c.id = training_class_id WHERE c.number LIKE 'bench-%%';

DELETE FROM subsidies_paymentpart WHERE payment_id IN (SELECT p.id FROM subsidies_payment p JOIN bench_claims b ON b.id = subsidy_id);

DELETE FROM subsidies_subsidyline WHERE subsidy_id IN (SELECT id FROM bench_claims);

DELETE FROM subsidies_payment WHERE subsidy_id IN (SELECT id FROM bench_claims);

DELETE FROM subsidies_subsidy WHERE id IN (SELECT id FROM bench_claims);

DELETE FROM training_enrolment WHERE training_class_id IN (SELECT training_class_id FROM bench_claims);

DELETE FROM training_trainingclass WHERE id IN (SELECT training_class_id FROM bench_claims);

DELETE FROM casework_workitem WHERE number = %(number)s;

DELETE FROM subsidies_paymentbatch WHERE number = %(number)s;

DROP TABLE bench_claims;
