from django.db import migrations

from accounts.reference import load_divisions


def forward(apps, schema_editor):
    load_divisions(apps.get_model("accounts", "Division"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_triggers")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
