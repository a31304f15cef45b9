"""Which openings were submitted after the lead time (R-OPN-1)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("training", "0019_entered_names"),
    ]

    operations = [
        migrations.AddField(model_name="opening", name="is_late", field=models.BooleanField(db_default=False, default=False)),
    ]
