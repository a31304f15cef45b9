"""Constraints of dated rows say in words what they refuse; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subsidies', '0010_standards_kept'),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name='standard',
            name='standard_dates_in_order',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='standard_dates_in_order', violation_error_message='失效日期须晚于生效日期。'),
        ),
        migrations.AlterConstraint(
            model_name='standard',
            name='standard_not_negative',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='standard_not_negative', violation_error_message='金额不能小于零。'),
        ),
        migrations.AlterConstraint(
            model_name='standard',
            name='standard_percent_to_hundred',
            constraint=models.CheckConstraint(condition=models.Q(('without_certificate_percent__lte', 100)), name='standard_percent_to_hundred', violation_error_message='比例不能超过百分之百。'),
        ),
    ]
