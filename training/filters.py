"""Filters above the tables of units, catalogues and classes."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import UNIT_KINDS
from casework.domain.categories import categories
from casework.enums import State
from kit.day_fields import DayInput
from kit.text import code_text
from training.domain.classes.catalogue import STANDINGS, standing
from training.enums import SkillLevel, Stage, TrainingType
from training.models import Project, TrainingClass, Unit


def _search(label: Any) -> django_filters.CharFilter:
    return django_filters.CharFilter(method="search", label=label, widget=forms.TextInput(attrs={"type": "search"}))


class CategoryFilter(django_filters.ChoiceFilter):
    """The trainee categories, in the order of the rule book, as they are when the page is asked for."""

    @property
    def field(self) -> forms.Field:
        self.extra["choices"] = list(categories().items())
        return super().field


class UnitFilter(django_filters.FilterSet):
    q = _search(_("名称或信用代码"))
    kind = django_filters.ChoiceFilter(
        field_name="organisation__kind", label=_("单位类别"), choices=[(kind.value, kind.label) for kind in UNIT_KINDS]
    )
    state = django_filters.ChoiceFilter(field_name="state", label=_("注册状态"), choices=State.choices)

    class Meta:
        model = Unit
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, text: str) -> QuerySet:
        text = text.strip()
        return rows.filter(Q(organisation__name__icontains=text) | Q(organisation__uscc=text.upper()))


class ProjectFilter(django_filters.FilterSet):
    q = _search(_("编码、名称或职业"))
    training_type = django_filters.ChoiceFilter(label=_("培训类别"), choices=TrainingType.choices)
    level = django_filters.ChoiceFilter(label=_("等级"), choices=SkillLevel.choices)
    category = CategoryFilter(label=_("人员类别"), method="serves")
    standing = django_filters.ChoiceFilter(label=_("现在"), choices=list(STANDINGS.items()), method="stands")
    on = django_filters.DateFilter(label=_("某一天有效"), method="valid_on", widget=DayInput)

    class Meta:
        model = Project
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, text: str) -> QuerySet:
        text = text.strip()
        return rows.filter(
            Q(code__istartswith=code_text(text)) | Q(name__icontains=text) | Q(occupation__name__icontains=text)
        )

    def serves(self, rows: QuerySet, name: str, code: str) -> QuerySet:
        return rows.filter(categories__contains=[code])

    def stands(self, rows: QuerySet, name: str, code: str) -> QuerySet:
        return standing(rows, code)

    def valid_on(self, rows: QuerySet, name: str, day: Any) -> QuerySet:
        return rows.filter(Project.on(day))


class ClassFilter(django_filters.FilterSet):
    q = _search(_("班次编号或名称"))
    stage = django_filters.ChoiceFilter(label=_("进度"), choices=Stage.choices)
    category = CategoryFilter(label=_("人员类别"))
    first_from = django_filters.DateFilter(
        field_name="first_day", lookup_expr="gte", label=_("开始日期从"), widget=DayInput
    )
    first_to = django_filters.DateFilter(field_name="first_day", lookup_expr="lte", label=_("到"), widget=DayInput)

    class Meta:
        model = TrainingClass
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, text: str) -> QuerySet:
        text = text.strip()
        return rows.filter(Q(number__startswith=text) | Q(name__icontains=text))
