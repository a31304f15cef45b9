"""Which standards and budgets an installation still lacks: without them every claim is refused (R-SUB-1, R-SUB-5)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.office_checks import names_of
from accounts.domain.readiness import (
    FINANCE_OFFICER,
    REGION_ADMINISTRATOR,
    Check,
    StartingRows,
    register_readiness,
    register_starting_rows,
)
from accounts.enums import Role
from accounts.models import Division, Membership
from casework.domain.readiness_checks import examples_among, on_today
from subsidies.enums import Item
from subsidies.models import Budget, Standard
from subsidies.reference import load_example_standards


def _no_standards() -> list[str]:
    """Examples are no standards: nobody is to be paid by them."""
    lasting = Q(until__isnull=True) | Q(until__gt=timezone.localdate())
    if Standard.objects.filter(lasting, item=Item.TRAINING, is_example=False).exists():
        return []
    return [_("还没有公布正式的培训补贴标准：没有标准的补贴申请不能提交；示例标准只供试用，请换成正式的。")]


def _examples() -> list[str]:
    rows = on_today(Standard, is_example=True).order_by("project_code").values_list("project_code", flat=True)
    return examples_among((code or _("全部项目") for code in rows), _("补贴标准"))


def _no_budgets() -> list[str]:
    """Places that pay and have no budget of this year; all of them while there is none at all."""
    year = timezone.localdate().year
    this_year = Budget.objects.filter(year=year)
    if not this_year.exists():
        return [_("%(year)s年还没有登记任何资金预算，补贴不能批准。") % {"year": year}]
    pays = Membership.objects.current().filter(role=Role.FINANCE, organisation__division=OuterRef("pk"))
    without = Division.objects.filter(Exists(pays), ~Exists(this_year.filter(division=OuterRef("pk")))).order_by("path")
    names = list(without.values_list("name", flat=True))
    return (
        [_("%(year)s年没有登记预算的地区：%(places)s。") % {"year": year, "places": names_of(names)}] if names else []
    )


def register() -> None:
    """The checks of money, and the example standards."""
    register_readiness(
        Check(
            170,
            "standards",
            gettext_lazy("补贴标准已公布"),
            _no_standards,
            REGION_ADMINISTRATOR,
            "policy_of",
            ("standards",),
        ),
        Check(
            175,
            "example_standards",
            gettext_lazy("示例补贴标准已终止"),
            _examples,
            REGION_ADMINISTRATOR,
            "policy_of",
            ("standards",),
            blocks=False,
        ),
        Check(180, "budgets", gettext_lazy("当年资金预算已登记"), _no_budgets, FINANCE_OFFICER, "budgets"),
    )
    register_starting_rows(
        StartingRows(gettext_lazy("补贴标准（示例）"), (Standard,), lambda: load_example_standards(Standard))
    )
