"""The state of a registration, an opening, a completion and a change of account changes with its event only (R-SEC-2)."""

from django.db import migrations

KINDS = ("registration", "opening", "completion", "accountchange")
FORWARD = "".join(
    f"CREATE CONSTRAINT TRIGGER recorded AFTER UPDATE OF state ON training_{kind} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    f" WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION fanbu_recorded('{kind}');\n"
    for kind in KINDS
)
BACK = "".join(f"DROP TRIGGER recorded ON training_{kind};\n" for kind in KINDS)


class Migration(migrations.Migration):
    dependencies = [("training", "0017_numbers"), ("accounts", "0009_guards")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
