"""What of catalogue and units an installation still lacks (R-CAT-1, R-CAT-2, R-REG-1)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.readiness import (
    LEAGUE_ADMINISTRATOR,
    REGION_ADMINISTRATOR,
    Check,
    StartingRows,
    register_readiness,
    register_starting_rows,
)
from casework.domain.readiness_checks import examples_among, on_today
from eligibility.domain.categories import category_names
from training.models import Assessment, Listing, Occupation, Project, Unit
from training.reference import load_assessments, load_example_projects, load_occupations


def _no_occupations() -> list[str]:
    if not Occupation.objects.exists():
        return [_("职业（工种）目录是空的，请导入。")]
    missing = Occupation.objects.exclude(pk__in=on_today(Assessment).values("occupation"))
    names = list(missing.values_list("name", flat=True)[:3])
    return [_("有的职业没有评价方式，例如：%(names)s。") % {"names": "、".join(names)}] if names else []


def _offered() -> set[str]:
    """The categories of the projects in force."""
    return {code for codes in on_today(Project).values_list("categories", flat=True) for code in codes}


def _no_projects() -> list[str]:
    return [] if _offered() else [_("项目目录是空的，申请单位不能开班；请录入或导入。")]


def _left_out() -> list[str]:
    offered = _offered()
    names = [name for code, name in category_names().items() if code not in offered]
    return [_("没有培训项目的人员类别：%(names)s。") % {"names": "、".join(names)}] if names and offered else []


def _examples() -> list[str]:
    return [
        *examples_among(on_today(Project, is_example=True).values_list("name", flat=True), _("培训项目")),
        *examples_among(
            on_today(Assessment, is_example=True).order_by("occupation").values_list("occupation__name", flat=True),
            _("职业评价方式"),
        ),
    ]


def _no_units() -> list[str]:
    if not Unit.objects.exists():
        return [_("还没有单位。已注册登记的培训机构和企业可以用Excel成批导入，再由各单位补充完善。")]
    if not Unit.objects.filter(approved_at__isnull=False).exists():
        return [_("还没有通过注册审核的单位。")]
    if not on_today(Listing).exists():
        return [_("机构目录里还没有列入任何培训机构。")]
    return []


def register() -> None:
    """The checks of catalogue and units, and their first rows."""
    register_readiness(
        Check(
            150,
            "occupations",
            gettext_lazy("职业目录和评价方式在册"),
            _no_occupations,
            REGION_ADMINISTRATOR,
            "catalogue_of",
            ("occupations",),
        ),
        Check(
            160,
            "projects",
            gettext_lazy("项目目录在册"),
            _no_projects,
            REGION_ADMINISTRATOR,
            "catalogue_of",
            ("projects",),
        ),
        Check(
            163,
            "left_out",
            gettext_lazy("各类人员都有培训项目"),
            _left_out,
            REGION_ADMINISTRATOR,
            "catalogue_of",
            ("projects",),
            blocks=False,
        ),
        Check(
            165,
            "example_projects",
            gettext_lazy("示例目录已换成正式的"),
            _examples,
            REGION_ADMINISTRATOR,
            "catalogue_of",
            ("projects",),
            blocks=False,
        ),
        Check(
            190,
            "units",
            gettext_lazy("单位在册"),
            _no_units,
            LEAGUE_ADMINISTRATOR,
            "unit_import",
            ("units",),
            blocks=False,
        ),
    )
    register_starting_rows(
        StartingRows(gettext_lazy("职业（工种）"), (Occupation,), lambda: load_occupations(Occupation)),
        StartingRows(
            gettext_lazy("职业评价方式（示例）"), (Assessment,), lambda: load_assessments(Occupation, Assessment)
        ),
        StartingRows(gettext_lazy("培训项目（示例）"), (Project,), lambda: load_example_projects(Project)),
    )
