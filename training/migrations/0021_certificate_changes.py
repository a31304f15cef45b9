"""Corrections of certificates: decided where the completions of a place and category are, each state on record (R-CMP-2, R-SEC-2)."""

import django.db.models.deletion
import kit.fields
from django.db import migrations, models

FORWARD = """
CREATE CONSTRAINT TRIGGER recorded AFTER UPDATE OF state ON training_certificatechange DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION fanbu_recorded('certificatechange');
"""
BACK = "DROP TRIGGER recorded ON training_certificatechange;"
COPIED = ("category", "variant", "amount_from", "position", "need", "level", "working_days", "since", "until", "source", "is_example")


def add_routes(apps, schema_editor):
    """The first step of every route of completions, for installations whose routes were loaded before."""
    route = apps.get_model("casework", "RouteStep")
    rows = route.objects.filter(kind="completion", position=1).values(*COPIED)
    route.objects.bulk_create([route(kind="certificatechange", **row) for row in rows], ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_guards'),
        ('casework', '0012_attachments_stay'),
        ("training", "0020_late"),
    ]

    operations = [
        migrations.CreateModel(
            name='CertificateChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', kit.fields.LateNumberField(blank=True, default='', max_length=40, null=True, unique=True)),
                ('category', models.CharField(blank=True, default='', max_length=30)),
                ('state', models.CharField(choices=[('draft', '草稿'), ('checking', '比对中'), ('in_review', '审核中'), ('returned', '退回补正'), ('publicity', '公示中'), ('concluding', '公示期满待批准'), ('confirming', '待财务确认'), ('approved', '已同意'), ('refused', '不同意'), ('withdrawn', '已撤回'), ('frozen', '已送银行'), ('settled', '已办结')], default='draft', max_length=10)),
                ('version', models.PositiveIntegerField(default=0)),
                ('round', models.PositiveSmallIntegerField(default=0)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('need', models.CharField(blank=True, default='', max_length=30)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('old_kind', models.CharField(choices=[('qualification', '职业资格证书'), ('skill_level', '职业技能等级证书'), ('special_ability', '专项职业能力证书'), ('special_operation', '特种作业操作证'), ('completion', '培训合格证书')], max_length=20)),
                ('old_number', models.CharField(max_length=40)),
                ('old_on', models.DateField(null=True)),
                ('new_kind', models.CharField(choices=[('qualification', '职业资格证书'), ('skill_level', '职业技能等级证书'), ('special_ability', '专项职业能力证书'), ('special_operation', '特种作业操作证'), ('completion', '培训合格证书')], max_length=20)),
                ('new_number', models.CharField(max_length=40)),
                ('new_on', models.DateField(null=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('desk', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.division')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificate_changes', to='training.enrolment')),
                ('proof', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casework.job')),
                ('training_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificate_changes', to='training.trainingclass')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('state__in', ('approved', 'refused', 'settled', 'withdrawn'))), models.Q(models.Q(('state__in', ('approved', 'refused', 'settled', 'withdrawn')), _negated=True), ('decided_at__isnull', True)), _connector='OR'), name='certificatechange_decided_iff_ended'), models.CheckConstraint(condition=models.Q(('round', 0), ('number__isnull', False), _connector='OR'), name='certificatechange_numbered_at_submission'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'in_review'), _negated=True), models.Q(('desk__isnull', False), models.Q(('need', ''), _negated=True)), _connector='OR'), name='certificatechange_in_review_has_desk'), models.UniqueConstraint(models.F('enrolment'), condition=models.Q(('state__in', ('approved', 'refused', 'settled', 'withdrawn')), _negated=True), name='certificatechange_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('new_kind', models.F('old_kind')), _negated=True), models.Q(('new_number', models.F('old_number')), _negated=True), models.Q(('new_on', models.F('old_on')), _negated=True), _connector='OR'), name='certificatechange_changes_something'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'returned', 'withdrawn']), ('reason__regex', '\\S'), _connector='OR'), name='certificatechange_asked_with_reason'), models.CheckConstraint(condition=models.Q(models.Q(('proof__isnull', False), ('state', 'approved')), models.Q(models.Q(('state', 'approved'), _negated=True), ('proof__isnull', True)), _connector='OR'), name='certificatechange_proved_iff_approved')],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
        migrations.RunPython(add_routes, migrations.RunPython.noop),
    ]
