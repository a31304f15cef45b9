"""The rights to export and to pay are held when a second administrator has confirmed them (R-AUT-3, R-AUT-5).

What is held already stays held.
"""

import django.db.models.deletion
from django.db import migrations, models

FORTH = """
-- Another administrator of the place than who proposed, who owes the seat neither to the proposer nor to the holder.
CREATE FUNCTION accounts_check_second(second bigint, proposer bigint, place text, holder bigint, whom text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF second IS NULL OR proposer IS NULL OR NOT EXISTS (
        SELECT 1 FROM accounts_membership p JOIN accounts_organisation o ON o.id = p.organisation_id
        JOIN accounts_division d ON d.code = o.division_id JOIN accounts_division held ON held.code = place
        WHERE p.id = second AND p.role = 'administrator' AND (p.until IS NULL OR p.until > p.since)
            AND starts_with(held.path, d.path)
    ) OR accounts_goes_back_to(second, (SELECT user_id FROM accounts_membership WHERE id = proposer))
      OR (holder IS NOT NULL AND accounts_goes_back_to(second, holder)) THEN
        PERFORM accounts_refuse_right('export and payment need a second administrator', whom);
    END IF;
END $$;
CREATE FUNCTION accounts_guard_second_grant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE now_row jsonb := to_jsonb(NEW); holder bigint := (to_jsonb(NEW)->>'user_id')::bigint;
BEGIN
    IF NEW.awaits_second OR (SELECT codename FROM auth_permission WHERE id = NEW.permission_id) <> 'export_persons' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NOT OLD.awaits_second AND OLD.permission_id = NEW.permission_id
            AND OLD.content_object_id = NEW.content_object_id
            AND (to_jsonb(OLD)->>'user_id') IS NOT DISTINCT FROM (now_row->>'user_id')
            AND (to_jsonb(OLD)->>'group_id') IS NOT DISTINCT FROM (now_row->>'group_id')
            AND coalesce(NEW.begins_on, '-infinity') >= coalesce(OLD.begins_on, '-infinity')
            AND coalesce(NEW.expires_on, 'infinity') <= coalesce(OLD.expires_on, 'infinity') THEN
            RETURN NEW;
        END IF;
        IF OLD.awaits_second THEN
            PERFORM accounts_check_second(NEW.confirmed_by_id, NEW.granted_by_id,
                (SELECT division_id FROM accounts_remit WHERE id = NEW.content_object_id), holder, '');
            RETURN NEW;
        END IF;
    END IF;
    PERFORM accounts_refuse_right('export and payment need a second administrator', '');
    RETURN NEW;
END $$;
CREATE TRIGGER second_person BEFORE INSERT OR UPDATE ON accounts_remitusergrant FOR EACH ROW
    EXECUTE FUNCTION accounts_guard_second_grant();
CREATE TRIGGER second_person BEFORE INSERT OR UPDATE ON accounts_remitgroupgrant FOR EACH ROW
    EXECUTE FUNCTION accounts_guard_second_grant();
CREATE FUNCTION accounts_guard_second_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.role <> 'finance' OR NEW.awaits_second OR NEW.given_by_id IS NULL THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NOT OLD.awaits_second THEN RETURN NEW; END IF;
        PERFORM accounts_check_second(NEW.confirmed_by_id, NEW.given_by_id,
            (SELECT division_id FROM accounts_organisation WHERE id = NEW.organisation_id), NEW.user_id, '');
        RETURN NEW;
    END IF;
    PERFORM accounts_refuse_right('export and payment need a second administrator', '');
    RETURN NEW;
END $$;
CREATE TRIGGER second_person BEFORE INSERT OR UPDATE ON accounts_membership FOR EACH ROW
    EXECUTE FUNCTION accounts_guard_second_membership();
"""
BACK = """
DROP TRIGGER second_person ON accounts_membership; DROP FUNCTION accounts_guard_second_membership();
DROP TRIGGER second_person ON accounts_remitgroupgrant; DROP TRIGGER second_person ON accounts_remitusergrant;
DROP FUNCTION accounts_guard_second_grant();
DROP FUNCTION accounts_check_second(bigint, bigint, text, bigint, text);
"""
MODELS = ("membership", "remitgroupgrant", "remitusergrant")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_training_types")]
    operations = [
        *(
            migrations.AddField(model, "awaits_second", models.BooleanField(default=False, db_default=False))
            for model in MODELS
        ),
        *(
            migrations.AddField(
                model,
                "confirmed_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="accounts.membership",
                ),
            )
            for model in MODELS
        ),
        migrations.RunSQL(FORTH, BACK),
    ]
