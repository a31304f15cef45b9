"""Steps are append-only (R-SEC-2)."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON casework_step FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON casework_step FOR EACH STATEMENT EXECUTE FUNCTION fanbu_append_only();
"""
BACK = "DROP TRIGGER refuse_truncate ON casework_step; DROP TRIGGER refuse_change ON casework_step;"


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial"), ("accounts", "0002_triggers")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
