"""The day's digests, seals over rows that never change, and what the nights find (R-SEC-2)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_submissions'),
    ]

    operations = [
        migrations.CreateModel(
            name='DailyDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('made_at', models.DateTimeField()),
                ('heads', models.JSONField()),
                ('seals', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['-day'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RecordSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=63)),
                ('first', models.BigIntegerField()),
                ('last', models.BigIntegerField()),
                ('rows', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(models.F('table'), models.F('first'), name='recordseal_once'), models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='recordseal_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject_id', models.BigIntegerField(default=0)),
                ('subject', models.CharField(max_length=200)),
                ('facts', models.JSONField(default=dict)),
                ('found_at', models.DateTimeField()),
                ('gone_at', models.DateTimeField(null=True)),
                ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.division')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('gone_at__isnull', True)), fields=['division'], name='finding_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('gone_at__isnull', True)), fields=('code', 'subject_kind', 'subject_id', 'subject'), name='finding_open_once')],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON accounts_dailydigest FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();"
            "CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON accounts_recordseal FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();",
            "DROP TRIGGER refuse_change ON accounts_recordseal; DROP TRIGGER refuse_change ON accounts_dailydigest;",
        ),
    ]
