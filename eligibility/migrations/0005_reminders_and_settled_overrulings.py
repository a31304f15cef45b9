"""Reminders of assisted checks; an overruling that was answered stands for ever, and none is ever deleted (R-ELG-5).

Only whose record it is may follow a person whose two records become one.
"""

from datetime import date

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION eligibility_overruling_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' AND to_jsonb(NEW) - 'person_id' IS DISTINCT FROM to_jsonb(OLD) - 'person_id' THEN
        RAISE EXCEPTION 'overruling % was answered and stands', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF to_jsonb(NEW) - '{person_id,state,answered_by_id,answerer_id,answered_at,note}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{person_id,state,answered_by_id,answerer_id,answered_at,note}'::text[] THEN
        RAISE EXCEPTION 'overruling % stays as it was proposed', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stands BEFORE UPDATE ON eligibility_overruling FOR EACH ROW EXECUTE FUNCTION eligibility_overruling_stands();
CREATE TRIGGER refuse_delete BEFORE DELETE ON eligibility_overruling FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();
DO $$
BEGIN
    IF current_user <> 'fanbu' AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'fanbu') THEN
        REVOKE DELETE, TRUNCATE ON eligibility_overruling FROM fanbu;
    END IF;
END $$;
"""
BACK = """
DROP TRIGGER refuse_delete ON eligibility_overruling; DROP TRIGGER stands ON eligibility_overruling;
DROP FUNCTION eligibility_overruling_stands();
"""


def reminder_days(apps, schema_editor):
    """How many working days before the last day people are reminded, where the installation has no number yet."""
    apps.get_model("casework", "Parameter").objects.get_or_create(
        code="assistance_reminder_workdays", division=None, since=date(2020, 7, 1),
        defaults={"value": 2, "source": "示例：协查到期前提醒的工作日", "is_example": True},
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_departments_asked'),
        ('casework', '0003_policy'),
        ('eligibility', '0004_registry_modes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('near', '即将到期'), ('late', '已超期')], max_length=4)),
                ('at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='overruling',
            index=models.Index(condition=models.Q(('state', 'proposed')), fields=['id'], name='overruling_waiting'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='assistance',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='eligibility.assistance'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(models.F('assistance'), models.F('stage'), name='reminder_once'),
        ),
        migrations.RunSQL(FORWARD, BACK),
        migrations.RunPython(reminder_days, migrations.RunPython.noop),
    ]
