"""Forms of units: the account on request, the profile, teachers and venues (R-REG-1 … R-REG-5)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import UNIT_KINDS, OrganisationKind
from accounts.models import Division, Membership
from kit.day_fields import DayInput
from kit.ids import check_bank_account, check_name, check_phone, parse_citizen_number, parse_uscc
from kit.text import tidy, written
from training.domain.units.profiles import ACCOUNT, LABELS, PROFILE, needs_account
from training.domain.units.registrations import NO_ENTERPRISE, TYPES_BY_KIND
from training.forms.fields import EncryptedFields, checked, encrypted_text
from training.models import Teacher, Unit, Venue

HOLDER_HELP = _("与单位名称一致；补贴资金拨付到这个账户。")
REQUESTED = [("phone", _("电话申请")), ("person", _("当面申请"))]


class OpenUnitForm(forms.Form):
    """The officer opens an account; the division lies within the officer's scope."""

    kind = forms.ChoiceField(label=_("单位类别"), choices=[(kind.value, kind.label) for kind in UNIT_KINDS])
    name = forms.CharField(label=_("单位名称"), max_length=120, help_text=_("与营业执照或办学许可证一致。"))
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=24, help_text=_("18 位，数字和大写字母。"))
    division = forms.ModelChoiceField(label=_("所在地"), queryset=Division.objects.none())
    full_name = forms.CharField(label=_("经办人姓名"), max_length=60)
    phone = forms.CharField(label=_("经办人电话"), max_length=30)
    username = forms.CharField(label=_("登录名"), max_length=60, validators=[UnicodeUsernameValidator()])
    requested = forms.ChoiceField(label=_("申请方式"), choices=REQUESTED, widget=forms.RadioSelect, initial="phone")
    note = forms.CharField(
        label=_("来电或来访说明"), max_length=160, required=False, help_text=_("谁、何时、用什么电话；可不填。")
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["division"]
        place.queryset = Division.objects.filter(path__startswith=by.division.path).order_by("path")
        place.initial = by.division.pk

    def clean_uscc(self) -> str:
        return checked(parse_uscc, self.cleaned_data["uscc"])

    def clean_phone(self) -> str:
        return checked(check_phone, self.cleaned_data["phone"])

    def clean_full_name(self) -> str:
        return checked(check_name, self.cleaned_data["full_name"])

    def request_words(self) -> str:
        """How the account was asked for, as it is kept on file."""
        label = str(dict(REQUESTED)[self.cleaned_data["requested"]])
        note = written(self.cleaned_data["note"])
        return f"{label}：{note}" if note else label


class UnitForm(EncryptedFields):
    """The draft of a unit's file (`proposed`); it may lack anything, what is given must be right. The first account
    comes with it.
    """

    encrypted = ("phone",)
    field_order = tuple(LABELS)
    entity_type = forms.ChoiceField(label=LABELS["entity_type"], required=False)
    phone = encrypted_text(LABELS["phone"])
    bank_name = forms.CharField(label=LABELS["bank_name"], required=False, max_length=120)
    bank_account_name = forms.CharField(
        label=LABELS["bank_account_name"], required=False, max_length=120, help_text=HOLDER_HELP
    )
    bank_account = encrypted_text(LABELS["bank_account"])

    class Meta:
        model = Unit
        fields = [name for name in PROFILE if name != "phone"]
        labels = LABELS
        help_texts = {"facilities": _("教学和实训的设施设备，例如：电焊机 10 台。")}
        widgets = {
            "established_on": DayInput,
            "licence_valid_to": DayInput,
            "facilities": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_account(self.instance):
            self.initial |= {name: getattr(self.instance, name, "") for name in ACCOUNT}
        else:
            for name in ACCOUNT:
                del self.fields[name]
        kind = self.instance.organisation.kind
        types = [*TYPES_BY_KIND.get(kind, ()), *(NO_ENTERPRISE if kind == OrganisationKind.ENTERPRISE else ())]
        self.fields["entity_type"].choices = [("", "—"), *((one.value, one.label) for one in types)]
        if kind == OrganisationKind.ENTERPRISE:
            del self.fields["licence_number"], self.fields["licence_valid_to"]

    def clean_phone(self) -> str | None:
        return checked(check_phone, self.cleaned_data["phone"]) if self.cleaned_data["phone"] else None

    def clean_bank_account(self) -> str | None:
        return account_number(self.cleaned_data["bank_account"])


def account_number(text: str | None) -> str | None:
    """An account's bare digits, or the sentence beside the field."""
    return checked(lambda value: check_bank_account(value, personal=False), text) if text else None


class AccountForm(forms.Form):
    """The account a unit wants to be paid to; a draft may lack anything (R-SUB-7)."""

    holder = forms.CharField(label=LABELS["bank_account_name"], required=False, max_length=120, help_text=HOLDER_HELP)
    bank_name = forms.CharField(label=LABELS["bank_name"], required=False, max_length=120)
    bank_account = encrypted_text(LABELS["bank_account"])
    is_exception = forms.BooleanField(
        label=_("申请例外：账户名称与单位名称不一致"),
        required=False,
        help_text=_("须说明理由、上传证明材料，由两名审核人员同意。"),
    )
    exception_reason = forms.CharField(
        label=_("例外理由"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_bank_account(self) -> str | None:
        return account_number(self.cleaned_data["bank_account"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        return cleaned | {name: tidy(cleaned[name]) for name in ("holder", "bank_name") if name in cleaned}


class TeacherForm(EncryptedFields):
    """One teacher on file (R-REG-5)."""

    encrypted = ("number",)
    field_order = ["name", "number"]
    number = encrypted_text(_("公民身份号码"))

    class Meta:
        model = Teacher
        fields = ["name", "qualification", "qualification_valid_to", "is_active"]
        labels = {
            "name": _("姓名"),
            "qualification": _("职业资格或职称"),
            "qualification_valid_to": _("资格有效期至"),
            "is_active": _("在任"),
        }
        widgets = {"qualification_valid_to": DayInput}

    def clean_name(self) -> str:
        return checked(check_name, self.cleaned_data["name"])

    def clean_number(self) -> str | None:
        """Checked and kept in its one form; a teacher of the same number is on file only once per unit."""
        text = self.cleaned_data["number"]
        if not text:
            return None
        number = checked(lambda value: parse_citizen_number(value, timezone.localdate()), text).number
        others = self.instance.unit.teachers.exclude(pk=self.instance.pk).filter(number__isnull=False)
        if any(teacher.number == number for teacher in others):
            raise ValidationError(_("这个公民身份号码的教师已经登记。"))
        return number


class VenueForm(forms.ModelForm):
    """One venue on file (R-REG-5)."""

    capacity = forms.IntegerField(label=_("容纳人数"), min_value=1, max_value=32_767)

    class Meta:
        model = Venue
        fields = ["name", "address", "capacity", "is_active"]
        labels = {"name": _("场地名称"), "address": _("地址"), "is_active": _("可用")}
