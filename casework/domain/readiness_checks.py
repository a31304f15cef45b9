"""Which numbers of policy, routes, reasons and working days an installation still lacks (R-AUT-2, R-SEC-3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.office_checks import names_of
from accounts.domain.readiness import (
    REGION_ADMINISTRATOR,
    Check,
    StartingRows,
    first_obstacle,
    register_readiness,
    register_starting_rows,
)
from accounts.models import Membership
from casework.domain.arrangements import missing_year
from casework.domain.flow import flows
from casework.domain.home import Values
from casework.domain.routing import NUMBERS, not_set
from casework.models import Parameter, Reason, RouteStep
from casework.models.policy import Dated
from casework.reference import PARAMETERS, REASONS, ROUTES, load_policy

MOVES = {
    "refuse": gettext_lazy("不同意"),
    "return": gettext_lazy("退回补正"),
    "strike": gettext_lazy("剔除"),
}


def examples_among(rows: Iterable[str], what: str) -> list[str]:
    """The sentence that names the rows in force that are still examples."""
    names = list(dict.fromkeys(rows))
    return [_("%(what)s还是示例：%(names)s。") % {"what": what, "names": names_of(names)}] if names else []


def on_today(model: type[Dated], **wanted: object) -> QuerySet[Any]:
    """The rows of a dated table in force today."""
    return model._default_manager.filter(model.on(timezone.localdate()), **wanted)


def _no_numbers() -> list[str]:
    wanted = dict.fromkeys([*NUMBERS, *(code for code, _value, _source in PARAMETERS)])
    set_for_all = set(on_today(Parameter, division=None).values_list("code", flat=True))
    return [not_set(code, None) for code in wanted if code not in set_for_all]


def _no_routes() -> list[str]:
    there = set(on_today(RouteStep).values_list("kind", flat=True))
    return [
        _("“%(kind)s”没有施行的审批环节和办理时限。") % {"kind": flows()[kind].label if kind in flows() else kind}
        for kind in dict.fromkeys(row[0] for row in ROUTES)
        if kind not in there
    ]


def _no_reasons() -> list[str]:
    there = set(on_today(Reason).values_list("move", flat=True))
    return [
        _("“%(move)s”没有可选的理由。") % {"move": MOVES.get(move, move)}
        for move in dict.fromkeys(move for move, _text in REASONS)
        if move not in there
    ]


def _examples() -> list[str]:
    numbers = on_today(Parameter, is_example=True).order_by("code").values_list("code", flat=True)
    kinds = on_today(RouteStep, is_example=True).order_by("kind").values_list("kind", flat=True)
    return [
        *examples_among((str(NUMBERS.get(code, code)) for code in numbers), _("政策参数")),
        *examples_among((str(flows()[kind].label) if kind in flows() else kind for kind in kinds), _("审批环节和时限")),
    ]


def _no_calendar() -> list[str]:
    year = missing_year(timezone.localdate())
    return [_("%(year)s年的放假调休安排还没有录入，算到该年的期限是暂定的。") % {"year": year}] if year else []


def at_home(membership: Membership) -> Values:
    """For the region's administrators, while something is missing without which no class comes to its money."""
    obstacle = first_obstacle() if membership.administers_region else None
    return {"obstacle": obstacle} if obstacle else None


def register() -> None:
    """The checks of policy, and the rows that were loaded by migration."""
    of_region = REGION_ADMINISTRATOR
    register_readiness(
        Check(70, "numbers", gettext_lazy("政策参数在施行"), _no_numbers, of_region, "policy_of", ("parameters",)),
        Check(
            80, "routes", gettext_lazy("各事项有审批环节和办理时限"), _no_routes, of_region, "policy_of", ("routes",)
        ),
        Check(
            85,
            "reasons",
            gettext_lazy("退回、不同意和剔除有可选理由"),
            _no_reasons,
            of_region,
            "policy_of",
            ("reasons",),
        ),
        Check(90, "examples", gettext_lazy("示例数字已换成正式的"), _examples, of_region, "policy", blocks=False),
        Check(95, "calendar", gettext_lazy("工作日历已录入"), _no_calendar, of_region, "workdays", blocks=False),
    )
    models = (RouteStep, Parameter, Reason)
    register_starting_rows(
        StartingRows(gettext_lazy("政策参数、审批环节和理由（示例）"), models, lambda: load_policy(*models))
    )
