"""How many citizen numbers a unit enters in a day is a dated number of policy (R-SEC-1)."""

from django.db import migrations

from casework.reference import load_policy


def forward(apps, schema_editor):
    load_policy(*(apps.get_model("casework", name) for name in ("RouteStep", "Parameter", "Reason")))


class Migration(migrations.Migration):

    dependencies = [
        ("casework", "0014_late"),
    ]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
