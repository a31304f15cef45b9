"""Money's decisive columns change with a trail only (R-SUB-5, R-SEC-2).

The state of a claim or batch needs its event; what a budget has committed is the sum of its approved claims when a transaction ends; a
payment's account stays as it was ordered. A rotation of keys, and nothing else, writes the same account under another key.
"""

from django.db import migrations

FORWARD = """
CREATE CONSTRAINT TRIGGER recorded AFTER UPDATE OF state ON subsidies_subsidy DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION fanbu_recorded('subsidy');
CREATE CONSTRAINT TRIGGER recorded AFTER UPDATE OF state ON subsidies_paymentbatch DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION fanbu_recorded('paymentbatch');

CREATE FUNCTION subsidies_check_budget(which bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE kept numeric; total numeric;
BEGIN
    SELECT committed INTO kept FROM subsidies_budget WHERE id = which;
    SELECT coalesce(sum(amount), 0) INTO total FROM subsidies_subsidy WHERE budget_id = which;
    IF kept <> total THEN
        RAISE EXCEPTION 'budget % has committed % but its claims come to %', which, kept, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'guarded', TABLE = 'subsidies_budget', DETAIL = which::text;
    END IF;
END $$;
CREATE FUNCTION subsidies_budget_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM subsidies_check_budget(NEW.id); RETURN NULL; END $$;
CREATE FUNCTION subsidies_claim_fits_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM subsidies_check_budget(OLD.budget_id);
    IF NEW.budget_id IS DISTINCT FROM OLD.budget_id THEN PERFORM subsidies_check_budget(NEW.budget_id); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER adds_up AFTER UPDATE OF committed ON subsidies_budget DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.committed <> OLD.committed) EXECUTE FUNCTION subsidies_budget_adds_up();
CREATE CONSTRAINT TRIGGER fits_budget AFTER UPDATE OF budget_id, amount ON subsidies_subsidy DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.budget_id IS DISTINCT FROM OLD.budget_id OR (NEW.budget_id IS NOT NULL AND NEW.amount <> OLD.amount))
    EXECUTE FUNCTION subsidies_claim_fits_budget();

CREATE FUNCTION subsidies_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the account of payment % stays as it was ordered', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'guarded', TABLE = TG_TABLE_NAME, DETAIL = OLD.id::text;
END $$;
CREATE TRIGGER account_stays BEFORE UPDATE OF bank_name, bank_account ON subsidies_payment FOR EACH ROW WHEN (
    NEW.bank_name <> OLD.bank_name
    OR (NEW.bank_account <> OLD.bank_account AND coalesce(current_setting('fanbu.rotating_keys', true), '') <> 'on')
) EXECUTE FUNCTION subsidies_account_stays();
"""
BACK = """
DROP TRIGGER account_stays ON subsidies_payment; DROP FUNCTION subsidies_account_stays();
DROP TRIGGER fits_budget ON subsidies_subsidy; DROP TRIGGER adds_up ON subsidies_budget;
DROP FUNCTION subsidies_claim_fits_budget(); DROP FUNCTION subsidies_budget_adds_up(); DROP FUNCTION subsidies_check_budget(bigint);
DROP TRIGGER recorded ON subsidies_paymentbatch; DROP TRIGGER recorded ON subsidies_subsidy;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0013_verdicts_of_before"), ("accounts", "0009_guards")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
