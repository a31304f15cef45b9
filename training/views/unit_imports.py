"""Units registered before come in from Excel with a preview; who is incomplete, and a notice to them (R-REG-1)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain import shown_once
from accounts.enums import HANDS_ON
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.submissions import post_only
from casework.domain.keyset import PAGE
from kit.refusals import NotAllowed, NotValid
from kit.sheets import XLSX
from kit.whole import wholes
from training.domain.units.incomplete import incomplete_units, remind, what_each_lacks
from training.domain.units.upkeep import may_open_units, why_not_import
from training.forms.unit_imports import ImportUploadForm
from training.imports.units import KINDS, Preview, bad_rows, keep, preview, take, template

PASSWORDS = "unit import"


def _importer(request: Request, what: str = "units") -> None:
    if what not in KINDS:
        raise Http404
    if not may_open_units(request.membership):
        raise NotAllowed(why_not_import())


@never_cache
@membership_required(*HANDS_ON)
def unit_import(request: Request, what: str) -> HttpResponse:
    """Upload and look at every row; nothing is taken before it is confirmed."""
    _importer(request, what)
    form, seen = ImportUploadForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        seen = preview(what, content, by=request.membership)
        seen = seen.kept(keep(what, content, request.membership))
    return _page(request, what, form, seen, status=400 if form.errors else 200)


def _page(request: Request, what: str, form: ImportUploadForm, seen: Preview | None, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    lines = [(line, seen.said(line)) for line in seen.lines] if seen else []
    return render(
        request,
        "training/units/import.html",
        {
            "form": form,
            "preview": seen,
            "lines": lines,
            "what": what,
            "kinds": KINDS,
            "label": KINDS[what],
            "taken": False,
        }
        | more,
        status=status,
    )


@never_cache
@post_only("unit_import", "what")
@membership_required(*HANDS_ON)
def unit_import_take(request: Request, what: str) -> HttpResponse:
    """Take the good rows; first passwords are told once on the page this leads to."""
    _importer(request, what)
    taken = take(what, request.POST.get("token", ""), by=request.membership)
    messages.success(
        request,
        _("已导入：新增 %(new)s 条，补充 %(fills)s 条。")
        % {"new": taken.counts["new"], "fills": taken.counts["fills"]},
    )
    if taken.told:
        told = [(one.unit, one.username, one.full_name, one.password) for one in taken.told]
        shown_once.keep(request.session, PASSWORDS, told=told)
        messages.info(request, _("请先记下或打印首次密码，再处理有误的行。"))
        return redirect("unit_import_passwords")
    return _page(request, what, ImportUploadForm(), taken.preview if taken.preview.lines else None, taken=True)


@never_cache
@require_safe
@membership_required(*HANDS_ON)
def unit_import_passwords(request: Request) -> HttpResponse:
    """The first passwords of the accounts an import opened, to whoever did it, once."""
    _importer(request)
    told = shown_once.take_out(request.session, PASSWORDS) if request.method == "GET" else {}
    if told is None:
        messages.info(request, _("首次密码已经显示过，不能再次查看。没有记下的，请本地超级管理员重置。"))
        return redirect("units_incomplete")
    return render(request, "training/units/passwords.html", told)


@require_safe
@membership_required(*HANDS_ON)
def unit_import_template(request: Request, what: str) -> HttpResponse:
    """The workbook to be filled in."""
    _importer(request, what)
    return _xlsx(template(what), f"import-{what}.xlsx")


@require_safe
@membership_required(*HANDS_ON)
def unit_import_bad(request: Request, what: str, token: str) -> HttpResponse:
    """The rows that could not be taken, with the reasons; mended there, the file can be uploaded again."""
    _importer(request, what)
    return _xlsx(bad_rows(what, token, by=request.membership), f"import-{what}-errors.xlsx")


def _xlsx(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_safe
@membership_required(*HANDS_ON)
def units_incomplete(request: Request) -> HttpResponse:
    """Units that still have to complete their file, and what each lacks."""
    _importer(request)
    page = Paginator(incomplete_units(request.membership), PAGE).get_page(request.GET.get("page"))
    return render(
        request, "training/units/incomplete.html", {"page": page, "found": what_each_lacks(list(page.object_list))}
    )


@post_only("units_incomplete")
@membership_required(*HANDS_ON)
def units_remind(request: Request) -> HttpResponse:
    """A notice to the ticked units, or to all of the list."""
    _importer(request)
    units = incomplete_units(request.membership)
    if not request.POST.get("all"):
        units = units.filter(pk__in=wholes(request.POST.getlist("unit")))
    told = remind(units, by=request.membership)
    if not told:
        raise NotValid(_("请先勾选要提醒的单位。"), field="unit")
    messages.success(request, _("已提醒 %(n)s 个单位，消息里写明各自还缺什么。") % {"n": told})
    return redirect("units_incomplete")
