"""A value date lies between the day its batch was frozen and the day the answer was booked; a bank's serial number stands for one payment (R-SUB-5).

What was booked before keeps its dates; the database refuses only what is booked from now on. Two payments with one serial number have
to be settled by the office first, so they are named.
"""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Trim, Upper

FILL = """
UPDATE subsidies_paymentbatch b SET frozen_at = coalesce(
    (SELECT max(s.at) FROM casework_step s WHERE s.kind = 'paymentbatch' AND s.object_id = b.id AND s.move = 'freeze'),
    (SELECT min(p.value_date) FROM subsidies_payment p WHERE p.batch_id = b.id)::timestamp AT TIME ZONE 'Asia/Shanghai', b.decided_at, now())
WHERE b.digest <> '';
UPDATE subsidies_payment p SET answered_at = coalesce(
    (SELECT max(e.at) FROM accounts_event e WHERE e.subject_kind = 'paymentbatch' AND e.subject_id = p.batch_id AND e.act = 'paymentbatch.result'),
    p.value_date::timestamp AT TIME ZONE 'Asia/Shanghai', now())
WHERE p.state IN ('paid', 'returned');
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
FORWARD = """
CREATE FUNCTION subsidies_value_day_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    SELECT n.id, n.value_date INTO wrong
    FROM new_rows n JOIN old_rows o USING (id) JOIN subsidies_paymentbatch b ON b.id = n.batch_id
    WHERE n.value_date IS NOT NULL AND (n.value_date, n.answered_at) IS DISTINCT FROM (o.value_date, o.answered_at)
        AND (b.frozen_at IS NULL OR n.value_date < (b.frozen_at AT TIME ZONE 'Asia/Shanghai')::date
            OR n.value_date > (n.answered_at AT TIME ZONE 'Asia/Shanghai')::date) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'payment % cannot have been paid on %', wrong.id, wrong.value_date USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER value_day_fits AFTER UPDATE ON subsidies_payment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION subsidies_value_day_fits();

CREATE OR REPLACE FUNCTION subsidies_batch_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.digest <> '' AND (NEW.amount, NEW.digest, NEW.bank_file, NEW.fund_source, NEW.division_id, NEW.frozen_at)
        IS DISTINCT FROM (OLD.amount, OLD.digest, OLD.bank_file, OLD.fund_source, OLD.division_id, OLD.frozen_at) THEN
        RAISE EXCEPTION 'batch % is frozen', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
BACK = """
CREATE OR REPLACE FUNCTION subsidies_batch_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.digest <> '' AND (NEW.amount, NEW.digest, NEW.bank_file, NEW.fund_source, NEW.division_id)
        IS DISTINCT FROM (OLD.amount, OLD.digest, OLD.bank_file, OLD.fund_source, OLD.division_id) THEN
        RAISE EXCEPTION 'batch % is frozen', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER value_day_fits ON subsidies_payment; DROP FUNCTION subsidies_value_day_fits();
"""
DOUBLED = """
SELECT string_agg(serial || ': ' || payments, '; ') FROM (
    SELECT upper(trim(bank_reference)) AS serial, string_agg(id::text, ', ' ORDER BY id) AS payments
    FROM subsidies_payment WHERE bank_reference <> '' GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 20) found
"""


def name_doubled_serials(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(DOUBLED)
        if found := cursor.fetchone()[0]:
            raise ValueError(f"One serial number on several payments, to be settled with the bank before this migration (serial: payments): {found}")


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0004_money_checked_by_statement"), ("casework", "0006_desk_finds_numbers"), ("accounts", "0004_departments_asked")]

    operations = [
        migrations.AddField("paymentbatch", "frozen_at", models.DateTimeField(null=True)),
        migrations.AddField("payment", "answered_at", models.DateTimeField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunPython(name_doubled_serials, migrations.RunPython.noop),
        migrations.RemoveConstraint("paymentbatch", "batch_frozen_has_file"),
        migrations.AddConstraint("paymentbatch", models.CheckConstraint(
            name="batch_frozen_has_file",
            condition=~Q(state__in=["frozen", "settled"]) | (~Q(digest="") & ~Q(bank_file="") & Q(amount__gt=0, frozen_at__isnull=False)))),
        migrations.AddConstraint("payment", models.CheckConstraint(
            name="payment_answered_at_a_time",
            condition=Q(state__in=["pending", "cancelled"], answered_at__isnull=True)
            | (~Q(state__in=["pending", "cancelled"]) & Q(answered_at__isnull=False)))),
        migrations.AddConstraint("payment", models.UniqueConstraint(
            Upper(Trim("bank_reference")), name="payment_serial_once", condition=~Q(bank_reference=""))),
        migrations.RunSQL(FORWARD, BACK),
    ]
