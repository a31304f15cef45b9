"""The menu tree as data, in one place: label, address, icon, for whom.

An entry whose address does not exist yet is left out, so an app can be added later without touching this file's
readers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import HANDS_ON, OFFICE_ROLES, READ_ONLY, WATCHERS, Level, OrganisationKind, Role
from accounts.models import Membership

OPERATOR, OFFICER, ADMINISTRATOR = Role.OPERATOR, Role.OFFICER, Role.ADMINISTRATOR
FINANCE, INSPECTOR, AUDITOR = Role.FINANCE, Role.INSPECTOR, Role.AUDITOR
EVERYONE = tuple(Role.values)


@dataclass(frozen=True)
class Entry:
    """One line of the menu. `roles` and, where given, organisation `kinds` and `levels` of its place must all fit;
    `counter` names a number of the frame.
    """

    label: str | Promise
    name: str
    icon: str
    roles: tuple[str, ...] = EVERYONE
    args: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    counter: str = ""


@dataclass(frozen=True)
class Group:
    label: str | Promise
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Line:
    """An entry with its address, as the template shows it."""

    label: str | Promise
    url: str
    icon: str
    counter: str


Menu = list[tuple[str | Promise, list[Line]]]

MENU = (
    Group("", (Entry(_("首页"), "home", "home"),)),
    Group(
        _("办理"),
        (
            Entry(_("待办"), "inbox", "inbox", (*HANDS_ON, FINANCE), ("todo",), counter="todo"),
            Entry(_("在办"), "inbox", "hourglass", (*HANDS_ON, FINANCE), ("waiting",)),
            Entry(_("已办"), "inbox", "circle-check", (*HANDS_ON, FINANCE), ("done",)),
            Entry(_("我的申请"), "inbox", "files", (OPERATOR,), ("todo",)),
            Entry(
                _("待本部门答复"),
                "asked",
                "mail-question",
                HANDS_ON,
                kinds=(OrganisationKind.INDUSTRY,),
                counter="asked",
            ),
            Entry(_("协查"), "assistances", "arrows-exchange", HANDS_ON),
            Entry(_("待第二人同意"), "overrulings", "gavel", HANDS_ON, counter="overrulings"),
            Entry(_("推翻比对结果"), "overrulings", "gavel", READ_ONLY),
            Entry(_("人员"), "people", "user-search", WATCHERS),
            Entry(_("情况变化"), "watch", "bell-ringing", WATCHERS),
            Entry(_("超期"), "overdue", "alarm", WATCHERS),
        ),
    ),
    Group(
        _("培训"),
        (
            Entry(_("我的班次"), "classes", "school", (OPERATOR,)),
            Entry(_("新开班"), "class_new", "circle-plus", (OPERATOR,)),
            Entry(_("班次"), "classes", "school", OFFICE_ROLES),
            Entry(_("单位信息"), "unit_profile", "building", (OPERATOR,)),
            Entry(_("师资场地"), "unit_resources", "chalkboard", (OPERATOR,)),
            Entry(_("单位"), "units", "building", WATCHERS),
            Entry(_("项目目录"), "catalogue", "list-details"),
        ),
    ),
    Group(
        _("资金"),
        (
            Entry(_("补贴标准"), "standards", "receipt-yuan"),
            Entry(_("公示"), "publicities", "speakerphone", OFFICE_ROLES),
            Entry(_("待拨付"), "payables", "cash", (FINANCE,)),
            Entry(_("批次"), "batches", "stack-2", (FINANCE, AUDITOR)),
            Entry(_("预算"), "budgets", "wallet", (FINANCE, AUDITOR)),
        ),
    ),
    Group(
        _("统计"),
        (
            Entry(_("月报"), "reports", "report-analytics", OFFICE_ROLES),
            Entry(_("导出"), "exports", "file-export", HANDS_ON),
        ),
    ),
    Group(
        _("管理"),
        (
            Entry(
                _("开通准备"),
                "readiness",
                "checklist",
                (ADMINISTRATOR,),
                kinds=(OrganisationKind.HR_OFFICE,),
                levels=(Level.REGION,),
            ),
            Entry(
                _("通知公告"),
                "announcements",
                "speakerphone",
                (ADMINISTRATOR,),
                kinds=(OrganisationKind.HR_OFFICE,),
                levels=(Level.REGION, Level.LEAGUE),
            ),
            Entry(_("用户"), "users", "users", (ADMINISTRATOR,)),
            Entry(_("权限"), "grants", "key", (ADMINISTRATOR, AUDITOR)),
            Entry(_("待复核的权限"), "second_person", "user-check", (ADMINISTRATOR,)),
            Entry(_("权限覆盖"), "coverage", "table-options", (ADMINISTRATOR,)),
            Entry(_("单位组织"), "organisations", "sitemap", (ADMINISTRATOR,)),
            Entry(_("审计日志"), "audit", "history", (ADMINISTRATOR, AUDITOR)),
            Entry(_("夜间核对"), "findings", "list-search", (ADMINISTRATOR, AUDITOR)),
            Entry(
                _("运行情况"),
                "operations",
                "activity-heartbeat",
                (ADMINISTRATOR, AUDITOR),
                levels=(Level.REGION,),
            ),
        ),
    ),
    Group(
        _("工具"),
        (
            Entry(_("指南"), "guides", "help"),
            Entry(_("规则手册"), "rules", "book"),
            Entry(_("政策"), "policy", "adjustments", OFFICE_ROLES),
            Entry(_("工作日历"), "workdays", "calendar-event"),
            Entry(_("外部系统"), "registries", "plug-connected", WATCHERS),
            Entry(_("任务"), "jobs", "list-check"),
            Entry(_("消息"), "notices", "bell", counter="notices"),
            Entry(_("演示日历"), "demo_clock", "calendar-due"),
        ),
    ),
)


@cache
def _resolved() -> tuple[tuple[Group, tuple[tuple[Entry, str], ...]], ...]:
    """Every group with the entries that have an address; read once."""
    return tuple((group, tuple(_with_addresses(group))) for group in MENU)


def _with_addresses(group: Group) -> Iterator[tuple[Entry, str]]:
    for entry in group.entries:
        try:
            yield entry, reverse(entry.name, args=entry.args)
        except NoReverseMatch:
            continue


def menu_for(membership: Membership) -> Menu:
    """The groups this membership sees, each with its lines; empty groups are left out."""
    return menu_of(membership.role, membership.organisation.kind, membership.division.level)


@cache
def menu_of(role: str, kind: str, level: str) -> Menu:
    """The same for anybody of a role in a kind of organisation at a level: nothing else bears on it."""
    found = []
    for group, entries in _resolved():
        lines = [
            Line(entry.label, url, f"outline/{entry.icon}", entry.counter)
            for entry, url in entries
            if _fits(entry, role, kind, level)
        ]
        if lines:
            found.append((group.label, lines))
    return found


def _fits(entry: Entry, role: str, kind: str, level: str) -> bool:
    return (
        role in entry.roles and (not entry.kinds or kind in entry.kinds) and (not entry.levels or level in entry.levels)
    )
