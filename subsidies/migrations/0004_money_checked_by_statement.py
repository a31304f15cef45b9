"""What the database keeps of the money is checked once a statement instead of once a row, and is kept more strictly (R-SUB-5, R-SUB-6).

A bank's answer changes twenty thousand payments at once. That a payment stays as it was ordered is now a condition of its trigger, which
is tried without a call; that a paid one is the sum of its lines is asked of all of them together. Lines that come to a payment or
leave it later are checked as well when the transaction ends, which nothing did before.

The indexes that go are the beginning of another one (batch, claim, payment), or of what is never searched for.
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
DROP TRIGGER frozen ON subsidies_payment;
CREATE OR REPLACE FUNCTION subsidies_payment_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'payment % stays as it was ordered and answered', OLD.id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON subsidies_payment FOR EACH ROW WHEN (
    (NEW.batch_id, NEW.subsidy_id, NEW.sequence, NEW.payee_name, NEW.amount)
        IS DISTINCT FROM (OLD.batch_id, OLD.subsidy_id, OLD.sequence, OLD.payee_name, OLD.amount)
    OR (OLD.state <> 'pending' AND NEW.state <> OLD.state)
) EXECUTE FUNCTION subsidies_payment_frozen();

DROP TRIGGER adds_up ON subsidies_payment;
DROP FUNCTION subsidies_payment_adds_up();
CREATE FUNCTION subsidies_check_payment(which bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE payment subsidies_payment; total numeric;
BEGIN
    SELECT * INTO payment FROM subsidies_payment WHERE id = which;
    IF payment.state IN ('pending', 'paid') THEN
        SELECT coalesce(sum(amount), 0) INTO total FROM subsidies_subsidyline WHERE payment_id = which;
        IF total <> payment.amount THEN
            RAISE EXCEPTION 'payment % is % but its lines come to %', which, payment.amount, total USING ERRCODE = 'check_violation';
        END IF;
    END IF;
END $$;
CREATE FUNCTION subsidies_payment_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM subsidies_check_payment(NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT ON subsidies_payment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION subsidies_payment_adds_up();

CREATE FUNCTION subsidies_paid_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    SELECT n.id, n.amount, coalesce((SELECT sum(amount) FROM subsidies_subsidyline WHERE payment_id = n.id), 0) AS total INTO wrong
    FROM new_rows n WHERE n.state = 'paid'
        AND n.amount <> coalesce((SELECT sum(amount) FROM subsidies_subsidyline WHERE payment_id = n.id), 0) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'payment % is % but its lines come to %', wrong.id, wrong.amount, wrong.total USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER paid_add_up AFTER UPDATE ON subsidies_payment REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION subsidies_paid_add_up();

CREATE FUNCTION subsidies_line_leaves_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM subsidies_check_payment(OLD.payment_id);
    IF NEW.payment_id IS DISTINCT FROM OLD.payment_id THEN PERFORM subsidies_check_payment(NEW.payment_id); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER leaves_whole AFTER UPDATE OF payment_id, amount ON subsidies_subsidyline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.payment_id IS DISTINCT FROM OLD.payment_id OR NEW.amount <> OLD.amount)
    EXECUTE FUNCTION subsidies_line_leaves_whole();
"""
BACK = """
DROP TRIGGER leaves_whole ON subsidies_subsidyline; DROP FUNCTION subsidies_line_leaves_whole();
DROP TRIGGER paid_add_up ON subsidies_payment; DROP FUNCTION subsidies_paid_add_up();
DROP TRIGGER adds_up ON subsidies_payment; DROP FUNCTION subsidies_payment_adds_up(); DROP FUNCTION subsidies_check_payment(bigint);
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
DROP TRIGGER frozen ON subsidies_payment;
CREATE OR REPLACE FUNCTION subsidies_payment_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.batch_id, NEW.subsidy_id, NEW.sequence, NEW.payee_name, NEW.amount)
        IS DISTINCT FROM (OLD.batch_id, OLD.subsidy_id, OLD.sequence, OLD.payee_name, OLD.amount)
        OR (OLD.state <> 'pending' AND NEW.state <> OLD.state) THEN
        RAISE EXCEPTION 'payment % stays as it was ordered and answered', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON subsidies_payment FOR EACH ROW EXECUTE FUNCTION subsidies_payment_frozen();
"""
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0003_paid_by_day")]

    operations = [
        migrations.RunSQL(FORWARD, BACK),
        migrations.RemoveIndex(model_name="subsidyline", name="line_waiting"),
        migrations.AlterField("subsidyline", "subsidy", models.ForeignKey(
            db_index=False, on_delete=PROTECT, related_name="lines", to="subsidies.subsidy")),
        migrations.AlterField("subsidyline", "standard", models.ForeignKey(
            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="subsidies.standard")),
        migrations.AlterField("subsidyline", "refused_by", models.ForeignKey(
            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="accounts.post")),
        migrations.AlterField("payment", "batch", models.ForeignKey(
            db_index=False, on_delete=PROTECT, related_name="payments", to="subsidies.paymentbatch")),
        migrations.AlterField("paymentpart", "payment", models.ForeignKey(
            db_index=False, on_delete=PROTECT, related_name="parts", to="subsidies.payment")),
    ]
