from django.db import migrations

from casework.reference import load_policy


def forward(apps, schema_editor):
    load_policy(*(apps.get_model("casework", name) for name in ("RouteStep", "Parameter", "Reason")))


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_triggers")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
