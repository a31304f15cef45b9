"""What the database itself keeps of the money (R-SUB-1, R-SUB-4 … R-SUB-6).

A line's amount and basis stand still once the claim is submitted; a publicity's list never changes; a payment is exactly the sum of the
trainees' lines that point to it; its amount never changes; a frozen batch is the sum of its payments and stays as the bank got it; what a payment consisted of is kept.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION subsidies_line_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.subsidy_id, NEW.enrolment_id, NEW.item) IS DISTINCT FROM (OLD.subsidy_id, OLD.enrolment_id, OLD.item) THEN
        RAISE EXCEPTION 'line % belongs to its trainee', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.amount, NEW.standard_id, NEW.basis) IS DISTINCT FROM (OLD.amount, OLD.standard_id, OLD.basis)
        AND (SELECT state FROM subsidies_subsidy WHERE id = NEW.subsidy_id) NOT IN ('draft', 'returned') THEN
        RAISE EXCEPTION 'line % is frozen since its claim was submitted', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OF subsidy_id, enrolment_id, item, amount, standard_id, basis ON subsidies_subsidyline
    FOR EACH ROW EXECUTE FUNCTION subsidies_line_frozen();
CREATE TRIGGER refuse_delete BEFORE DELETE ON subsidies_subsidyline FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();

CREATE FUNCTION subsidies_publicity_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.subsidy_id, NEW.round, NEW.begins, NEW.ends, NEW.snapshot, NEW.digest)
        IS DISTINCT FROM (OLD.subsidy_id, OLD.round, OLD.begins, OLD.ends, OLD.snapshot, OLD.digest)
        OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at) THEN
        RAISE EXCEPTION 'publicity % was published so', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON subsidies_publicity FOR EACH ROW EXECUTE FUNCTION subsidies_publicity_frozen();
CREATE TRIGGER refuse_delete BEFORE DELETE ON subsidies_publicity FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();

CREATE FUNCTION subsidies_payment_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.batch_id, NEW.subsidy_id, NEW.sequence, NEW.payee_name, NEW.amount)
        IS DISTINCT FROM (OLD.batch_id, OLD.subsidy_id, OLD.sequence, OLD.payee_name, OLD.amount)
        OR (OLD.state <> 'pending' AND NEW.state <> OLD.state) THEN
        RAISE EXCEPTION 'payment % stays as it was ordered and answered', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON subsidies_payment FOR EACH ROW EXECUTE FUNCTION subsidies_payment_frozen();
CREATE TRIGGER refuse_delete BEFORE DELETE ON subsidies_payment FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();

CREATE FUNCTION subsidies_payment_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE total numeric;
BEGIN
    SELECT coalesce(sum(amount), 0) INTO total FROM subsidies_subsidyline WHERE payment_id = NEW.id;
    IF total <> NEW.amount AND EXISTS (SELECT 1 FROM subsidies_payment WHERE id = NEW.id AND state IN ('pending', 'paid')) THEN
        RAISE EXCEPTION 'payment % is % but its lines come to %', NEW.id, NEW.amount, total USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT OR UPDATE OF state ON subsidies_payment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION subsidies_payment_adds_up();

CREATE FUNCTION subsidies_batch_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.digest <> '' AND (NEW.amount, NEW.digest, NEW.bank_file, NEW.fund_source, NEW.division_id)
        IS DISTINCT FROM (OLD.amount, OLD.digest, OLD.bank_file, OLD.fund_source, OLD.division_id) THEN
        RAISE EXCEPTION 'batch % is frozen', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON subsidies_paymentbatch FOR EACH ROW EXECUTE FUNCTION subsidies_batch_frozen();

CREATE FUNCTION subsidies_check_batch(which bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE batch subsidies_paymentbatch; total numeric;
BEGIN
    SELECT * INTO batch FROM subsidies_paymentbatch WHERE id = which;
    IF batch.digest <> '' THEN
        SELECT coalesce(sum(amount), 0) INTO total FROM subsidies_payment WHERE batch_id = which;
        IF total <> batch.amount THEN
            RAISE EXCEPTION 'batch % is frozen at % but its payments come to %', batch.number, batch.amount, total
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
END $$;
CREATE FUNCTION subsidies_payment_fits_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM subsidies_check_batch(NEW.batch_id); RETURN NULL; END $$;
CREATE FUNCTION subsidies_batch_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM subsidies_check_batch(NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER fits_batch AFTER INSERT ON subsidies_payment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION subsidies_payment_fits_batch();
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT OR UPDATE OF digest ON subsidies_paymentbatch DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION subsidies_batch_adds_up();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON subsidies_paymentpart FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();
"""
BACK = """
DROP TRIGGER refuse_change ON subsidies_paymentpart;
DROP TRIGGER adds_up ON subsidies_paymentbatch; DROP TRIGGER fits_batch ON subsidies_payment;
DROP FUNCTION subsidies_batch_adds_up(); DROP FUNCTION subsidies_payment_fits_batch(); DROP FUNCTION subsidies_check_batch(bigint);
DROP TRIGGER frozen ON subsidies_paymentbatch; DROP FUNCTION subsidies_batch_frozen();
DROP TRIGGER adds_up ON subsidies_payment; DROP FUNCTION subsidies_payment_adds_up();
DROP TRIGGER refuse_delete ON subsidies_payment; DROP TRIGGER frozen ON subsidies_payment; DROP FUNCTION subsidies_payment_frozen();
DROP TRIGGER refuse_delete ON subsidies_publicity; DROP TRIGGER frozen ON subsidies_publicity; DROP FUNCTION subsidies_publicity_frozen();
DROP TRIGGER refuse_delete ON subsidies_subsidyline; DROP TRIGGER frozen ON subsidies_subsidyline; DROP FUNCTION subsidies_line_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0001_initial"), ("accounts", "0002_triggers")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
