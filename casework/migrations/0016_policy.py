"""Policy is drafted, decided and kept: proposals with their files; what the region leaves open to leagues (R-SUB-1)."""

import django.db.models.deletion
import kit.storage
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION casework_proposal_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE decision text[] := ARRAY['state', 'decided_by_id', 'decider_id', 'decided_at', 'answer', 'row', 'changed'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'drafted' OR to_jsonb(NEW) - decision IS DISTINCT FROM to_jsonb(OLD) - decision THEN
        RAISE EXCEPTION 'policy proposal % is kept as it was drafted and decided', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON casework_policyproposal FOR EACH ROW EXECUTE FUNCTION casework_proposal_kept();
"""
BACK = """
DROP TRIGGER kept ON casework_policyproposal; DROP FUNCTION casework_proposal_kept();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_membership'),
        ('casework', '0015_numbers_a_day'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='parameter',
            name='leagues_may',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='PolicyFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=200)),
                ('file', models.FileField(upload_to=kit.storage.Unguessable('policy', '.xlsx'))),
                ('sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership')),
                ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.division')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PolicyProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('action', models.CharField(choices=[('add', '新增'), ('follow', '接续'), ('close', '终止'), ('cancel', '取消')], max_length=6)),
                ('target', models.BigIntegerField(null=True)),
                ('row', models.BigIntegerField(null=True)),
                ('line', models.CharField(max_length=200)),
                ('what', models.CharField(max_length=200)),
                ('values', models.JSONField(default=dict)),
                ('changed', models.JSONField(default=dict)),
                ('first_day', models.DateField(null=True)),
                ('last_day', models.DateField(null=True)),
                ('source', models.CharField(blank=True, max_length=120)),
                ('is_example', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('seen', models.CharField(max_length=24)),
                ('two_people', models.BooleanField()),
                ('state', models.CharField(choices=[('drafted', '待复核'), ('in_force', '已生效'), ('withdrawn', '已撤回'), ('sent_back', '退回')], default='drafted', max_length=9)),
                ('drafted_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=200)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership')),
                ('decider', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.division')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership')),
                ('drafter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='casework.policyfile')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['kind', 'line'], name='policyproposal_line'), models.Index(condition=models.Q(('state', 'drafted')), fields=['division'], name='policyproposal_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decider__isnull', True), ('state', 'drafted')), models.Q(models.Q(('state', 'drafted'), _negated=True), ('decided_at__isnull', False), ('decider__isnull', False)), _connector='OR'), name='policyproposal_decided'), models.CheckConstraint(condition=models.Q(('two_people', False), models.Q(('state', 'in_force'), _negated=True), models.Q(('decider', models.F('drafter')), _negated=True), _connector='OR'), name='policyproposal_second_person'), models.CheckConstraint(condition=models.Q(('action', 'add'), ('target__isnull', False), _connector='OR'), name='policyproposal_of_a_row')],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
