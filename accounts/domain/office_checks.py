"""Which offices, people and grants an installation still lacks (R-LVL-1, R-AUT-1, R-REG-1)."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.categories import categories
from accounts.domain.coverage import coverage
from accounts.domain.deciding import needed_in
from accounts.domain.readiness import LEAGUE_ADMINISTRATOR, REGION_ADMINISTRATOR, SERVER, Check, register_readiness
from accounts.enums import CASE_ACTS, REGION, Level, OrganisationKind, Role
from accounts.models import Division, Membership, Organisation

FEWEST_OFFICERS = 2  # first and second review are different people (R-AUT-5)
NAMED = 6  # places named in a sentence before the rest is counted


def region_administrators() -> QuerySet[Membership]:
    return Membership.objects.current().filter(
        role=Role.ADMINISTRATOR, organisation__kind=OrganisationKind.HR_OFFICE, organisation__division=REGION
    )


def names_of(places: Iterable[str]) -> str:
    """The first places by name and how many there are."""
    names = list(places)
    shown = "、".join(names[:NAMED])
    return shown if len(names) <= NAMED else _("%(names)s等%(n)s个") % {"names": shown, "n": len(names)}


def _no_divisions() -> list[str]:
    return (
        []
        if Division.objects.filter(level=Level.BANNER).exists()
        else [_("还没有行政区划，请运行 manage.py install。")]
    )


def _no_administrator() -> list[str]:
    if region_administrators().exists():
        return []
    return [_("自治区人社部门还没有在任的超级管理员，请运行 manage.py install。")]


def _no_second_factor() -> list[str]:
    totp = Authenticator.objects.filter(user=OuterRef("user"), type=Authenticator.Type.TOTP)
    without = region_administrators().filter(~Exists(totp)).values_list("user__full_name", flat=True)
    return [
        _("超级管理员%(name)s还没有设置动态口令（手机验证器）。") % {"name": name} for name in dict.fromkeys(without)
    ]


def _one_administrator() -> list[str]:
    if region_administrators().values("user").distinct().count() > 1:
        return []
    return [_("自治区只有一名超级管理员：密码和手机都丢失时没有人能帮他恢复；请再开设一名。")]


def _missing_in(level: str, wanted: QuerySet, sentence: str) -> list[str]:
    """The sentence with the divisions of a level in which `wanted` organisations are none."""
    places = Division.objects.filter(~Exists(wanted.filter(division=OuterRef("pk"))), level=level).order_by("path")
    names = list(places.values_list("name", flat=True))
    return [sentence % {"places": names_of(names)}] if names else []


def _no_offices() -> list[str]:
    offices = Organisation.objects.filter(kind=OrganisationKind.HR_OFFICE, is_active=True)
    finance = Organisation.objects.filter(kind=OrganisationKind.FINANCE, is_active=True)
    return [
        *_missing_in(Level.LEAGUE, offices, _("还没有人社部门的盟市：%(places)s。")),
        *_missing_in(Level.BANNER, offices, _("还没有人社部门的旗县区：%(places)s。")),
        *_missing_in(Level.BANNER, finance, _("还没有财政部门的旗县区：%(places)s。")),
    ]


def _no_staff() -> list[str]:
    """Offices that are open and where nobody sits who can do their work."""
    found = []
    for kind, role, sentence in (
        (OrganisationKind.HR_OFFICE, Role.OFFICER, _("人社部门没有审核人员的旗县区：%(places)s。")),
        (OrganisationKind.FINANCE, Role.FINANCE, _("财政部门没有财务人员的旗县区：%(places)s。")),
    ):
        sits = Membership.objects.current().filter(organisation=OuterRef("pk"), role=role)
        empty = Organisation.objects.filter(~Exists(sits), kind=kind, is_active=True, division__level=Level.BANNER)
        if names := list(empty.order_by("division__path").values_list("division__name", flat=True)):
            found.append(sentence % {"places": names_of(names)})
    sits = Membership.objects.current().filter(organisation=OuterRef("pk"), role=Role.ADMINISTRATOR)
    leagues = Organisation.objects.filter(
        ~Exists(sits), kind=OrganisationKind.HR_OFFICE, is_active=True, division__level=Level.LEAGUE
    )
    if names := list(leagues.order_by("division__path").values_list("division__name", flat=True)):
        found.append(_("人社部门没有超级管理员的盟市：%(places)s。") % {"places": names_of(names)})
    return found


def _gaps() -> tuple[list[Division], dict[str, set[str]]]:
    """The divisions below the region, and the acts that lack somebody for a category there, by division."""
    divisions = list(Division.objects.exclude(level=Level.REGION).order_by("path"))
    codes = [code for code, _label in categories()] or [""]
    held, needed = coverage(divisions, CASE_ACTS, codes), needed_in(divisions, CASE_ACTS, codes)
    gaps: dict[str, set[str]] = {division.pk: set() for division in divisions}
    for place, act, category in needed:
        if held[place, act, category].why:
            gaps[place].add(act)
    return divisions, gaps


def _no_grants() -> list[str]:
    divisions, gaps = _gaps()
    places = {act: [division.name for division in divisions if act in gaps[division.pk]] for act in CASE_ACTS}
    return [
        _("没有人能办“%(act)s”的地区：%(places)s。") % {"act": act.label, "places": names_of(names)}
        for act, names in places.items()
        if names
    ]


def _no_place_complete() -> list[str]:
    """Whether one banner, with its league, can carry a class from opening to payment."""
    divisions, gaps = _gaps()
    paying = set(
        Membership.objects.current().filter(role=Role.FINANCE).values_list("organisation__division_id", flat=True)
    )
    deciding = set(
        Membership.objects.current()
        .filter(role=Role.OFFICER)
        .values("organisation__division")
        .annotate(people=Count("user", distinct=True))
        .filter(people__gte=FEWEST_OFFICERS)
        .values_list("organisation__division_id", flat=True)
    )
    complete = (
        division
        for division in divisions
        if division.level == Level.BANNER
        and division.pk in paying & deciding
        and not any(gaps[code] for code in division.line if code in gaps)
    )
    if next(complete, None):
        return []
    return [_("还没有一个旗县区能把班次从开班办到拨付：要有两名审核人员、财务人员和全部审批权限，其盟市要能备案。")]


def register() -> None:
    """The checks of places and people."""
    register_readiness(
        Check(40, "divisions", gettext_lazy("行政区划在册"), _no_divisions, SERVER),
        Check(50, "administrator", gettext_lazy("自治区超级管理员在任"), _no_administrator, SERVER),
        Check(
            60,
            "second_factor",
            gettext_lazy("自治区超级管理员已设置动态口令"),
            _no_second_factor,
            REGION_ADMINISTRATOR,
            "mfa_activate_totp",
            blocks=False,
        ),
        Check(
            65,
            "two_administrators",
            gettext_lazy("自治区至少有两名超级管理员"),
            _one_administrator,
            REGION_ADMINISTRATOR,
            "organisations",
            blocks=False,
        ),
        Check(
            110,
            "one_place",
            gettext_lazy("至少一个旗县区能办完一个班"),
            _no_place_complete,
            REGION_ADMINISTRATOR,
            "coverage",
        ),
        Check(
            120,
            "offices",
            gettext_lazy("各地部门在册"),
            _no_offices,
            REGION_ADMINISTRATOR,
            "organisation_new",
            blocks=False,
        ),
        Check(
            130, "staff", gettext_lazy("各地部门有人员"), _no_staff, LEAGUE_ADMINISTRATOR, "organisations", blocks=False
        ),
        Check(
            140,
            "grants",
            gettext_lazy("各项审批都有人能办"),
            _no_grants,
            LEAGUE_ADMINISTRATOR,
            "coverage",
            blocks=False,
        ),
    )
