import django.contrib.postgres.fields
from django.db import migrations, models

# Work that waits for a second step: who took the first may not decide it. After a publicity only the first reviewer is barred.
FILL = """
UPDATE casework_workitem w
SET barred = CASE WHEN w.state = 'in_review' THEN r.users WHEN array_length(r.users, 1) > 1 THEN r.users[1:1] ELSE '{}' END
FROM (
    SELECT s.kind, s.object_id, array_agg(s.reviewer_id ORDER BY s.version) AS users
    FROM casework_step s
    JOIN (SELECT kind, object_id, max(round) AS round FROM casework_step GROUP BY kind, object_id) latest USING (kind, object_id, round)
    WHERE s.decides AND s.reviewer_id IS NOT NULL
    GROUP BY s.kind, s.object_id
) r
WHERE w.standing = 'todo' AND r.kind = w.kind AND r.object_id = w.object_id
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0003_policy")]
    operations = [
        migrations.AddField(
            model_name="workitem",
            name="barred",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None,
                db_default=models.Value([], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
