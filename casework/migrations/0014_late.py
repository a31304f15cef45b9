"""The mark of what was submitted late, and its further step: openings go on to the league (R-OPN-1, R-AUT-2)."""

from django.db import migrations, models

from casework.reference import load_policy


def forward(apps, schema_editor):
    load_policy(*(apps.get_model("casework", name) for name in ("RouteStep", "Parameter", "Reason")))


class Migration(migrations.Migration):

    dependencies = [
        ("casework", "0013_paper_particulars"),
    ]

    operations = [
        migrations.AddField(model_name="workitem", name="is_late", field=models.BooleanField(db_default=False, default=False)),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
