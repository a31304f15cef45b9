"""Rights that older data hold though nobody could be given them now (R-AUT-1, R-AUT-3, R-AUT-4, R-AUT-5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.domain.findings import Found, ask, register_search

SENTENCES = {
    "own_membership": _("%(who)s的%(role)s岗位由本人或由其设立的人设立。"),
    "own_grant": _("%(who)s持有由本人或由其设立的人授予的权限（%(act)s）。"),
    "giver_unknown": _("%(who)s持有的权限（%(act)s）没有授权人。"),
    "decides_and_pays": _("%(who)s同时任%(one)s和%(other)s（不相容岗位）。"),
    "office_and_unit": _("%(who)s同时在审批部门和申请单位任职。"),
    "unit_holds": _("申请单位%(who)s持有权限（%(act)s）。"),
    "export_below_league": _("%(who)s不在盟市层级，却持有导出权限。"),
    "outright_right": _("%(who)s经由系统自带的权限表（%(table)s）持有权限。"),
    "group_without_membership": _("%(who)s在“%(group)s”的权限组中，却没有该单位的岗位。"),
}
HOME = """(SELECT o.division_id FROM accounts_membership p JOIN accounts_organisation o ON o.id = p.organisation_id
    WHERE p.user_id = u.id ORDER BY p.until DESC NULLS FIRST, p.id DESC LIMIT 1)"""

SEATS = """
    SELECT p.id, u.full_name, p.role, o.division_id FROM accounts_membership p
    JOIN accounts_user u ON u.id = p.user_id JOIN accounts_organisation o ON o.id = p.organisation_id
    WHERE (p.until IS NULL OR p.until > %s) AND (accounts_goes_back_to(p.given_by_id, p.user_id) OR EXISTS (
        SELECT 1 FROM accounts_event e WHERE e.act IN ('membership.opened', 'post.opened') AND e.subject_id = p.id
          AND e.user_id = p.user_id))
"""
PAIRS = """
    SELECT a.id, u.full_name, a.role, b.role, o.division_id, accounts_incompatible(a.role, b.role)
      FROM accounts_membership a
    JOIN accounts_membership b ON b.user_id = a.user_id AND b.id > a.id
    JOIN accounts_user u ON u.id = a.user_id JOIN accounts_organisation o ON o.id = a.organisation_id
    JOIN accounts_organisation other ON other.id = b.organisation_id
    WHERE (a.until IS NULL OR a.until > %s) AND (b.until IS NULL OR b.until > %s) AND daterange(a.since,
      a.until) && daterange(b.since, b.until)
      AND (accounts_incompatible(a.role, b.role) OR (a.role = 'operator') <> (b.role = 'operator'))
"""
GRANTS = """
    SELECT g.id, g.held_in, g.who, p.codename, r.division_id, g.own, g.granted_by_id IS NULL, g.unit, g.league FROM (
        SELECT x.id, 'remitusergrant' AS held_in, u.full_name AS who, x.permission_id, x.content_object_id,
          x.granted_by_id, x.expires_on,
               accounts_goes_back_to(x.granted_by_id, x.user_id) AS own,
               EXISTS (SELECT 1 FROM accounts_membership s WHERE s.user_id = u.id AND s.role = 'operator'
                 AND (s.until IS NULL OR s.until > %s)) AS unit,
               EXISTS (SELECT 1 FROM accounts_membership s JOIN accounts_organisation o ON o.id = s.organisation_id
                       JOIN accounts_division d ON d.code = o.division_id
                       WHERE s.user_id = u.id AND d.reports_to_id = '150000' AND (s.until IS NULL
                         OR s.until > %s)) AS league
        FROM accounts_remitusergrant x JOIN accounts_user u ON u.id = x.user_id
        UNION ALL
        SELECT x.id, 'remitgroupgrant', coalesce(o.name, a.name), x.permission_id, x.content_object_id,
          x.granted_by_id, x.expires_on,
               false, coalesce(o.kind IN ('institution', 'enterprise', 'assessment'), true),
                 coalesce(d.reports_to_id = '150000', false)
        FROM accounts_remitgroupgrant x JOIN auth_group a ON a.id = x.group_id
        LEFT JOIN accounts_organisation o ON o.group_id = a.id LEFT JOIN accounts_division d ON d.code = o.division_id
    ) g JOIN auth_permission p ON p.id = g.permission_id JOIN accounts_remit r ON r.id = g.content_object_id
    WHERE (g.expires_on IS NULL OR g.expires_on > %s)
      AND (g.own OR g.granted_by_id IS NULL OR g.unit OR (p.codename = 'export_persons' AND NOT g.league))
"""
OUTRIGHT = f"""
    SELECT 'user_permissions', u.id, u.full_name, {HOME} FROM accounts_user_user_permissions x JOIN accounts_user u
      ON u.id = x.user_id
    UNION SELECT 'is_superuser', u.id, u.full_name, {HOME} FROM accounts_user u WHERE u.is_superuser
    UNION SELECT 'userobjectpermission', u.id, u.full_name, {HOME} FROM guardian_userobjectpermission x
      JOIN accounts_user u ON u.id = x.user_id
    UNION SELECT 'group_permissions', g.id, coalesce(o.name, g.name), o.division_id FROM auth_group_permissions x
        JOIN auth_group g ON g.id = x.group_id LEFT JOIN accounts_organisation o ON o.group_id = g.id
    UNION SELECT 'groupobjectpermission', g.id, coalesce(o.name, g.name), o.division_id
      FROM guardian_groupobjectpermission x
        JOIN auth_group g ON g.id = x.group_id LEFT JOIN accounts_organisation o ON o.group_id = g.id
"""  # noqa: S608 - our own text
MEMBERS = f"""
    SELECT x.id, u.full_name, coalesce(o.name, g.name), {HOME} FROM accounts_user_groups x JOIN accounts_user u
      ON u.id = x.user_id
    JOIN auth_group g ON g.id = x.group_id LEFT JOIN accounts_organisation o ON o.group_id = g.id
    WHERE NOT EXISTS (SELECT 1 FROM accounts_membership p WHERE p.user_id = u.id AND p.organisation_id = o.id
                      AND (p.until IS NULL OR p.until > p.since))
"""  # noqa: S608 - our own text


def rights_nobody_could_give() -> Iterator[Found]:
    """Memberships, grants and Django's own rights in force that pages, API and commands refuse today."""
    today: date = timezone.localdate()
    for pk, who, role, place in ask(SEATS, [today]):
        yield Found("own_membership", place, "membership", pk, who, {"who": who, "role": role})
    for pk, who, one, other, place, incompatible in ask(PAIRS, [today, today]):
        code = "decides_and_pays" if incompatible else "office_and_unit"
        yield Found(code, place, "membership", pk, who, {"who": who, "one": one, "other": other})
    for pk, held_in, who, act, place, own, giverless, unit, league in ask(GRANTS, [today, today, today]):
        codes = {
            "own_grant": own,
            "giver_unknown": giverless,
            "unit_holds": unit,
            "export_below_league": act == "export_persons" and not league,
        }
        for code in (code for code, is_so in codes.items() if is_so):
            yield Found(code, place, held_in, pk, who, {"who": who, "act": act})
    for table, pk, who, place in ask(OUTRIGHT):
        yield Found("outright_right", place or "", table, pk, who, {"who": who, "table": table})
    for pk, who, group, place in ask(MEMBERS):
        yield Found("group_without_membership", place or "", "user_groups", pk, who, {"who": who, "group": group})


def register() -> None:
    register_search("rights", rights_nobody_could_give, SENTENCES)
