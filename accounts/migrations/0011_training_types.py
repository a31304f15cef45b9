"""Grants begin on a day and may name a training type (R-AUT-1, R-AUT-7); those there are stay as they are."""

from django.db import migrations, models

# A training type narrows what is decided about a class; any other right given with one would never hold or be misread.
TYPED = """
CREATE FUNCTION accounts_guard_typed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT training_type FROM accounts_remit WHERE id = NEW.content_object_id) <> ''
        AND (SELECT codename FROM auth_permission WHERE id = NEW.permission_id) NOT IN (
            'first_review_opening', 'file_opening', 'first_review_completion', 'first_review_subsidy',
            'second_review_subsidy') THEN
        PERFORM accounts_refuse_right('only what is decided about a class is granted by training type', '');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER typed BEFORE INSERT OR UPDATE ON accounts_remitusergrant FOR EACH ROW
    EXECUTE FUNCTION accounts_guard_typed();
CREATE TRIGGER typed BEFORE INSERT OR UPDATE ON accounts_remitgroupgrant FOR EACH ROW
    EXECUTE FUNCTION accounts_guard_typed();
"""
TYPED_BACK = """
DROP TRIGGER typed ON accounts_remitgroupgrant; DROP TRIGGER typed ON accounts_remitusergrant;
DROP FUNCTION accounts_guard_typed();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_membership'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='remit',
            name='remit_once',
        ),
        migrations.AddField(
            model_name='remit',
            name='training_type',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='remitgroupgrant',
            name='begins_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='remitusergrant',
            name='begins_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='remit',
            constraint=models.UniqueConstraint(models.F('division'), models.F('category'), models.F('training_type'), name='remit_once'),
        ),
        migrations.AddConstraint(
            model_name='remitgroupgrant',
            constraint=models.CheckConstraint(condition=models.Q(('expires_on__gt', models.F('begins_on'))), name='remitgroupgrant_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='remitusergrant',
            constraint=models.CheckConstraint(condition=models.Q(('expires_on__gt', models.F('begins_on'))), name='remitusergrant_days_in_order'),
        ),
        migrations.RunSQL(TYPED, TYPED_BACK),
    ]
