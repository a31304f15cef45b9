"""Constraints of dated rows say in words what they refuse; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_tokens'),
        ('training', '0015_catalogue_kept'),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name='listing',
            name='listing_dates_in_order',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='listing_dates_in_order', violation_error_message='失效日期须晚于生效日期。'),
        ),
        migrations.AlterConstraint(
            model_name='listing',
            name='listing_once',
            constraint=models.UniqueConstraint(models.F('organisation'), models.F('since'), name='listing_once', violation_error_message='这个单位在这一生效日期已有一条。'),
        ),
        migrations.AlterConstraint(
            model_name='project',
            name='project_dates_in_order',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='project_dates_in_order', violation_error_message='失效日期须晚于生效日期。'),
        ),
        migrations.AlterConstraint(
            model_name='project',
            name='project_once',
            constraint=models.UniqueConstraint(models.F('code'), models.F('since'), name='project_once', violation_error_message='这个编码在这一生效日期已有一条。'),
        ),
        migrations.AlterConstraint(
            model_name='project',
            name='project_has_hours',
            constraint=models.CheckConstraint(condition=models.Q(('hours__gte', 1)), name='project_has_hours', violation_error_message='课时须大于零。'),
        ),
    ]
