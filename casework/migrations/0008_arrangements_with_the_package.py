"""A year a newer package brings along is entered by nobody."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_departments_asked'),
        ('casework', '0007_arrangements'),
    ]

    operations = [
        migrations.AlterField(
            model_name='holidayarrangement',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.post'),
        ),
    ]
