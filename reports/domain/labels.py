"""The words of what this room's events tell, for the audit page (R-SEC-2)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.domain.categories import category_label
from accounts.domain.labels import register_act_labels, register_data_labels
from accounts.models import Division
from reports.domain.forms import FORMS
from reports.enums import Axis, Span

ACTS = {
    "export.requested": _("申请导出"),
    "export.taken": _("下载导出文件"),
    "export.refused": _("拒绝导出"),
    "person.copied": _("给出个人信息副本"),
    "person.copy_refused": _("拒绝给出个人信息副本"),
}
DATA = {"form": _("报表"), "cell": _("格"), "axis": _("行的排列"), "month": _("月份"), "full_numbers": _("含完整号码")}


def form_label(code: str) -> str:
    return next((f"{form.code} {form.title}" for form in FORMS if form.code == code), code)


def cell_label(parts: str) -> str:
    """Row, column and span of a cell, each by its name."""
    columns = {column.code: str(column.label) for form in FORMS for column in form.columns}
    known = columns | {code: str(label) for code, label in Span.choices}
    return " · ".join(known.get(part) or _place(part) for part in parts.split("/") if part)


def _place(code: str) -> str:
    """A row: a division, a category or what the form calls it."""
    return str(Division.objects.filter(pk=code).values_list("name", flat=True).first() or category_label(code) or code)


def register_labels() -> None:
    register_act_labels(ACTS)
    register_data_labels(
        DATA,
        {
            "form": form_label,
            "cell": cell_label,
            "axis": lambda code: str(Axis(code).label) if code in Axis.values else code,
        },
        of="export",
    )
