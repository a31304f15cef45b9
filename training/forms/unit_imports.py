"""Rows of an import of units, each judged by the forms its page has (N二(二)3, R-REG-1 … R-REG-5)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import UNIT_KINDS
from accounts.models import Division, Membership
from kit.day_fields import DayField
from kit.languages import by_label
from kit.sheets import FileRefused, inspect_upload
from kit.text import squeeze
from training.domain.units.profiles import DAYS, LABELS
from training.enums import EntityType
from training.forms.units import OpenUnitForm, UnitForm

IMPORT_MAX_BYTES = 2 * 1024 * 1024
OPERATOR = ("full_name", "phone", "username")


class ImportUploadForm(forms.Form):
    """A workbook of units, teachers or venues; nothing is changed before the preview is confirmed."""

    file = forms.FileField(label=_("Excel 文件"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            inspect_upload(upload.file, upload.name, {"xlsx"}, max_bytes=IMPORT_MAX_BYTES)
        except FileRefused as refused:
            raise ValidationError(str(refused.message), code=refused.code) from refused
        return upload


class PlaceField(forms.CharField):
    """A division of the importer's place by its name or code."""

    by: Membership

    def clean(self, value: Any) -> Division:
        text = squeeze(super().clean(value))
        place = next((one for one in Division.objects.all() if text in (one.pk, squeeze(one.name))), None)
        if place is None:
            raise ValidationError(gettext("没有“%(text)s”这个地区，请填写盟市或旗县区的全称。") % {"text": text})
        if not place.path.startswith(self.by.division.path):
            raise ValidationError(
                gettext("%(place)s不在您的管辖范围（%(mine)s）内。") % {"place": place, "mine": self.by.division}
            )
        return place


class KindField(forms.CharField):
    """A kind of unit by its name."""

    def clean(self, value: Any) -> str:
        kinds = [(kind.value, kind.label) for kind in UNIT_KINDS]
        found = by_label(kinds).get(squeeze(super().clean(value)))
        if found is None:
            allowed = "、".join(str(label) for _code, label in kinds)
            raise ValidationError(
                gettext("“%(text)s”不在可选值中，请选择：%(choices)s。") % {"text": value, "choices": allowed}
            )
        return str(found)


class IdentityForm(OpenUnitForm):
    """Who the unit is and, where all three are given, its operator: the officer's own form as a row."""

    requested = note = None  # type: ignore[assignment]
    kind = KindField(label=OpenUnitForm.base_fields["kind"].label)
    division = PlaceField(label=OpenUnitForm.base_fields["division"].label)  # type: ignore[assignment]
    full_name = forms.CharField(label=_("经办人姓名"), max_length=60, required=False)
    phone = forms.CharField(label=_("经办人电话"), max_length=30, required=False)
    username = forms.CharField(
        label=_("登录名"), max_length=60, required=False, validators=[UnicodeUsernameValidator()]
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        self.fields["division"].by = by  # type: ignore[attr-defined]

    def clean_full_name(self) -> str:
        return super().clean_full_name() if self.cleaned_data["full_name"] else ""

    def clean_phone(self) -> str:
        return super().clean_phone() if self.cleaned_data["phone"] else ""

    def clean(self) -> dict[str, Any]:
        """An operator is named whole or not at all."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        given = [name for name in OPERATOR if self.data.get(name)]
        if given and len(given) < len(OPERATOR):
            for name in set(OPERATOR) - set(given):
                self.add_error(name, gettext("要开设账户的，经办人姓名、电话、登录名都要填写；不开设的都不填。"))
        return data


class ProfileForm(UnitForm):
    """The unit's particulars as a row: kinds of entity by name, days as people write them."""

    def __init__(self, data: dict[str, Any], **kwargs: Any) -> None:
        word = squeeze(data.get("entity_type", ""))
        data = data | {"entity_type": by_label(EntityType.choices).get(word, word)}
        super().__init__(data, **kwargs)
        for name in DAYS:
            if name in self.fields:
                self.fields[name] = DayField(label=LABELS[name], required=False)
