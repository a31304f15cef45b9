"""Forms of what stands beside the gates: a change of the nightly watch dealt with, a what-if run (R-ELG-4, R-ELG-8)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from training.domain.verification.watch import LONGEST_DOCUMENT, LONGEST_NOTE
from training.domain.verification.whatif import NO_PERIOD, NO_TABLE, titles


class DealtForm(forms.Form):
    """What came of a change; the domain demands the note, and a document where money hangs on it."""

    note = forms.CharField(label=_("核实和处理情况"), max_length=LONGEST_NOTE, required=False)
    document = forms.CharField(label=_("核实依据的文号或文件名"), max_length=LONGEST_DOCUMENT, required=False)


class WhatIfForm(forms.Form):
    """A rule table by its code, and the first days of the classes to be judged again."""

    table = forms.ChoiceField(
        label=_("审核条件"),
        choices=lambda: list(titles().items()),
        error_messages=dict.fromkeys(("required", "invalid_choice"), NO_TABLE),
    )
    since = forms.DateField(label=_("开班日期自"), error_messages=dict.fromkeys(("required", "invalid"), NO_PERIOD))
    until = forms.DateField(label=_("至"), error_messages=dict.fromkeys(("required", "invalid"), NO_PERIOD))
