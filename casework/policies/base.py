"""What the forms of all policy kinds share: days, source, example, why (R-SUB-1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.domain.policy import DATED
from casework.enums import PolicyAction
from kit.day_fields import DayField, DayInput
from kit.text import written

ANY = ("", _("不限"))
# What ending a row asks for, and cancelling one.
ASKED = {PolicyAction.CLOSE: ("last_day", "source", "note"), PolicyAction.CANCEL: ("note",)}


class PolicyForm(forms.Form):
    """What every dated row of policy says beside its own fields: its first and last day, its source, whether it is an
    example, and why. Of a row that is followed the `key` is fixed.
    """

    first_day = DayField(label=_("第一天"), widget=DayInput, help_text=_("从这一天起施行。"))
    last_day = DayField(
        label=_("最后一天"), required=False, widget=DayInput, help_text=_("这一天仍然施行；长期有效的不填。")
    )
    source = forms.CharField(label=_("文号或依据"), max_length=120)
    is_example = forms.BooleanField(
        label=_("示例值（不是正式政策）"), required=False, help_text=_("没有文件依据、仅供演示或试用的，请勾选。")
    )
    note = forms.CharField(
        label=_("说明"), required=False, max_length=200, help_text=_("为什么这样定，供复核和日后查阅。")
    )

    def __init__(self, *args: Any, action: str = PolicyAction.ADD, key: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [name for name in self.fields if name not in DATED]
        self.order_fields([*own, *DATED])
        asked = ASKED.get(action)
        for name in list(self.fields):
            if asked is None:
                self.fields[name].disabled = action == PolicyAction.FOLLOW and name in key
            elif name in asked:
                self.fields[name].required = True
            else:
                del self.fields[name]

    def clean_source(self) -> str:
        text = written(self.cleaned_data["source"])
        if not text:
            raise ValidationError(gettext("请填写文号或依据。"))
        return text
