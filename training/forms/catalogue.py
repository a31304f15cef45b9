"""Forms of the catalogues (R-CAT-1, R-CAT-2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.enums import UNIT_KINDS
from accounts.models import Membership, Organisation
from casework.domain.categories import categories
from kit.day_fields import DayInput
from kit.sheets import ATTACHMENT_MAX_BYTES, FileRefused, inspect_upload
from training.domain.classes.catalogue import has_ended, is_kept
from training.forms.fields import MOST
from training.models import Assessment, Listing, Occupation, Project

DATED_LABELS = {
    "since": _("生效日期"),
    "until": _("失效日期"),
    "source": _("依据文件"),
    "is_example": _("示例值（不是正式政策）"),
}
DATED_HELP = {"until": _("从这一天起不再有效；长期有效的不填。")}


class OccupationForm(forms.ModelForm):
    class Meta:
        model = Occupation
        fields = ["code", "name", "edition"]
        labels = {"code": _("职业编码"), "name": _("职业（工种）"), "edition": _("大典版本")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = bool(self.instance.pk)


class DatedForm(forms.ModelForm):
    """A dated row: of one in use or in force only the end may still be set, of one that ended nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and is_kept(self.instance):
            for name, field in self.fields.items():
                field.disabled = name != "until" or has_ended(self.instance)


class ProjectForm(DatedForm):
    """A dated row of the project catalogue."""

    categories = forms.MultipleChoiceField(
        label=_("面向人员类别"), choices=lambda: list(categories().items()), widget=forms.CheckboxSelectMultiple
    )

    hours = forms.IntegerField(
        label=_("课时"), min_value=1, max_value=MOST, error_messages={"min_value": _("课时须大于零。")}
    )

    class Meta:
        model = Project
        fields = [
            "code",
            "name",
            "training_type",
            "occupation",
            "level",
            "hours",
            "certificate_kind",
            "certificate_required",
            "categories",
            "since",
            "until",
            "source",
            "is_example",
        ]
        labels = {
            "code": _("项目编码"),
            "name": _("项目名称"),
            "training_type": _("培训类别"),
            "occupation": _("职业（工种）"),
            "level": _("等级"),
            "certificate_kind": _("证书类别"),
            "certificate_required": _("须取得证书方可申请补贴"),
            **DATED_LABELS,
        }
        help_texts = DATED_HELP
        widgets = {"since": DayInput, "until": DayInput}


class ListingForm(DatedForm):
    """An institution or assessment body in the catalogue from a day."""

    class Meta:
        model = Listing
        fields = ["organisation", "occupations", "since", "until", "source", "is_example"]
        labels = {"organisation": _("单位"), "occupations": _("核定职业（工种）"), **DATED_LABELS}
        help_texts = DATED_HELP | {"occupations": _("按住 Ctrl 可多选；不选表示不限职业。")}
        widgets = {"since": DayInput, "until": DayInput, "occupations": forms.SelectMultiple(attrs={"size": 10})}

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Organisation.objects.visible_to(by).filter(kind__in=UNIT_KINDS, is_active=True).order_by("name")
        self.fields["organisation"].queryset = units
        if self.instance.pk:
            self.fields["organisation"].disabled = True


class AssessmentForm(DatedForm):
    """How an occupation is assessed from a day."""

    class Meta:
        model = Assessment
        fields = ["occupation", "status", "since", "until", "source", "is_example"]
        labels = {"occupation": _("职业（工种）"), "status": _("评价方式"), **DATED_LABELS}
        help_texts = DATED_HELP | {"since": _("班次按开班当天的评价方式判定。")}
        widgets = {"since": DayInput, "until": DayInput}


class CatalogueUploadForm(forms.Form):
    """An xlsx of catalogue rows; nothing is changed before the preview is confirmed."""

    file = forms.FileField(label=_("Excel 文件"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            inspect_upload(upload.file, upload.name, {"xlsx"}, max_bytes=ATTACHMENT_MAX_BYTES)
        except FileRefused as refused:
            raise ValidationError(str(refused.message), code=refused.code) from refused
        return upload
