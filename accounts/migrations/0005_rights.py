"""Nobody gives himself rights (R-AUT-1, R-AUT-5): held by the database for seats, grants and Django's own tables of rights.

What a trigger refuses here carries the constraint name `rights`, by which the attempt is put on record (accounts.domain.refusals).
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

EARLIER = import_module("accounts.migrations.0002_triggers")

# Who gave a seat stands in the trail since the first day.
GIVERS = """
UPDATE accounts_post p SET given_by_id = e.post_id FROM accounts_event e
WHERE e.act = 'post.opened' AND e.subject_kind = 'post' AND e.subject_id = p.id AND e.post_id IS NOT NULL AND e.post_id <> p.id;
"""

RIGHTS = """
CREATE FUNCTION accounts_refuse_right(what text, whom text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', what USING ERRCODE = 'check_violation', CONSTRAINT = 'rights', DETAIL = coalesce(whom, '');
END $$;
-- Whether a seat is this user's, or was given by him, or by one whose seat goes back to him.
CREATE FUNCTION accounts_goes_back_to(seat bigint, who bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line AS (
        SELECT user_id, given_by_id FROM accounts_post WHERE id = seat
        UNION SELECT p.user_id, p.given_by_id FROM accounts_post p JOIN line l ON p.id = l.given_by_id
    ) SELECT coalesce(bool_or(user_id = who), false) FROM line
$$;
CREATE FUNCTION accounts_check_grant(
    act text, giver bigint, place bigint, grantee_is_unit boolean, grantee_at_league boolean, whom text
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF grantee_is_unit THEN PERFORM accounts_refuse_right(format('never granted to a unit: %s', act), whom); END IF;
    IF act = 'export_persons' AND NOT grantee_at_league THEN
        PERFORM accounts_refuse_right('export is for league staff only', whom);
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM accounts_post p JOIN accounts_organisation o ON o.id = p.organisation_id
        JOIN accounts_division d ON d.code = o.division_id
        JOIN accounts_remit r ON r.id = place JOIN accounts_division held ON held.code = r.division_id
        WHERE p.id = giver AND p.role = 'administrator' AND (p.until IS NULL OR p.until > p.since) AND starts_with(held.path, d.path)
    ) THEN
        PERFORM accounts_refuse_right(format('a grant names the administrator of the place who gives it: %s', act), whom);
    END IF;
END $$;
CREATE FUNCTION accounts_guard_user_grant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE whom text := (SELECT full_name FROM accounts_user WHERE id = NEW.user_id);
BEGIN
    PERFORM accounts_check_grant(
        (SELECT codename FROM auth_permission WHERE id = NEW.permission_id), NEW.granted_by_id, NEW.content_object_id,
        coalesce((SELECT bool_or(o.kind IN ('institution', 'enterprise', 'assessment')) FROM accounts_post p
                  JOIN accounts_organisation o ON o.id = p.organisation_id
                  WHERE p.user_id = NEW.user_id AND (p.until IS NULL OR p.until > CURRENT_DATE)), true),
        coalesce((SELECT bool_or(d.reports_to_id = '150000') FROM accounts_post p
                  JOIN accounts_organisation o ON o.id = p.organisation_id JOIN accounts_division d ON d.code = o.division_id
                  WHERE p.user_id = NEW.user_id AND (p.until IS NULL OR p.until > CURRENT_DATE)), false), whom);
    IF accounts_goes_back_to(NEW.granted_by_id, NEW.user_id) THEN
        PERFORM accounts_refuse_right('nobody gives himself rights', whom);
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION accounts_guard_group_grant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE whom text := (SELECT name FROM auth_group WHERE id = NEW.group_id);
BEGIN
    PERFORM accounts_check_grant(
        (SELECT codename FROM auth_permission WHERE id = NEW.permission_id), NEW.granted_by_id, NEW.content_object_id,
        coalesce((SELECT kind IN ('institution', 'enterprise', 'assessment') FROM accounts_organisation WHERE group_id = NEW.group_id), true),
        coalesce((SELECT d.reports_to_id = '150000' FROM accounts_organisation o
                  JOIN accounts_division d ON d.code = o.division_id WHERE o.group_id = NEW.group_id), false), whom);
    RETURN NEW;
END $$;
CREATE TRIGGER never_grant BEFORE INSERT OR UPDATE ON accounts_remitusergrant FOR EACH ROW EXECUTE FUNCTION accounts_guard_user_grant();
CREATE TRIGGER never_grant BEFORE INSERT OR UPDATE ON accounts_remitgroupgrant FOR EACH ROW EXECUTE FUNCTION accounts_guard_group_grant();

CREATE FUNCTION accounts_guard_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unit boolean := (SELECT kind IN ('institution', 'enterprise', 'assessment') FROM accounts_organisation WHERE id = NEW.organisation_id);
    whom text;
BEGIN
    SELECT full_name INTO whom FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
    IF TG_OP = 'UPDATE' AND (NEW.user_id, NEW.organisation_id, NEW.role, NEW.given_by_id)
        IS DISTINCT FROM (OLD.user_id, OLD.organisation_id, OLD.role, OLD.given_by_id) THEN
        PERFORM accounts_refuse_right('a seat stays as it was given: it is ended, and another is given', whom);
    END IF;
    IF accounts_goes_back_to(NEW.given_by_id, NEW.user_id) THEN
        PERFORM accounts_refuse_right('nobody gives himself a seat', whom);
    END IF;
    IF unit <> (NEW.role = 'operator') THEN
        PERFORM accounts_refuse_right('units have operators, offices have officers', whom);
    END IF;
    IF unit AND EXISTS (SELECT 1 FROM accounts_remitusergrant WHERE user_id = NEW.user_id) THEN
        PERFORM accounts_refuse_right('a holder of grants cannot be an operator', whom);
    END IF;
    IF EXISTS (
        SELECT 1 FROM accounts_post p JOIN accounts_organisation o ON o.id = p.organisation_id
        WHERE p.user_id = NEW.user_id AND p.id <> coalesce(NEW.id, 0)
            AND daterange(p.since, p.until) && daterange(NEW.since, NEW.until)
            AND (o.kind IN ('institution', 'enterprise', 'assessment')) <> unit
    ) THEN
        PERFORM accounts_refuse_right('nobody sits in an office and in a unit', whom);
    END IF;
    IF EXISTS (
        SELECT 1 FROM accounts_post p WHERE p.user_id = NEW.user_id AND p.id <> coalesce(NEW.id, 0)
            AND daterange(p.since, p.until) && daterange(NEW.since, NEW.until)
            AND accounts_incompatible(p.role, NEW.role)
    ) THEN
        PERFORM accounts_refuse_right('whoever decides neither pays nor audits', whom);
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION accounts_incompatible(one text, other text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (one IN ('officer', 'administrator') AND other IN ('finance', 'auditor'))
        OR (other IN ('officer', 'administrator') AND one IN ('finance', 'auditor'))
$$;
CREATE TRIGGER separate_duties BEFORE INSERT OR UPDATE ON accounts_post FOR EACH ROW EXECUTE FUNCTION accounts_guard_post();

CREATE FUNCTION accounts_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM accounts_refuse_right(TG_ARGV[0], '');
    RETURN NULL;
END $$;
CREATE TRIGGER closed BEFORE UPDATE ON accounts_remit FOR EACH ROW
    EXECUTE FUNCTION accounts_closed('a remit stays the place and category it is');
CREATE TRIGGER closed BEFORE UPDATE OF kind, group_id ON accounts_organisation FOR EACH ROW
    WHEN (NEW.kind <> OLD.kind OR NEW.group_id <> OLD.group_id)
    EXECUTE FUNCTION accounts_closed('an organisation keeps its kind and its group');
CREATE TRIGGER closed BEFORE INSERT OR UPDATE ON accounts_user_user_permissions FOR EACH ROW
    EXECUTE FUNCTION accounts_closed('rights are granted on remits, never to a user outright');
CREATE TRIGGER closed BEFORE INSERT OR UPDATE ON auth_group_permissions FOR EACH ROW
    EXECUTE FUNCTION accounts_closed('rights are granted on remits, never to a group outright');
CREATE TRIGGER closed BEFORE INSERT OR UPDATE ON guardian_userobjectpermission FOR EACH ROW
    EXECUTE FUNCTION accounts_closed('rights are granted on remits and nothing else');
CREATE TRIGGER closed BEFORE INSERT OR UPDATE ON guardian_groupobjectpermission FOR EACH ROW
    EXECUTE FUNCTION accounts_closed('rights are granted on remits and nothing else');
CREATE TRIGGER no_superuser BEFORE INSERT OR UPDATE OF is_superuser ON accounts_user FOR EACH ROW WHEN (NEW.is_superuser)
    EXECUTE FUNCTION accounts_closed('nobody may everything');
CREATE FUNCTION accounts_guard_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM accounts_post p JOIN accounts_organisation o ON o.id = p.organisation_id
        WHERE p.user_id = NEW.user_id AND o.group_id = NEW.group_id AND (p.until IS NULL OR p.until > p.since)
    ) THEN
        PERFORM accounts_refuse_right('who has no seat in an organisation is not of its group',
            (SELECT full_name FROM accounts_user WHERE id = NEW.user_id));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seated BEFORE INSERT OR UPDATE ON accounts_user_groups FOR EACH ROW EXECUTE FUNCTION accounts_guard_member();
"""
RIGHTS_BACK = """
DROP TRIGGER seated ON accounts_user_groups; DROP FUNCTION accounts_guard_member();
DROP TRIGGER no_superuser ON accounts_user; DROP TRIGGER closed ON guardian_groupobjectpermission;
DROP TRIGGER closed ON guardian_userobjectpermission; DROP TRIGGER closed ON auth_group_permissions;
DROP TRIGGER closed ON accounts_user_user_permissions; DROP TRIGGER closed ON accounts_organisation;
DROP TRIGGER closed ON accounts_remit; DROP FUNCTION accounts_closed();
DROP TRIGGER separate_duties ON accounts_post; DROP FUNCTION accounts_guard_post(); DROP FUNCTION accounts_incompatible(text, text);
DROP TRIGGER never_grant ON accounts_remitgroupgrant; DROP TRIGGER never_grant ON accounts_remitusergrant;
DROP FUNCTION accounts_guard_group_grant(); DROP FUNCTION accounts_guard_user_grant();
DROP FUNCTION accounts_check_grant(text, bigint, bigint, boolean, boolean, text);
DROP FUNCTION accounts_goes_back_to(bigint, bigint); DROP FUNCTION accounts_refuse_right(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_departments_asked"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
    ]
    operations = [
        migrations.RunSQL(EARLIER.NEVER_BACK, EARLIER.NEVER),
        migrations.AddField("post", "given_by", models.ForeignKey(
            blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.post")),
        migrations.RemoveConstraint("post", "post_once"),
        migrations.AddConstraint("post", models.UniqueConstraint(
            fields=["user", "organisation", "role", "since"], name="post_once",
            condition=Q(until__isnull=True) | Q(until__gt=F("since")))),
        migrations.RemoveConstraint("post", "post_dates_in_order"),
        migrations.AddConstraint("post", models.CheckConstraint(
            name="post_dates_in_order", condition=Q(until__isnull=True) | Q(until__gte=F("since")))),
        migrations.RunSQL(GIVERS, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(RIGHTS, RIGHTS_BACK),
    ]
