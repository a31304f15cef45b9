"""The portal numbers 培训合格证书 itself: the numbers are append-only, and every completion approved before gets its own."""

import django.db.models.deletion
from django.db import migrations, models

APPEND_ONLY = """
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON training_issuedcertificate FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();
"""
BACK = "DROP TRIGGER refuse_change ON training_issuedcertificate;"
# Numbers of the series of the body that approved, in the order of approval and roster; what a unit had typed is kept beside them.
ISSUE = """
WITH due AS (
    SELECT e.id, e.certificate_number AS typed, o.division_id, (k.decided_at AT TIME ZONE 'Asia/Shanghai')::date AS on_day,
        'H' || o.division_id || '-' || to_char(k.decided_at AT TIME ZONE 'Asia/Shanghai', 'YYYY') AS prefix,
        row_number() OVER (
            PARTITION BY o.division_id, to_char(k.decided_at AT TIME ZONE 'Asia/Shanghai', 'YYYY')
            ORDER BY k.decided_at, k.id, e.sequence, e.id) AS place
    FROM training_enrolment e
    JOIN training_trainingclass c ON c.id = e.training_class_id
    JOIN training_project p ON p.id = c.project_id AND p.certificate_kind = 'completion'
    JOIN training_completion k ON k.training_class_id = c.id AND k.state = 'approved'
    JOIN accounts_organisation o ON o.id = c.body_id
    WHERE e.struck_out_at IS NULL AND e.result = 'pass'
), issued AS (
    INSERT INTO training_issuedcertificate (number, enrolment_id, division_id, issued_on, typed_before)
    SELECT prefix || '-' || lpad(place::text, 6, '0'), id, division_id, on_day, typed FROM due
    RETURNING number, enrolment_id, issued_on
), series AS (
    INSERT INTO training_numberseries (prefix, last) SELECT prefix, max(place) FROM due GROUP BY prefix
)
UPDATE training_enrolment e
SET certificate_kind = 'completion', certificate_number = i.number, certificate_on = i.issued_on, certificate_verified = true
FROM issued i WHERE e.id = i.enrolment_id;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_departments_asked"), ("training", "0008_fewer_indexes")]

    operations = [
        migrations.CreateModel(
            name="IssuedCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("issued_on", models.DateField()),
                ("typed_before", models.CharField(blank=True, max_length=40)),
                (
                    "division",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.division"),
                ),
                (
                    "enrolment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="issued_certificate", to="training.enrolment"),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(APPEND_ONLY, BACK),
        migrations.RunSQL(ISSUE, migrations.RunSQL.noop),
    ]
