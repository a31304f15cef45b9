"""The small forms of the desk: filters of the inbox."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from casework.domain.flow import flows
from casework.domain.words import categories
from casework.models import WorkItem

NUMBER_SIGNS = set("0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


class InboxFilter(forms.Form):
    """Kind, category and one box for a number's beginning or any characters of the name; unknown choices are ignored."""

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
        """Whether the box holds the beginning of a number: the desk's index finds it without reading the rows."""
        text = self.is_valid() and self.cleaned_data.get("q", "")
        return bool(text) and set(text) <= NUMBER_SIGNS

    @property
    def is_used(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())
