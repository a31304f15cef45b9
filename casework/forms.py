"""Small forms: filters of the inbox, a year's holiday arrangement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind, Role
from accounts.models import Division, Membership
from casework.domain.announcing import Announcement
from casework.domain.categories import categories
from casework.domain.flow import flows
from casework.enums import Pace, Topic
from casework.models import Contact, WorkItem
from kit.sheets import ATTACHMENT_MAX_BYTES, FileRefused, inspect_upload

NUMBER_SIGNS = set("0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


class InboxFilter(forms.Form):
    """Kind, category and one box for a number's beginning or any characters of the name; unknown
    choices are ignored.
    """

    q = forms.CharField(label=_("编号或名称"), required=False, max_length=40)
    kind = forms.ChoiceField(label=_("事项"), required=False)
    category = forms.ChoiceField(label=_("人员类别"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        every = ("", _("全部"))
        self.fields["kind"].choices = [every, *((flow.kind, flow.label) for flow in flows().values())]
        self.fields["category"].choices = [every, *categories().items()]

    def narrow(self, rows: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
        """The rows that fit what was filled in validly."""
        self.is_valid()
        chosen = self.cleaned_data
        for name in ("kind", "category"):
            if chosen.get(name):
                rows = rows.filter(**{name: chosen[name]})
        text = chosen.get("q", "")
        if not text:
            return rows
        if self.asks_number:
            return rows.filter(number__startswith=text.upper())
        return rows.filter(letters__contains=sorted(set(text)), title__contains=text)

    @property
    def asks_number(self) -> bool:
        """Whether the box holds the beginning of a number: the index of 待办 finds it without reading the rows."""
        text = self.is_valid() and self.cleaned_data.get("q", "")
        return bool(text) and set(text) <= NUMBER_SIGNS

    @property
    def is_used(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())


class ArrangementForm(forms.Form):
    """A year's 放假调休安排: the notice's number, and its days typed or in a workbook; nothing changes before the preview is
    confirmed.
    """

    document = forms.CharField(label=_("文号"), max_length=120, help_text=_("如：国办发明电〔2026〕8号"))
    days = forms.CharField(
        label=_("放假和调休上班的日期"),
        required=False,
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "每行一天或一段，后面写“放假”或“上班”，如“2027-02-09至2027-02-11 放假”，下一行“2027-02-20 上班”。法定节假日可以不写。"
        ),
    )
    file = forms.FileField(
        label=_("或上传 Excel（两列：日期、安排）"), required=False, widget=forms.FileInput(attrs={"accept": ".xlsx"})
    )
    version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        return inspected(upload) if upload else upload


def inspected(upload: Any) -> Any:
    """An uploaded workbook that is one; ValidationError with the sentence otherwise."""
    try:
        inspect_upload(upload.file, upload.name, {"xlsx"}, max_bytes=ATTACHMENT_MAX_BYTES)
    except FileRefused as refused:
        raise ValidationError(str(refused.message), code=refused.code) from refused
    upload.seek(0)
    return upload


class PolicyUploadForm(forms.Form):
    """An xlsx of policy rows; nothing is changed before the preview is confirmed."""

    file = forms.FileField(label=_("Excel 文件"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))

    def clean_file(self) -> Any:
        return inspected(self.cleaned_data["file"])


class ContactForm(forms.Form):
    """消息设置: the ways, and how fast each topic reaches the user; units have no new work to be told of."""

    by_mail = forms.BooleanField(label=_("发邮件"), required=False)
    by_sms = forms.BooleanField(label=_("发短信"), required=False)
    pace_case = forms.ChoiceField(label=Topic.CASE.label, choices=Pace.choices)
    pace_work = forms.ChoiceField(label=Topic.WORK.label, choices=Pace.choices)
    pace_deadline = forms.ChoiceField(label=Topic.DEADLINE.label, choices=Pace.choices)
    pace_announcement = forms.ChoiceField(label=Topic.ANNOUNCEMENT.label, choices=Pace.choices)

    def __init__(self, *args: Any, is_unit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_unit:
            del self.fields["pace_work"]

    @staticmethod
    def values_of(contact: Contact) -> dict[str, Any]:
        paces = {f"pace_{topic}": contact.pace(topic) for topic in Topic.values}
        return {"by_mail": contact.by_mail, "by_sms": contact.by_sms, **paces}

    @property
    def paces(self) -> dict[str, str]:
        return {topic: self.cleaned_data[name] for topic in Topic.values if (name := f"pace_{topic}") in self.fields}


class MailForm(forms.Form):
    mail = forms.EmailField(label=_("邮箱地址"), max_length=120)


class CodeForm(forms.Form):
    code = forms.CharField(label=_("验证码（邮件里的六位数字）"), max_length=10)


class AnnouncementForm(forms.Form):
    """A text, and whom it is for."""

    text = forms.CharField(label=_("内容"), max_length=300, widget=forms.Textarea(attrs={"rows": 4}))
    division = forms.ModelChoiceField(label=_("地区"), queryset=Division.objects.none(), help_text=_("含所辖旗县区。"))
    kinds = forms.MultipleChoiceField(
        label=_("单位和部门种类"), choices=OrganisationKind.choices, widget=forms.CheckboxSelectMultiple
    )
    roles = forms.MultipleChoiceField(
        label=_("岗位"), choices=Role.choices, widget=forms.CheckboxSelectMultiple, initial=[Role.OPERATOR]
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = Division.objects.filter(path__startswith=by.division.path).order_by("path")
        self.fields["division"].initial = by.division.pk

    @property
    def asked(self) -> Announcement:
        values = self.cleaned_data
        return Announcement(values["text"], values["division"], values["kinds"], values["roles"])
