"""Pages of the catalogues 目录清单: projects, institutions, occupations; in and out as xlsx (R-CAT-1, R-CAT-2)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.forms import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.audit import record
from accounts.domain.labels import act_label, describe_data
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.models import Membership
from casework.domain.keyset import PAGE
from casework.http import overtaken, posted_version, shown_version
from kit.moments import minute
from kit.refusals import NotAllowed
from kit.sheets import XLSX
from kit.text import code_text
from kit.versions import Stale, unchanged
from kit.whole import whole
from training.domain.classes.catalogue import (
    STANDINGS,
    has_ended,
    history_of,
    is_kept,
    keep,
    occupations_on,
    same_thing,
    shortened,
    standing,
    uses_of,
    why_not_yours,
)
from training.domain.classes.versions import row_version
from training.enums import OccupationStatus
from training.filters import ProjectFilter
from training.forms.catalogue import AssessmentForm, CatalogueUploadForm, ListingForm, OccupationForm, ProjectForm
from training.imports.catalogue import apply, export, keep_for_confirmation, kept, preview
from training.models import Assessment, Listing, Occupation, Project

KINDS = {
    "projects": gettext_lazy("培训项目"),
    "listings": gettext_lazy("培训机构和评价机构"),
    "occupations": gettext_lazy("职业（工种）"),
    "assessments": gettext_lazy("职业评价方式"),
}
FORMS = {"projects": ProjectForm, "listings": ListingForm, "occupations": OccupationForm, "assessments": AssessmentForm}


def rows_of(what: str, membership: Membership) -> QuerySet[Any]:
    """Catalogues are published: everyone with a membership reads them all; a league exports its own institutions."""
    if what == "projects":
        return Project.objects.select_related("occupation", "owner").order_by("code", "-since")
    if what == "listings":
        return Listing.objects.select_related("organisation__division").order_by("organisation__name", "-since")
    if what == "assessments":
        return Assessment.objects.select_related("occupation").order_by("occupation", "-since")
    return occupations_on(timezone.localdate())


def row_or_404(what: str, pk: str, membership: Membership) -> Any:
    if what != "occupations" and whole(pk) is None:
        raise Http404
    return get_object_or_404(rows_of(what, membership), pk=pk)


MODELS = {"projects": Project, "listings": Listing, "occupations": Occupation, "assessments": Assessment}


def keeper(request: Request) -> None:
    if not request.membership.administers_reporting_unit:
        raise NotAllowed(_("目录由自治区和盟市的超级管理员维护。"))


@membership_required()
def catalogue(request: Request, what: str = "projects") -> HttpResponse:
    """One catalogue, searchable; the rows in force today are marked."""
    if what not in KINDS:
        raise Http404
    rows, chosen = rows_of(what, request.membership), None
    if what == "projects":
        chosen = ProjectFilter(request.GET, rows)
        rows = chosen.qs
    elif what != "occupations":
        rows = standing(rows, request.GET.get("standing", ""))
    if what != "projects" and (text := request.GET.get("q", "").strip()):
        rows = rows.filter(_found(what, text))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    if what == "occupations":
        for row in page:
            row.assessed = OccupationStatus(row.status).label if row.status else ""
    return render(
        request,
        f"training/catalogue/{what}.html",
        {
            "page": page,
            "filter": chosen,
            "what": what,
            "kinds": KINDS,
            "today": timezone.localdate(),
            "may_keep": request.membership.administers_reporting_unit,
            "standings": {} if what == "occupations" else STANDINGS,
        },
    )


def _found(what: str, text: str) -> Q:
    if what == "listings":
        return Q(organisation__name__icontains=text) | Q(organisation__uscc=text.upper())
    of = "" if what == "occupations" else "occupation__"
    return Q(**{f"{of}code__startswith": code_text(text)}) | Q(**{f"{of}name__icontains": text})


def _form(what: str, request: Request, instance: Any) -> Any:
    """A new row that follows another (`after`) begins with its values."""
    data, earlier = request.POST or None, None
    if not instance and what != "occupations" and (after := whole(request.GET.get("after"))):
        earlier = rows_of(what, request.membership).filter(pk=after).first()
    begun = (
        model_to_dict(earlier, exclude=["since", "until"])
        if earlier
        else {"occupation": request.GET.get("occupation", "")}
    )
    given: dict[str, Any] = {"instance": instance, "initial": None if instance else begun}
    return FORMS[what](data, **given, **({"by": request.membership} if what == "listings" else {}))


@membership_required()
def catalogue_edit(request: Request, what: str, pk: str = "") -> HttpResponse:
    """Add or change a row; a new row of the same project or institution ends the one before it."""
    keeper(request)
    if what not in KINDS:
        raise Http404
    instance = row_or_404(what, pk, request.membership) if pk else None
    if instance and (why := why_not_yours(instance, request.membership)):
        raise NotAllowed(why)
    read = row_version(MODELS[what])
    form, stale, drawn = _form(what, request, instance), None, read(instance.pk) if instance else ""
    if request.method == "POST" and form.is_valid():
        try:
            with unchanged(f"{what} {pk}", lambda: read(instance.pk), posted_version(request)):
                entry = keep(
                    form.save(commit=False), by=request.membership, occupations=form.cleaned_data.get("occupations")
                )
        except Stale as newer:
            stale = newer
            overtaken(
                form,
                type(form)(
                    instance=row_or_404(what, pk, request.membership),
                    **({"by": request.membership} if what == "listings" else {}),
                ),
                stale,
            )
        else:
            messages.success(request, _("已保存。"))
            if note := shortened(form.cleaned_data.get("until"), entry):
                messages.warning(request, note)
            if what == "occupations" and not pk:
                return redirect(f"{reverse('catalogue_new', args=['assessments'])}?occupation={form.instance.pk}")
            return redirect("catalogue_of", what)
    return render(
        request,
        "training/catalogue/edit.html",
        {
            "form": form,
            "what": what,
            "label": KINDS[what],
            "is_new": not pk,
            "row": instance,
            **_standing(instance),
            "version": shown_version(request, drawn, stale),
        },
        status=status_of(form, stale=stale),
    )


def _standing(row: Any) -> dict[str, Any]:
    """What may still be changed of a dated row."""
    if row is None or isinstance(row, Occupation):
        return {"is_kept": False, "has_ended": False}
    return {"is_kept": is_kept(row), "has_ended": has_ended(row), "uses": uses_of(row)[0]}


@membership_required()
def catalogue_row(request: Request, what: str, pk: str) -> HttpResponse:
    """What held, what holds and what will hold of one project or institution, and who changed what."""
    if what not in KINDS:
        raise Http404
    row = row_or_404(what, pk, request.membership)
    rows = list(row.assessments.order_by("-since") if what == "occupations" else same_thing(row).order_by("-since"))
    events = list(history_of(row)[:PAGE])
    for event in events:
        event.words, event.told = (
            act_label(event.act),
            describe_data({"changed": event.data.get("changed", {})}, event.act),
        )
    return render(
        request,
        "training/catalogue/row.html",
        {
            "row": row,
            "rows": rows,
            "what": what,
            "of": "assessments" if what == "occupations" else what,
            "label": KINDS[what],
            "today": timezone.localdate(),
            "events": events,
            "may_keep": not why_not_yours(row, request.membership),
        },
    )


@membership_required()
def catalogue_upload(request: Request, what: str) -> HttpResponse:
    """Upload, look at every row, confirm; a file with a wrong row is not applied at all."""
    keeper(request)
    if what not in KINDS:
        raise Http404
    form, seen = CatalogueUploadForm(request.POST or None, request.FILES or None), None
    if "confirm" in request.POST:
        return _confirmed(request, what, request.POST["confirm"])
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        upload.seek(0)
        seen = preview(what, upload.read(), keep_for_confirmation(upload, request.membership), by=request.membership)
    return render(
        request,
        "training/catalogue/upload.html",
        {"form": form, "preview": seen, "what": what, "label": KINDS[what]},
        status=status_of(form),
    )


def _confirmed(request: Request, what: str, token: str) -> HttpResponse:
    content = kept(token, request.membership)
    if content is None:
        messages.warning(request, _("预览已过期，请重新上传。"))
        return redirect("catalogue_upload", what)
    counts, notes = apply(what, content, by=request.membership)
    messages.success(
        request,
        _("导入完成：新增 %(new)s 条，更新 %(update)s 条。")
        % {
            "new": counts.get("new", 0),
            "update": counts.get("update", 0),
        },
    )
    for note in notes:
        messages.warning(request, note)
    return redirect("catalogue_of", what)


@membership_required()
def catalogue_export(request: Request, what: str) -> HttpResponse:
    """The catalogue as xlsx; it can be filled in and uploaded again."""
    keeper(request)
    if what not in KINDS:
        raise Http404
    rows = rows_of(what, request.membership)
    content = export(what, rows, f"{request.membership} {minute()}")
    record("catalogue.exported", by=request.membership, catalogue=what, rows=rows.count())
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="catalogue-{what}.xlsx"'}
    )
