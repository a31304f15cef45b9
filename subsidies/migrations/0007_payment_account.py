"""A payment says to which account of the unit it goes; a batch cannot be frozen on an account that is not in force (R-SUB-7)."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION subsidies_payment_keeps_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'payment % goes to the account it was drawn up for', OLD.id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER keeps_account BEFORE UPDATE ON subsidies_payment FOR EACH ROW
    WHEN (NEW.account_id IS DISTINCT FROM OLD.account_id) EXECUTE FUNCTION subsidies_payment_keeps_account();

CREATE FUNCTION subsidies_batch_pays_accounts_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong bigint;
BEGIN
    SELECT p.id INTO wrong FROM subsidies_payment p
        JOIN subsidies_subsidy s ON s.id = p.subsidy_id
        LEFT JOIN training_unitaccount a ON a.id = p.account_id AND a.ended_at IS NULL
        LEFT JOIN training_unit u ON u.id = a.unit_id AND u.organisation_id = s.payee_id
    WHERE p.batch_id = NEW.id AND (u.id IS NULL OR a.holder <> p.payee_name OR a.bank_name <> p.bank_name) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'payment % of batch % goes to no account in force of its payee', wrong, NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pays_accounts_in_force BEFORE UPDATE OF digest ON subsidies_paymentbatch FOR EACH ROW
    WHEN (OLD.digest = '' AND NEW.digest <> '') EXECUTE FUNCTION subsidies_batch_pays_accounts_in_force();
"""
BACK = """
DROP TRIGGER pays_accounts_in_force ON subsidies_paymentbatch; DROP FUNCTION subsidies_batch_pays_accounts_in_force();
DROP TRIGGER keeps_account ON subsidies_payment; DROP FUNCTION subsidies_payment_keeps_account();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("subsidies", "0006_provisional_publicity"),
        ('training', '0011_accounts_taken_over'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='account',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.unitaccount'),
        ),
        migrations.AlterField(
            model_name='paymentbatch',
            name='state',
            field=models.CharField(choices=[('draft', '草稿'), ('checking', '比对中'), ('in_review', '审核中'), ('returned', '退回补正'), ('publicity', '公示中'), ('concluding', '公示期满待批准'), ('confirming', '待财务确认'), ('approved', '已同意'), ('refused', '不同意'), ('withdrawn', '已撤回'), ('frozen', '已送银行'), ('settled', '已办结')], default='draft', max_length=10),
        ),
        migrations.AlterField(
            model_name='subsidy',
            name='state',
            field=models.CharField(choices=[('draft', '草稿'), ('checking', '比对中'), ('in_review', '审核中'), ('returned', '退回补正'), ('publicity', '公示中'), ('concluding', '公示期满待批准'), ('confirming', '待财务确认'), ('approved', '已同意'), ('refused', '不同意'), ('withdrawn', '已撤回'), ('frozen', '已送银行'), ('settled', '已办结')], default='draft', max_length=10),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
