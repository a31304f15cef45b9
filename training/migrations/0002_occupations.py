from django.db import migrations

from training.reference import load_occupations


def forward(apps, schema_editor):
    load_occupations(apps.get_model("training", "Occupation"), status="level_recognition")


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
