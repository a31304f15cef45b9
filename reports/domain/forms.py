"""The monthly forms as data with dates: rows, columns and what they count (R-RPT-1, R-RPT-2).

The layout of the official forms is not public; these are this product's default 推定表样. What a column counts is fixed in
`figures`; an office adapts a form by a later row of FORMS, without other code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eligibility.engine.model import RuleTable
from eligibility.rules.common import NOTICE
from eligibility.rules.table import NoTable, table_on
from reports.domain.figures import FIGURES, Figure
from reports.domain.periods import Period
from reports.enums import Axis, Measure
from subsidies.enums import Item
from training.enums import CertificateKind, FundSource, SkillLevel, TrainingType


class NoForm(LookupError):
    """No form of that name was in force in that month."""


@dataclass(frozen=True)
class Column:
    """One column: a figure, what of it is shown, and which part of it counts (`where`, look-ups from the figure's
    rows).

    A ratio has no rows of its own: `parts` are the codes of the two columns it divides. `detail` columns are folded on
    the page.
    """

    code: str
    label: str | Promise
    figure: str = ""
    measure: str = Measure.COUNT
    where: Mapping[str, object] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    detail: bool = False


@dataclass(frozen=True)
class Form:
    """A form in force from `since`, up to but not including `until`. Categories are left out by section or by code."""

    code: str
    title: str | Promise
    since: date
    source: str | Promise
    axes: tuple[str, ...]
    columns: tuple[Column, ...]
    until: date | None = None
    sections: tuple[str, ...] = ("employees", "key_groups", "poverty", "others")
    training_types: tuple[str, ...] = ()
    without_sections: tuple[str, ...] = ()
    without_categories: tuple[str, ...] = ()

    def column(self, code: str) -> Column | None:
        return next((column for column in self.columns if column.code == code), None)

    def left_out(self, table: RuleTable) -> list[str]:
        """The codes of the categories this form does not count, by the rule table of its month."""
        by_section = [category.code for category in table.categories if category.section in self.without_sections]
        return [*by_section, *(code for code in self.without_categories if code not in by_section)]

    def limits(self, of_class: Callable[[str], str], table: RuleTable) -> Q:
        """What of a figure this form counts at all; `of_class` says where its rows carry the columns of the class."""
        counted = Q()
        if self.training_types:
            counted &= Q(**{of_class("project__training_type__in"): self.training_types})
        if left_out := self.left_out(table):
            counted &= ~Q(**{of_class("category__in"): left_out})
        return counted


STARTED = Column("started", _("实际培训人次"), "started")
COMPLETED = Column("completed", _("结业人次"), "completed")
PASSED = Column("passed", _("培训合格人次"), "passed")
PASS_RATE = Column("pass_rate", _("合格率"), measure=Measure.RATIO, parts=("passed", "completed"))
CERTIFIED = Column("certified", _("持证人次"), "certified")
BY_KIND = tuple(
    Column(f"certified_{kind.value}", kind.label, "certified", where={"certificate_kind": kind.value}, detail=True)
    for kind in CertificateKind
)
BY_LEVEL = tuple(
    Column(
        f"certified_level_{level.value}",
        level.label,
        "certified",
        where={"training_class__project__level": level.value},
        detail=True,
    )
    for level in SkillLevel
)
SUBSIDISED = (
    Column("subsidised", _("补贴人次"), "subsidised"),
    Column("subsidised_amount", _("补贴金额（元）"), "subsidised", Measure.AMOUNT),
)
BY_FUND = tuple(
    Column(
        f"subsidised_amount_{fund.value}",
        fund.label,
        "subsidised",
        Measure.AMOUNT,
        {"line__subsidy__fund_source": fund.value},
        detail=True,
    )
    for fund in FundSource
)
BY_ITEM = tuple(
    Column(
        f"subsidised_amount_{item.value}",
        item.label,
        "subsidised",
        Measure.AMOUNT,
        {"line__item": item.value},
        detail=True,
    )
    for item in Item
)
SENT_BACK = Column("sent_back_amount", _("到账后退回（元）"), "sent_back", Measure.AMOUNT, detail=True)

FORMS = (
    Form(
        code="A",
        title=_("全区职业技能培训综合情况表"),
        since=NOTICE,
        source=_("推定表样（内人社办发〔2020〕95号 二（三））"),
        axes=(Axis.CATEGORY, Axis.DIVISION),
        columns=(
            STARTED,
            COMPLETED,
            PASSED,
            PASS_RATE,
            CERTIFIED,
            *BY_KIND,
            *BY_LEVEL,
            *SUBSIDISED,
            *BY_FUND,
            *BY_ITEM,
            SENT_BACK,
        ),
    ),
    Form(
        code="C",
        title=_("城镇就业技能培训统计"),
        since=NOTICE,
        source=_("推定表样（内人社办发〔2020〕95号 二（三））"),
        axes=(Axis.DIVISION,),
        columns=(STARTED, COMPLETED, PASSED, PASS_RATE, CERTIFIED, *BY_KIND),
        training_types=(TrainingType.EMPLOYMENT_SKILLS,),
        without_sections=("employees",),
        without_categories=("poor_labourer", "poor_family_child", "rural_transfer"),
    ),
)


def forms_on(period: Period) -> list[Form]:
    """The forms in force on the last day of a month."""
    day = period.last_day
    return [form for form in FORMS if form.since <= day and (form.until is None or day < form.until)]


def form_on(code: str, period: Period) -> tuple[Form, RuleTable]:
    """A form and the rule table its categories come from, both as in force at the month's end. Raises NoForm."""
    form = next((form for form in forms_on(period) if form.code == code.upper()), None)
    if form is None:
        raise NoForm(code)
    try:
        return form, table_on(period.last_day)
    except NoTable as error:
        raise NoForm(code) from error


def figures_of(form: Form) -> dict[str, Figure]:
    """The figures a form needs, each asked once."""
    return {column.figure: FIGURES[column.figure] for column in form.columns if column.figure}
