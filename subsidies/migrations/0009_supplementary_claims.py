"""A class can have several claims, one open at a time; a person's item is claimed, committed or paid in one of them at most (R-SUB-1, R-SUB-3)."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

ENDED = ["approved", "refused", "settled", "withdrawn"]
LIVE = ("claimed", "approved", "paying", "paid", "returned")


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0008_bank_corrections"), ("training", "0001_initial")]

    operations = [
        migrations.AddField("subsidy", "sequence", models.PositiveSmallIntegerField(default=1, db_default=1)),
        migrations.AlterField("subsidy", "training_class", models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="subsidies", to="training.trainingclass")),
        migrations.AddConstraint("subsidy", models.UniqueConstraint("training_class", "sequence", name="subsidy_once")),
        migrations.AddConstraint("subsidy", models.UniqueConstraint("training_class", name="subsidy_one_open", condition=~Q(state__in=ENDED))),
        migrations.AddField("subsidyline", "is_live", models.GeneratedField(
            expression=Q(state__in=LIVE), output_field=models.BooleanField(), db_persist=True)),
        migrations.AddConstraint("subsidyline", models.UniqueConstraint("enrolment", "item", name="line_live_once", condition=Q(is_live=True))),
    ]
