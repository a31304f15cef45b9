"""The accounts that were on file become accounts in force, marked as taken over; drafts move beside the files (R-REG-1, R-SUB-7).

An approved unit's account is taken over where its holder is the unit; another holder's becomes a draft the unit can hand in with its reason.
A file that was being changed has lost what was approved before: it is decided as a first registration, its account with it.
"""

from django.db import migrations
from django.utils import timezone

from kit.crypto import lookup_hash
from kit.text import squeeze

PROFILE = (
    "entity_type", "legal_representative", "contact", "phone", "address", "established_on", "licence_number", "licence_valid_to", "facilities",
)
ACCOUNT = ("bank_name", "bank_account_name", "bank_account")
ENDED = ("approved", "refused", "settled", "withdrawn")


def take_over(apps, schema_editor):
    unit_model, account_model, change_model, registration_model, item_model = (
        apps.get_model(app, name) for app, name in (
            ("training", "Unit"), ("training", "UnitAccount"), ("training", "AccountChange"), ("training", "Registration"), ("casework", "WorkItem")))
    for unit in unit_model.objects.select_related("organisation").iterator():
        holder = unit.bank_account_name or unit.organisation.name
        registration = registration_model.objects.filter(unit=unit).order_by("-id").first()
        if registration is not None:
            fields = PROFILE if unit.approved_at else (*PROFILE, *ACCOUNT)
            registration.values = {name: _text(getattr(unit, name)) for name in fields}
            registration.save(update_fields=["values"])
        was_here = account_model.objects.filter(unit=unit).exists() or change_model.objects.filter(unit=unit).exists()  # taken back and forth
        if was_here or unit.approved_at is None or not unit.bank_account:
            continue
        if squeeze(holder).casefold() == squeeze(unit.organisation.name).casefold():
            account_model.objects.create(
                unit=unit, holder=holder, bank_name=unit.bank_name, bank_account=unit.bank_account, taken_over=True,
                account_hash=lookup_hash(unit.bank_account, "unit account"), approved_at=unit.approved_at, confirmed_at=unit.approved_at)
        else:
            _draft(unit, holder, change_model, item_model)


def _draft(unit, holder, change_model, item_model):
    organisation = unit.organisation
    change = change_model.objects.create(
        number=f"ZH{organisation.pk:06d}-01", division_id=organisation.division_id, applicant=organisation, unit=unit, holder=holder,
        bank_name=unit.bank_name, bank_account=unit.bank_account)
    item_model.objects.create(
        kind="accountchange", object_id=change.pk, number=change.number, title=organisation.name, letters=sorted(set(organisation.name)),
        url=f"/cases/accountchange/{change.pk}/", division_id=organisation.division_id, applicant=organisation, state="draft", standing="draft",
        since=timezone.now())


def _text(value):
    return value.isoformat() if hasattr(value, "isoformat") else value or ""


def give_back(apps, schema_editor):
    for account in apps.get_model("training", "UnitAccount").objects.filter(ended_at__isnull=True).select_related("unit"):
        unit = account.unit
        unit.bank_name, unit.bank_account_name, unit.bank_account = account.bank_name, account.holder, account.bank_account
        unit.save(update_fields=["bank_name", "bank_account_name", "bank_account"])


GUARDS = """
CREATE FUNCTION training_unitaccount_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.unit_id, NEW.change_id, NEW.holder, NEW.bank_name, NEW.account_hash, NEW.is_exception, NEW.exception_reason, NEW.taken_over,
        NEW.approved_at, NEW.approved_by_id, NEW.confirmed_at, NEW.confirmed_by_id)
        IS DISTINCT FROM (OLD.id, OLD.unit_id, OLD.change_id, OLD.holder, OLD.bank_name, OLD.account_hash, OLD.is_exception, OLD.exception_reason,
        OLD.taken_over, OLD.approved_at, OLD.approved_by_id, OLD.confirmed_at, OLD.confirmed_by_id)
        OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at) THEN
        RAISE EXCEPTION 'account % is closed and followed, never rewritten', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stands BEFORE UPDATE ON training_unitaccount FOR EACH ROW EXECUTE FUNCTION training_unitaccount_stands();
CREATE TRIGGER refuse_delete BEFORE DELETE ON training_unitaccount FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();

CREATE FUNCTION training_unitaccount_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT user_id FROM accounts_post WHERE id = NEW.approved_by_id) = (SELECT user_id FROM accounts_post WHERE id = NEW.confirmed_by_id) THEN
        RAISE EXCEPTION 'one person agreed to the account and confirmed it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER by_two BEFORE INSERT ON training_unitaccount FOR EACH ROW EXECUTE FUNCTION training_unitaccount_by_two();
"""
GUARDS_BACK = """
DROP TRIGGER by_two ON training_unitaccount; DROP FUNCTION training_unitaccount_by_two();
DROP TRIGGER refuse_delete ON training_unitaccount; DROP TRIGGER stands ON training_unitaccount; DROP FUNCTION training_unitaccount_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0010_unit_accounts"), ("accounts", "0002_triggers"), ("casework", "0009_confirming")]
    operations = [migrations.RunPython(take_over, give_back), migrations.RunSQL(GUARDS, GUARDS_BACK)]
