"""Targets of places by year, dated and kept as all policy is (R-RPT-9)."""

import django.db.models.deletion
from django.db import migrations, models


KEPT = """
CREATE TRIGGER dated_kept BEFORE UPDATE OR DELETE ON training_target
    FOR EACH ROW EXECUTE FUNCTION fanbu_dated_kept('SELECT NULL::date WHERE false', 'backdated');
ALTER TABLE training_target ADD CONSTRAINT target_one_a_day EXCLUDE USING gist (
    fanbu_key(division_id::text, year::text, category, training_type) WITH &&, daterange(since, until) WITH &&);
"""
FREE = """
ALTER TABLE training_target DROP CONSTRAINT target_one_a_day;
DROP TRIGGER dated_kept ON training_target;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_training_types'),
        ('training', '0026_training_types'),
    ]

    operations = [
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('until', models.DateField(blank=True, null=True)),
                ('source', models.CharField(max_length=120)),
                ('is_example', models.BooleanField(default=False)),
                ('year', models.PositiveSmallIntegerField()),
                ('category', models.CharField(blank=True, default='', max_length=30)),
                ('training_type', models.CharField(blank=True, choices=[('employment_skills', '就业技能培训'), ('on_the_job', '岗位技能提升培训'), ('siyb_gyb', '创业培训（GYB）'), ('siyb_syb', '创业培训（SYB）'), ('siyb_iyb', '创业培训（IYB）'), ('siyb_eyb', '创业培训（EYB）'), ('online_startup', '网络创业培训'), ('startup_practice', '创业实训'), ('startup_leader', '创业致富带头人培训')], default='', max_length=20)),
                ('people', models.PositiveIntegerField()),
                ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.division')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='target_dates_in_order', violation_error_message='失效日期须晚于生效日期。'), models.CheckConstraint(condition=models.Q(('category', ''), ('training_type', ''), _connector='OR'), name='target_of_one_kind', violation_error_message='人员类别和培训类别只选一个。'), models.UniqueConstraint(models.F('division'), models.F('year'), models.F('category'), models.F('training_type'), models.F('since'), name='target_once')],
            },
        ),
        migrations.RunSQL(KEPT, FREE),
    ]
