"""A judgement stays as it was made; a correction's state changes with its event only (R-ELG-1, R-SEC-2)."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER unchanged BEFORE UPDATE OF subject_kind, subject_id, gate, category, "table", as_of, verdict, results, examined_at
    ON eligibility_examination FOR EACH ROW
    WHEN ((NEW.subject_kind, NEW.subject_id, NEW.gate, NEW.category, NEW."table", NEW.as_of, NEW.verdict, NEW.results, NEW.examined_at)
        IS DISTINCT FROM (OLD.subject_kind, OLD.subject_id, OLD.gate, OLD.category, OLD."table", OLD.as_of, OLD.verdict, OLD.results, OLD.examined_at))
    EXECUTE FUNCTION fanbu_unchanged();
CREATE TRIGGER refuse_delete BEFORE DELETE ON eligibility_examination FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();
CREATE CONSTRAINT TRIGGER recorded AFTER UPDATE OF state ON eligibility_correction DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION fanbu_recorded('correction');
"""
BACK = """
DROP TRIGGER recorded ON eligibility_correction; DROP TRIGGER refuse_delete ON eligibility_examination;
DROP TRIGGER unchanged ON eligibility_examination;
"""


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0010_numbers"), ("accounts", "0009_guards")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
