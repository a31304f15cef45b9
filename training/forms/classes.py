"""Forms of a class: its data, the plan of its timetable, one lesson (R-OPN-1, R-SEC-4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from accounts.models import Membership, Organisation
from casework.domain.categories import categories
from kit.day_fields import DayInput
from kit.ids import parse_uscc
from kit.whole import whole
from training.domain.classes.catalogue import listed_on, projects_on
from training.domain.classes.drafting import find_employer
from training.domain.classes.timetable import Slot
from training.forms.fields import MOST, ClockInput, checked
from training.models import Lesson, Teacher, TrainingClass, Venue

WEEKDAYS = [
    (0, _("周一")),
    (1, _("周二")),
    (2, _("周三")),
    (3, _("周四")),
    (4, _("周五")),
    (5, _("周六")),
    (6, _("周日")),
]
SLOTS = 3


class ClassForm(forms.ModelForm):
    """Lenient: everything well-formed is saved, the class page lists what is missing. Choices come from the catalogue
    of the first day.
    """

    category = forms.ChoiceField(label=_("人员类别"), required=False)
    employer_uscc = forms.CharField(
        label=_("用工企业统一社会信用代码"),
        required=False,
        max_length=24,
        help_text=_("企业职工培训填写；企业须已注册。企业与培训机构不在同一盟市的，由企业申请。"),
    )
    planned_people = forms.IntegerField(label=_("计划人数"), min_value=0, max_value=MOST)
    fee = forms.DecimalField(label=_("培训费（元/人）"), min_value=0, max_digits=14, decimal_places=2)

    class Meta:
        model = TrainingClass
        fields = [
            "name",
            "category",
            "project",
            "fund_source",
            "institution",
            "employer_uscc",
            "first_day",
            "last_day",
            "venue",
            "teachers",
            "planned_people",
            "fee",
        ]
        labels = {
            "name": _("班次名称"),
            "project": _("培训项目"),
            "fund_source": _("资金来源"),
            "institution": _("培训机构"),
            "first_day": _("开始日期"),
            "last_day": _("结束日期"),
            "venue": _("培训场地"),
            "teachers": _("授课教师"),
        }
        help_texts = {
            "name": _("可不填，按项目名称生成。"),
            "project": _("只列出开始日期当天目录内的项目。"),
            "last_day": _("生成课程表后按最后一课更新。"),
            "teachers": _("在“师资场地”中登记后可选。"),
        }
        widgets = {"first_day": DayInput, "last_day": DayInput, "teachers": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        for field in self.fields.values():
            field.required = False
        self.fields["category"].choices = [("", "—"), *categories().items()]
        self.fields["category"].widget.attrs |= {
            "hx-get": reverse("category_help"),
            "hx-target": "#category-help",
            "hx-trigger": "change",
            "hx-include": "[name=first_day]",
        }
        self.fields["project"].queryset = projects_on(self.first_day).order_by("training_type", "code", "-since")
        self.fields["project"].label_from_instance = _project_label
        self._who(by)
        owners = Q(unit__organisation=by.organisation_id)
        for teaching in (self.instance.institution_id, self._chosen_institution()):
            if teaching:
                owners |= Q(unit__organisation=teaching)
        self.fields["venue"].queryset = Venue.objects.filter(owners, is_active=True).order_by("name").distinct()
        self.fields["teachers"].queryset = Teacher.objects.filter(owners, is_active=True).order_by("name").distinct()

    def _who(self, by: Membership) -> None:
        """An institution names the employer by its code; an enterprise chooses the institution it commissions."""
        if by.organisation.kind == OrganisationKind.ENTERPRISE:
            del self.fields["employer_uscc"]
            self.fields["institution"].queryset = listed_on(self.first_day)
            return
        del self.fields["institution"]
        if self.instance.employer:
            self.fields["employer_uscc"].initial = self.instance.employer.uscc

    @property
    def first_day(self) -> date:
        """The first day as it stands in the form, else as saved, else today."""
        try:
            return date.fromisoformat(str(self.data.get("first_day", "")))
        except ValueError:
            return self.instance.first_day or timezone.localdate()

    def _chosen_institution(self) -> int | None:
        return whole(self.data.get("institution")) if "institution" in self.fields else None

    def clean_employer_uscc(self) -> Organisation | None:
        """The enterprise behind the code, or a sentence that says what to do."""
        text = self.cleaned_data["employer_uscc"]
        if not text:
            return None
        employer = find_employer(checked(parse_uscc, text))
        if employer is None:
            raise ValidationError(_("没有找到这家企业。请企业先向所在地人社部门申请账号并完成注册。"))
        return employer

    def fields_given(self) -> dict[str, Any]:
        """What the domain function takes."""
        given = dict(self.cleaned_data)
        if "employer_uscc" in given:
            given["employer"] = given.pop("employer_uscc")
        return given

    def _post_clean(self) -> None:
        """The domain function writes the instance, not the form; its rules answer there."""


def _project_label(project: Any) -> str:
    level = f" {project.get_level_display()}" if project.level else ""
    return f"{project.get_training_type_display()} · {project.name}{level} · {project.hours}{_('课时')}"


class SlotForm(forms.Form):
    """When a day's teaching begins, and how many lesson hours it lasts."""

    starts = forms.TimeField(label=_("开始"), widget=ClockInput)
    hours = forms.DecimalField(label=_("课时"), min_value=Decimal("0.5"), max_value=16, max_digits=4, decimal_places=1)


class PlanForm(forms.Form):
    """Days of the week × `places` slots of a day, of which the first is demanded."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("上课日"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple, initial=[0, 1, 2, 3, 4]
    )
    teacher = forms.ModelChoiceField(label=_("授课教师"), queryset=Teacher.objects.none(), required=False)
    venue = forms.ModelChoiceField(label=_("场地"), queryset=Venue.objects.none(), required=False)
    content = forms.CharField(label=_("授课内容"), max_length=120, required=False)

    def __init__(self, *args: Any, training_class: TrainingClass, places: int = SLOTS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = range(1, places + 1)
        for place in self.places:
            starts, hours = SlotForm().fields.values()
            starts.label = _("第 %(place)s 时段开始") % {"place": place}
            hours.label = _("第 %(place)s 时段课时") % {"place": place}
            starts.initial, hours.initial = {1: ("08:30", 4), 2: ("14:00", 4)}.get(place, (None, None))
            starts.required = hours.required = place == 1
            self.fields |= {f"starts_{place}": starts, f"hours_{place}": hours}
        self.fields["teacher"].queryset = training_class.teachers.filter(is_active=True)
        self.fields["teacher"].initial = training_class.teachers.filter(is_active=True).first()
        self.fields["venue"].queryset = venues_of(training_class)
        self.fields["venue"].initial = training_class.venue_id

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for place in self.places:
            if bool(data.get(f"starts_{place}")) != bool(data.get(f"hours_{place}")) and not self.errors:
                raise ValidationError(_("第 %(place)s 时段请同时填写开始时间和课时。"), params={"place": place})
        return data

    def plan(self) -> dict[str, Any]:
        """What the domain function takes."""
        data = self.cleaned_data
        slots = [
            Slot(data[f"starts_{place}"], data[f"hours_{place}"])
            for place in self.places
            if data.get(f"starts_{place}")
        ]
        return {"slots": slots} | {name: data[name] for name in self.base_fields}


class LessonForm(forms.ModelForm):
    """One lesson."""

    hours = forms.DecimalField(label=_("课时"), min_value=Decimal("0.5"), max_value=16, max_digits=4, decimal_places=1)

    class Meta:
        model = Lesson
        fields = ["day", "starts", "ends", "hours", "content", "teacher", "venue"]
        labels = {
            "day": _("日期"),
            "starts": _("开始"),
            "ends": _("结束"),
            "content": _("授课内容"),
            "teacher": _("授课教师"),
            "venue": _("场地"),
        }
        widgets = {"day": DayInput, "starts": ClockInput, "ends": ClockInput}

    def __init__(self, *args: Any, training_class: TrainingClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teacher"].queryset = training_class.teachers.filter(is_active=True)
        self.fields["venue"].queryset = venues_of(training_class)


def venues_of(training_class: TrainingClass) -> Any:
    """The rooms of the institution and of the employer."""
    owners = [owner for owner in (training_class.institution_id, training_class.employer_id) if owner]
    return Venue.objects.filter(unit__organisation__in=owners, is_active=True).order_by("name")
