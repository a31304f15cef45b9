"""Standards are closed and followed, never rewritten, and of one key never two on a day (R-SUB-1)."""

from django.db import migrations

USES = """SELECT c.first_day FROM subsidies_subsidyline l JOIN training_enrolment e ON e.id = l.enrolment_id
    JOIN training_trainingclass c ON c.id = e.training_class_id WHERE l.standard_id = ($1->>''id'')::bigint"""
FORWARD = f"""
-- the younger row has won so far
UPDATE subsidies_standard AS row SET until = following.since
    FROM (SELECT id, lead(since) OVER (PARTITION BY item, project_code, occupation, level, training_type, category, hours_from ORDER BY since) AS since FROM subsidies_standard) AS following
    WHERE following.id = row.id AND (row.until IS NULL OR row.until > following.since);
CREATE TRIGGER dated_kept BEFORE UPDATE OR DELETE ON subsidies_standard
    FOR EACH ROW EXECUTE FUNCTION fanbu_dated_kept('{USES}', 'backdated');
ALTER TABLE subsidies_standard ADD CONSTRAINT standard_one_a_day EXCLUDE USING gist (
    fanbu_key(item, project_code, occupation, level::text, training_type, category, hours_from::text) WITH &&,
    daterange(since, until) WITH &&);
"""
BACK = """
ALTER TABLE subsidies_standard DROP CONSTRAINT standard_one_a_day;
DROP TRIGGER dated_kept ON subsidies_standard;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0010_dated_rows_kept"), ("subsidies", "0009_supplementary_claims"), ("training", "0015_catalogue_kept"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACK)]
