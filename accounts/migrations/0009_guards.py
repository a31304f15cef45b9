"""What the upper rooms' tables are guarded with: columns that stay as they were written, states that need their event (R-SEC-2).

A state may change only together with the event that records it, in the same transaction; this is asked when the transaction ends,
since a move writes the state first. What is refused carries the constraint name `guarded` and is put on record.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION fanbu_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % stays as it was written', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'guarded', TABLE = TG_TABLE_NAME, DETAIL = OLD.id::text;
END $$;
CREATE FUNCTION fanbu_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM accounts_event e WHERE e.subject_kind = TG_ARGV[0] AND e.subject_id = NEW.id
            AND e.at >= transaction_timestamp() AND e.data->>'after' = NEW.state
    ) THEN
        RAISE EXCEPTION '% % became % without a trail', TG_TABLE_NAME, NEW.id, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'guarded', TABLE = TG_TABLE_NAME, DETAIL = NEW.id::text;
    END IF;
    RETURN NULL;
END $$;
"""
BACK = "DROP FUNCTION fanbu_recorded(); DROP FUNCTION fanbu_unchanged();"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_watch")]
    operations = [migrations.RunSQL(GUARDS, BACK)]
