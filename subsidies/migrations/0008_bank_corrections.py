"""What the bank says later than its answer: a row of its own, by two people; the payment follows only what was agreed (R-SUB-7).

A payment that was answered stands still: state, value date, serial number and reason change only as an agreed correction says.
While a correction is open, the lines of its payment are held where they are.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Trim, Upper

import subsidies.enums

FORWARD = """
DROP TRIGGER frozen ON subsidies_payment;
CREATE OR REPLACE FUNCTION subsidies_payment_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.batch_id, NEW.subsidy_id, NEW.sequence, NEW.payee_name, NEW.amount)
            IS NOT DISTINCT FROM (OLD.batch_id, OLD.subsidy_id, OLD.sequence, OLD.payee_name, OLD.amount)
        AND EXISTS (
            SELECT 1 FROM subsidies_bankcorrection c WHERE c.payment_id = OLD.id AND c.state = 'agreed' AND (
                c.kind = 'sent_back' AND OLD.state = 'paid' AND NEW.state = 'sent_back' AND (NEW.sent_back_at, NEW.sent_back_on) = (c.answered_at, c.day)
                    AND (NEW.value_date, NEW.bank_reference, NEW.answered_at) IS NOT DISTINCT FROM (OLD.value_date, OLD.bank_reference, OLD.answered_at)
                OR c.kind = 'arrived' AND OLD.state = 'returned' AND NEW.state = 'paid'
                    AND (NEW.value_date, NEW.bank_reference, NEW.answered_at) = (c.day, c.bank_reference, c.answered_at))) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'payment % stays as it was ordered and answered', OLD.id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON subsidies_payment FOR EACH ROW WHEN (
    (NEW.batch_id, NEW.subsidy_id, NEW.sequence, NEW.payee_name, NEW.amount)
        IS DISTINCT FROM (OLD.batch_id, OLD.subsidy_id, OLD.sequence, OLD.payee_name, OLD.amount)
    OR (OLD.state <> 'pending' AND (NEW.state, NEW.value_date, NEW.bank_reference, NEW.return_reason, NEW.answered_at, NEW.sent_back_at, NEW.sent_back_on)
        IS DISTINCT FROM (OLD.state, OLD.value_date, OLD.bank_reference, OLD.return_reason, OLD.answered_at, OLD.sent_back_at, OLD.sent_back_on))
) EXECUTE FUNCTION subsidies_payment_frozen();

CREATE FUNCTION subsidies_correction_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE payment subsidies_payment; earliest date;
BEGIN
    SELECT * INTO payment FROM subsidies_payment WHERE id = NEW.payment_id;
    SELECT CASE NEW.kind WHEN 'sent_back' THEN payment.value_date ELSE (b.frozen_at AT TIME ZONE 'Asia/Shanghai')::date END INTO earliest
        FROM subsidies_paymentbatch b WHERE b.id = payment.batch_id;
    IF NEW.state <> 'proposed' OR payment.state <> (CASE NEW.kind WHEN 'sent_back' THEN 'paid' ELSE 'returned' END)
        OR earliest IS NULL OR NEW.day < earliest OR NEW.day > (NEW.proposed_at AT TIME ZONE 'Asia/Shanghai')::date THEN
        RAISE EXCEPTION 'payment % cannot be corrected so', NEW.payment_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fits BEFORE INSERT ON subsidies_bankcorrection FOR EACH ROW EXECUTE FUNCTION subsidies_correction_fits();

CREATE FUNCTION subsidies_correction_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'correction % stays as it was entered and answered', OLD.id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER answered BEFORE UPDATE ON subsidies_bankcorrection FOR EACH ROW WHEN (
    OLD.state <> 'proposed' OR NEW.state = 'proposed'
    OR (NEW.payment_id, NEW.kind, NEW.day, NEW.bank_reference, NEW.reason, NEW.before, NEW.proposed_by_id, NEW.proposer_id, NEW.proposed_at)
        IS DISTINCT FROM (OLD.payment_id, OLD.kind, OLD.day, OLD.bank_reference, OLD.reason, OLD.before, OLD.proposed_by_id, OLD.proposer_id, OLD.proposed_at)
) EXECUTE FUNCTION subsidies_correction_answered();
CREATE TRIGGER refuse_delete BEFORE DELETE ON subsidies_bankcorrection FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();

CREATE FUNCTION subsidies_correction_booked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'agreed' AND NOT EXISTS (
        SELECT 1 FROM subsidies_payment p WHERE p.id = NEW.payment_id AND CASE NEW.kind WHEN 'sent_back' THEN p.sent_back_at = NEW.answered_at
            ELSE p.state IN ('paid', 'sent_back') AND p.answered_at = NEW.answered_at END) THEN
        RAISE EXCEPTION 'payment % does not follow correction %', NEW.payment_id, NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER booked AFTER UPDATE ON subsidies_bankcorrection DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION subsidies_correction_booked();

CREATE FUNCTION subsidies_lines_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held record;
BEGIN
    SELECT o.id INTO held FROM subsidies_bankcorrection c JOIN old_rows o ON o.payment_id = c.payment_id JOIN new_rows n ON n.id = o.id
        WHERE c.state = 'proposed' AND (n.state, n.payment_id) IS DISTINCT FROM (o.state, o.payment_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'line % is held until the correction of its payment is answered', held.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER held AFTER UPDATE ON subsidies_subsidyline REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION subsidies_lines_held();
"""
BACK = """
DROP TRIGGER held ON subsidies_subsidyline; DROP FUNCTION subsidies_lines_held();
DROP TRIGGER booked ON subsidies_bankcorrection; DROP FUNCTION subsidies_correction_booked();
DROP TRIGGER refuse_delete ON subsidies_bankcorrection;
DROP TRIGGER answered ON subsidies_bankcorrection; DROP FUNCTION subsidies_correction_answered();
DROP TRIGGER fits ON subsidies_bankcorrection; DROP FUNCTION subsidies_correction_fits();
DROP TRIGGER frozen ON subsidies_payment;
CREATE OR REPLACE FUNCTION subsidies_payment_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'payment % stays as it was ordered and answered', OLD.id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON subsidies_payment FOR EACH ROW WHEN (
    (NEW.batch_id, NEW.subsidy_id, NEW.sequence, NEW.payee_name, NEW.amount)
        IS DISTINCT FROM (OLD.batch_id, OLD.subsidy_id, OLD.sequence, OLD.payee_name, OLD.amount)
    OR (OLD.state <> 'pending' AND NEW.state <> OLD.state)
) EXECUTE FUNCTION subsidies_payment_frozen();
"""
PROTECT = django.db.models.deletion.PROTECT


def to(model, **options):
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0007_payment_account"), ("accounts", "0004_departments_asked")]

    operations = [
        migrations.AlterField("payment", "state", models.CharField(max_length=10, choices=subsidies.enums.PaymentState.choices, default="pending")),
        migrations.AddField("payment", "sent_back_at", models.DateTimeField(null=True)),
        migrations.AddField("payment", "sent_back_on", models.DateField(null=True)),
        migrations.RemoveConstraint("payment", "payment_paid_has_evidence"),
        migrations.AddConstraint("payment", models.CheckConstraint(
            name="payment_paid_has_evidence",
            condition=~Q(state__in=["paid", "sent_back"]) | (Q(value_date__isnull=False) & ~Q(bank_reference="")))),
        migrations.RemoveConstraint("payment", "payment_return_has_reason"),
        migrations.AddConstraint("payment", models.CheckConstraint(
            name="payment_return_has_reason", condition=~Q(state__in=["returned", "sent_back"]) | ~Q(return_reason=""))),
        migrations.AddConstraint("payment", models.CheckConstraint(
            name="payment_sent_back_at_a_time",
            condition=Q(state="sent_back", sent_back_at__isnull=False, sent_back_on__isnull=False)
            | (~Q(state="sent_back") & Q(sent_back_at__isnull=True, sent_back_on__isnull=True)))),
        migrations.RemoveIndex("payment", "payment_paid"),
        migrations.AddIndex("payment", models.Index(
            fields=["-value_date", "-id"], name="payment_paid", condition=Q(state__in=["paid", "sent_back"]))),
        migrations.CreateModel(
            name="BankCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payment", to("subsidies.payment", related_name="corrections")),
                ("kind", models.CharField(max_length=10, choices=subsidies.enums.CorrectionKind.choices)),
                ("day", models.DateField()),
                ("bank_reference", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=200)),
                ("before", models.JSONField()),
                ("state", models.CharField(max_length=10, choices=subsidies.enums.CorrectionState.choices, default="proposed")),
                ("proposed_by", to("accounts.post", related_name="+", db_index=False)),
                ("proposer", to("accounts.user", related_name="+", db_index=False)),
                ("proposed_at", models.DateTimeField()),
                ("answered_by", to("accounts.post", related_name="+", db_index=False, null=True)),
                ("answerer", to("accounts.user", related_name="+", db_index=False, null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("note", models.CharField(max_length=500, blank=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(name="bankcorrection_has_reason", condition=Q(reason__regex=r"\S", bank_reference__regex=r"\S")),
                    models.CheckConstraint(
                        name="bankcorrection_by_two_users", condition=~Q(state__in=["agreed", "declined"]) | ~Q(answerer=F("proposer"))),
                    models.CheckConstraint(
                        name="bankcorrection_answer_has_author",
                        condition=Q(state="proposed", answered_by__isnull=True, answerer__isnull=True, answered_at__isnull=True)
                        | (~Q(state="proposed") & Q(answered_by__isnull=False, answerer__isnull=False, answered_at__isnull=False)),
                    ),
                    models.CheckConstraint(name="bankcorrection_decline_has_note", condition=~Q(state="declined") | Q(note__regex=r"\S")),
                    models.UniqueConstraint("payment", name="bankcorrection_one_open", condition=Q(state="proposed")),
                    models.UniqueConstraint("payment", "kind", name="bankcorrection_agreed_once", condition=Q(state="agreed")),
                    models.UniqueConstraint(
                        Upper(Trim("bank_reference")), name="bankcorrection_serial_once",
                        condition=Q(kind="sent_back", state__in=["proposed", "agreed"]),
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
