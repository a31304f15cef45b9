"""A publicity's last day may rest on an arrangement still to come (`waits_for`): then it may be counted again, and cannot be over (R-SUB-4)."""

from django.db import migrations, models

FORWARD = """
UPDATE subsidies_publicity SET waits_for = extract(year FROM ends) WHERE ended_at IS NULL AND ends > '2026-12-31';

CREATE OR REPLACE FUNCTION subsidies_publicity_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.subsidy_id, NEW.round, NEW.begins, NEW.working_days, NEW.snapshot, NEW.digest)
        IS DISTINCT FROM (OLD.subsidy_id, OLD.round, OLD.begins, OLD.working_days, OLD.snapshot, OLD.digest)
        OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ends, NEW.waits_for) IS DISTINCT FROM (OLD.ended_at, OLD.ends, OLD.waits_for))
        OR (OLD.waits_for IS NULL AND NEW.ends < OLD.ends) THEN
        RAISE EXCEPTION 'publicity % was published so', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION subsidies_publicity_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_publicity WHERE subsidy_id = NEW.id AND ended_at IS NULL AND waits_for IS NOT NULL) THEN
        RAISE EXCEPTION 'the publicity of % ends on a provisional day', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publicity_waits BEFORE UPDATE OF state ON subsidies_subsidy FOR EACH ROW
    WHEN (NEW.state IN ('concluding', 'approved') AND OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION subsidies_publicity_waits();
"""
BACK = """
DROP TRIGGER publicity_waits ON subsidies_subsidy; DROP FUNCTION subsidies_publicity_waits();
CREATE OR REPLACE FUNCTION subsidies_publicity_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.subsidy_id, NEW.round, NEW.begins, NEW.ends, NEW.snapshot, NEW.digest)
        IS DISTINCT FROM (OLD.subsidy_id, OLD.round, OLD.begins, OLD.ends, OLD.snapshot, OLD.digest)
        OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at) THEN
        RAISE EXCEPTION 'publicity % was published so', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0005_value_days_and_serials")]
    operations = [
        migrations.AddField(model_name="publicity", name="waits_for", field=models.PositiveSmallIntegerField(null=True)),
        migrations.RunSQL(FORWARD, BACK),
    ]
