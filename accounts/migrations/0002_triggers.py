"""What the database itself keeps: the audit chain, and the grants that may never be given (R-SEC-2, R-AUT-3, R-AUT-4, R-AUT-5)."""

from django.db import migrations

DIGEST = """
CREATE FUNCTION accounts_event_digest(e accounts_event) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(e.previous || convert_to(concat_ws(chr(31),
        e.chain, e.number, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), coalesce(e.user_id::text, ''),
        coalesce(e.post_id::text, ''), e.actor, e.act, e.subject_kind, coalesce(e.subject_id::text, ''), e.subject,
        e.reason, e.data::text, e.origin), 'UTF8'))
$$;
CREATE FUNCTION accounts_seal_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_chainhead (chain, number, hash) VALUES (NEW.chain, 0, '') ON CONFLICT DO NOTHING;
    UPDATE accounts_chainhead SET number = number + 1 WHERE chain = NEW.chain RETURNING number, hash INTO NEW.number, NEW.previous;
    NEW.at := clock_timestamp();
    NEW.hash := accounts_event_digest(NEW);
    UPDATE accounts_chainhead SET hash = NEW.hash WHERE chain = NEW.chain;
    RETURN NEW;
END $$;
CREATE TRIGGER seal BEFORE INSERT ON accounts_event FOR EACH ROW EXECUTE FUNCTION accounts_seal_event();
CREATE FUNCTION fanbu_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON accounts_event FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON accounts_event FOR EACH STATEMENT EXECUTE FUNCTION fanbu_append_only();
"""
DIGEST_BACK = """
DROP TRIGGER refuse_truncate ON accounts_event; DROP TRIGGER refuse_change ON accounts_event; DROP TRIGGER seal ON accounts_event;
DROP FUNCTION fanbu_append_only(); DROP FUNCTION accounts_seal_event(); DROP FUNCTION accounts_event_digest(accounts_event);
"""

NEVER = """
CREATE FUNCTION accounts_never_grant(act text, grantee_is_unit boolean, grantee_at_league boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF grantee_is_unit THEN
        RAISE EXCEPTION 'never granted to a unit: %', act USING ERRCODE = 'check_violation';
    END IF;
    IF act = 'export_persons' AND NOT grantee_at_league THEN
        RAISE EXCEPTION 'export is for league staff only' USING ERRCODE = 'check_violation';
    END IF;
END $$;
CREATE FUNCTION accounts_guard_user_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM accounts_never_grant(
        (SELECT codename FROM auth_permission WHERE id = NEW.permission_id),
        coalesce((SELECT bool_or(o.kind IN ('institution', 'enterprise', 'assessment')) FROM accounts_post p
                  JOIN accounts_organisation o ON o.id = p.organisation_id
                  WHERE p.user_id = NEW.user_id AND (p.until IS NULL OR p.until > CURRENT_DATE)), true),
        coalesce((SELECT bool_or(d.reports_to_id = '150000') FROM accounts_post p
                  JOIN accounts_organisation o ON o.id = p.organisation_id JOIN accounts_division d ON d.code = o.division_id
                  WHERE p.user_id = NEW.user_id AND (p.until IS NULL OR p.until > CURRENT_DATE)), false));
    RETURN NEW;
END $$;
CREATE FUNCTION accounts_guard_group_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM accounts_never_grant(
        (SELECT codename FROM auth_permission WHERE id = NEW.permission_id),
        coalesce((SELECT kind IN ('institution', 'enterprise', 'assessment') FROM accounts_organisation WHERE group_id = NEW.group_id), true),
        coalesce((SELECT d.reports_to_id = '150000' FROM accounts_organisation o
                  JOIN accounts_division d ON d.code = o.division_id WHERE o.group_id = NEW.group_id), false));
    RETURN NEW;
END $$;
CREATE TRIGGER never_grant BEFORE INSERT OR UPDATE ON accounts_remitusergrant FOR EACH ROW EXECUTE FUNCTION accounts_guard_user_grant();
CREATE TRIGGER never_grant BEFORE INSERT OR UPDATE ON accounts_remitgroupgrant FOR EACH ROW EXECUTE FUNCTION accounts_guard_group_grant();
CREATE FUNCTION accounts_guard_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE unit boolean := (SELECT kind IN ('institution', 'enterprise', 'assessment') FROM accounts_organisation WHERE id = NEW.organisation_id);
BEGIN
    IF unit <> (NEW.role = 'operator') THEN
        RAISE EXCEPTION 'units have operators, offices have officers' USING ERRCODE = 'check_violation';
    END IF;
    IF unit AND EXISTS (SELECT 1 FROM accounts_remitusergrant WHERE user_id = NEW.user_id) THEN
        RAISE EXCEPTION 'a holder of grants cannot be an operator' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM accounts_post p JOIN accounts_organisation o ON o.id = p.organisation_id
               WHERE p.user_id = NEW.user_id AND p.id <> coalesce(NEW.id, 0) AND (p.until IS NULL OR p.until > CURRENT_DATE)
                 AND (o.kind IN ('institution', 'enterprise', 'assessment')) <> unit) THEN
        RAISE EXCEPTION 'nobody sits in an office and in a unit' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER separate_duties BEFORE INSERT OR UPDATE ON accounts_post FOR EACH ROW EXECUTE FUNCTION accounts_guard_post();
"""
NEVER_BACK = """
DROP TRIGGER separate_duties ON accounts_post; DROP FUNCTION accounts_guard_post();
DROP TRIGGER never_grant ON accounts_remitgroupgrant; DROP TRIGGER never_grant ON accounts_remitusergrant;
DROP FUNCTION accounts_guard_group_grant(); DROP FUNCTION accounts_guard_user_grant();
DROP FUNCTION accounts_never_grant(text, boolean, boolean);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(DIGEST, DIGEST_BACK), migrations.RunSQL(NEVER, NEVER_BACK)]
