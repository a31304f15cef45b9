"""Foreign keys that another index begins with, or that nobody searches by, keep no index of their own: every stage a class reaches is written
into each of them, and a payment writes twenty thousand.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_departments_asked'),
        ('training', '0007_approved_by_day'),
    ]

    operations = [
        migrations.AlterField(
            model_name='lesson',
            name='teacher',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lessons', to='training.teacher'),
        ),
        migrations.AlterField(
            model_name='lesson',
            name='venue',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lessons', to='training.venue'),
        ),
        migrations.AlterField(
            model_name='trainingclass',
            name='applicant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='applied_classes', to='accounts.organisation'),
        ),
        migrations.AlterField(
            model_name='trainingclass',
            name='created_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.post'),
        ),
        migrations.AlterField(
            model_name='trainingclass',
            name='division',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='classes', to='accounts.division'),
        ),
        migrations.AlterField(
            model_name='trainingclass',
            name='venue',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.venue'),
        ),
    ]
