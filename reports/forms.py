"""What pages, API and export ask by, read in one place: form, month, place, rows (R-RPT-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from accounts.models import Division, Membership
from eligibility.engine.model import RuleTable
from eligibility.forms import NumberForm
from eligibility.rules.common import NOTICE
from reports.domain.exports import SHORTEST_PURPOSE
from reports.domain.figures import Asked
from reports.domain.forms import Form, NoForm, form_on
from reports.domain.periods import Period
from reports.domain.rows import Row
from reports.domain.tables import NoCell, Table, behind, find_cell, work_out
from reports.enums import Axis, Span


class NoPlace(LookupError):
    """The division asked for does not exist or lies outside the scope."""


def places_of(membership: Membership) -> list[Division]:
    """The divisions a membership may ask about, by reporting line; nothing for units, which see no figures."""
    return (
        []
        if membership.is_unit
        else list(Division.objects.filter(path__startswith=membership.division.path).order_by("path"))
    )


class AskForm(forms.Form):
    """The filters above a form. Empty fields mean this month, the membership's own division, the form's first axis."""

    year = forms.IntegerField(label=_("年"), required=False)
    month = forms.TypedChoiceField(
        label=_("月"),
        choices=[(month, f"{month}") for month in range(1, 13)],
        coerce=int,
        required=False,
        empty_value=None,
    )
    division = forms.ChoiceField(label=_("地区"), required=False)
    by = forms.ChoiceField(label=_("行"), choices=Axis.choices, required=False)
    banners = forms.BooleanField(label=_("展开到旗县区"), required=False)
    detail = forms.BooleanField(label=_("显示证书、资金明细列"), required=False)

    def __init__(self, data: Mapping[str, str], *, membership: Membership) -> None:
        self.places = places_of(membership)
        today = Period.today()
        values = {"year": str(today.year), "month": str(today.month), "division": membership.division.pk}
        values |= {
            name: data.get(name) or values.get(name, "")
            for name in ("year", "month", "division", "by", "banners", "detail")
        }
        super().__init__(values)
        self.fields["year"] = forms.TypedChoiceField(
            label=_("年"), choices=[(year, str(year)) for year in range(today.year, NOTICE.year - 1, -1)], coerce=int
        )
        for name in ("year", "month", "division", "by"):
            self.fields[name].widget.attrs["class"] = "form-select form-select-sm"
        self.fields["division"].choices = [
            (place.pk, "　" * (place.path.count("/") - membership.division.path.count("/")) + place.name)
            for place in self.places
        ]

    def clean_division(self) -> Division:
        return next(place for place in self.places if place.pk == self.cleaned_data["division"])


@dataclass(frozen=True)
class Question:
    """A form asked for a place and a month by somebody; the same for page, cell, export and API."""

    form: Form
    rules: RuleTable
    asked: Asked
    axis: str
    banners: bool
    detail: bool

    @cached_property
    def table(self) -> Table:
        return work_out(self.form, self.rules, self.asked, self.axis, banners=self.banners)

    def cell(self, row: str, column: str, span: str) -> CellQuestion:
        """One cell of it; NoCell when there is none."""
        if span not in Span.values:
            raise NoCell(span)
        found, wanted = find_cell(self.form, self.rules, self.asked, self.axis, row, column)
        return CellQuestion(self, found, wanted.code, span)

    def query(self, **more: str) -> str:
        """The query string that asks it again."""
        values = {
            "year": self.asked.period.year,
            "month": self.asked.period.month,
            "division": self.asked.division.pk,
            "by": self.axis,
            "banners": "on" if self.banners else "",
            "detail": "on" if self.detail else "",
        } | more
        return urlencode({name: value for name, value in values.items() if value != ""})


@dataclass(frozen=True)
class CellQuestion:
    """One cell of a question: what it counts, and the rows behind it."""

    question: Question
    row: Row
    column_code: str
    span: str

    @cached_property
    def column(self):
        return self.question.form.column(self.column_code)

    @cached_property
    def rows(self):
        question = self.question
        return behind(question.form, question.rules, self.row, self.column, self.span, question.asked, question.axis)

    def query(self) -> str:
        return self.question.query(row=self.row.code, column=self.column_code, span=self.span)


def question_of(code: str, form: AskForm, membership: Membership) -> Question:
    """The question of a checked form. Raises NoForm, and NoPlace where the place is not in scope; ValueError for other
    errors.
    """
    if not form.is_valid():
        if "division" in form.errors:
            raise NoPlace(form.data["division"])
        raise ValueError(form.errors.as_text())
    values = form.cleaned_data
    period = Period(values["year"], values["month"])
    found, rules = form_on(code, period)
    axis = values["by"] or found.axes[0]
    if axis not in found.axes:
        raise NoForm(_g("%(form)s没有这种行。") % {"form": found.title})
    body = membership.organisation_id if membership.organisation.kind == OrganisationKind.INDUSTRY else None
    return Question(found, rules, Asked(values["division"], period, body), axis, values["banners"], values["detail"])


class PurposeForm(forms.Form):
    """Why the data leave the system; it stands in the file and in the trail (R-RPT-8)."""

    purpose = forms.CharField(
        label=_("用途"),
        min_length=SHORTEST_PURPOSE,
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("写明谁用、做什么。用途会印在文件里，并写入审计日志。"),
    )
    full_numbers = forms.BooleanField(
        label=_("包含完整证件号码"),
        required=False,
        help_text=_("需要另有“查看完整个人信息”的权限，并单独记入审计日志。"),
    )

    def __init__(self, *args: object, people: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if not people:
            del self.fields["full_numbers"]


class CopyForm(NumberForm):
    """Whose data; who asked for the copy, on which paper: that stands in the file and in the trail (R-SEC-1)."""

    purpose = forms.CharField(
        label=_("谁申请、凭什么材料"),
        min_length=SHORTEST_PURPOSE,
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("例如：本人到窗口书面申请，已核对身份证原件。"),
    )
