"""Constraints of dated rows say in words what they refuse; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_tokens'),
        ('casework', '0010_dated_rows_kept'),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name='parameter',
            name='parameter_dates_in_order',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='parameter_dates_in_order', violation_error_message='失效日期须晚于生效日期。'),
        ),
        migrations.AlterConstraint(
            model_name='routestep',
            name='routestep_dates_in_order',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='routestep_dates_in_order', violation_error_message='失效日期须晚于生效日期。'),
        ),
    ]
