"""A case about a class says its training type (R-AUT-7)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('eligibility', '0014_entries'),
    ]

    operations = [
        migrations.AddField(
            model_name='correction',
            name='training_type',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
    ]
