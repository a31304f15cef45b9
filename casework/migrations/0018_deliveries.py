"""Mail and SMS: the box, each user's choice, what was reminded of; how many days before (R-SEC-3)."""

import django.db.models.deletion
import django.utils.timezone
import kit.fields
from django.conf import settings
from django.db import migrations, models

from casework.reference import load_policy


def add_policy(apps, schema_editor):
    load_policy(*(apps.get_model("casework", name) for name in ("RouteStep", "Parameter", "Reason")))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_membership'),
        ('casework', '0017_training_types'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='contact', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('mail', kit.fields.EncryptedTextField(blank=True, null=True)),
                ('pending_mail', kit.fields.EncryptedTextField(blank=True, null=True)),
                ('code', models.CharField(blank=True, default='', max_length=128)),
                ('code_until', models.DateTimeField(null=True)),
                ('code_tries', models.PositiveSmallIntegerField(default=0)),
                ('by_mail', models.BooleanField(default=True)),
                ('by_sms', models.BooleanField(default=True)),
                ('paces', models.JSONField(default=dict)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('mail', '邮件'), ('sms', '短信')], max_length=4)),
                ('day', models.DateField(null=True)),
                ('subject', models.CharField(max_length=100)),
                ('text', models.CharField(max_length=500)),
                ('state', models.CharField(choices=[('queued', '待发送'), ('sending', '发送中'), ('sent', '已发送'), ('failed', '未送达'), ('dropped', '不再发送')], default='queued', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('said', models.CharField(blank=True, default='', max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Reminded',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('object_id', models.BigIntegerField()),
                ('day', models.DateField()),
                ('state', models.CharField(max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='notice',
            name='reader',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notice',
            name='topic',
            field=models.CharField(choices=[('case', '办理进展'), ('work', '新到待办'), ('deadline', '期限提醒'), ('announcement', '通知公告')], db_default='case', default='case', max_length=12),
        ),
        # the notices of before stay where they are: the column comes with false, later rows are true
        migrations.AddField(
            model_name='notice',
            name='undelivered',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='notice',
            name='undelivered',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AlterField(
            model_name='notice',
            name='at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('undelivered', True)), fields=['id'], name='notice_undelivered'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('reader__isnull', False)), fields=('reader', 'organisation', 'kind', 'object_id'), name='notice_to_reader_once'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='notice',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='casework.notice'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='reminded',
            constraint=models.UniqueConstraint(models.F('kind'), models.F('object_id'), models.F('day'), models.F('state'), name='reminded_once'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['due_at', 'id'], name='delivery_open'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['at'], name='delivery_failed'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(models.F('notice'), models.F('user'), models.F('channel'), name='delivery_of_notice_once'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('notice__isnull', True)), fields=('user', 'organisation', 'channel', 'day'), name='delivery_of_digest_once'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('day__isnull', False), ('notice__isnull', True)), models.Q(('day__isnull', True), ('notice__isnull', False)), _connector='OR'), name='delivery_of_notice_or_day'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(('state', 'sent'), _negated=True), _connector='OR'), name='delivery_sent_when'),
        ),
        migrations.RunPython(add_policy, migrations.RunPython.noop),
    ]
