"""The public site: no login, no script needed, no whole name (R-OPEN-1, R-PUB-1)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from eligibility.rules.common import NOTICE
from reports.domain import public
from training.enums import FundSource, TrainingType

PAGE = 20
PEOPLE = 50
NEWEST = 6
LONGEST_SEARCH = 60


def asked_text(request: HttpRequest) -> str:
    """What was typed into the search box; a NUL would upset the database."""
    return " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH]


def division_in(request: HttpRequest) -> str:
    code = request.GET.get("division", "")
    return code if code.isascii() and code.isdigit() and len(code) == 6 else ""


def chosen(request: HttpRequest, name: str, choices: list[str]) -> str:
    value = request.GET.get(name, "")
    return value if value in choices else ""


def page_of(request: HttpRequest, rows: QuerySet, size: int = PAGE) -> Page:
    return Paginator(rows, size).get_page(request.GET.get("page"))


def show(request: HttpRequest, template: str, tab: str, **context: Any) -> HttpResponse:
    return render(request, f"public/{template}.html", {"tab": tab, "q": asked_text(request), **context})


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What this is, a search box, what was paid this year, what is being published."""
    return show(
        request,
        "home",
        "home",
        paid=public.paid_this_year(),
        year=timezone.localdate().year,
        publicities=public.latest_publicity(NEWEST),
        coming=public.search_classes(stand="planned")[:NEWEST],
    )


@login_not_required
@require_GET
def classes(request: HttpRequest) -> HttpResponse:
    asked = {
        "stand": chosen(request, "stand", list(public.STANDS)),
        "division": division_in(request),
        "training_type": chosen(request, "training_type", TrainingType.values),
    }
    page = page_of(request, public.search_classes(words=asked_text(request), **asked))
    for found in page.object_list:
        found.stand = public.stand_of(found.stage)
        found.for_whom = public.names_of([found.category])
    return show(
        request,
        "classes",
        "classes",
        page=page,
        asked=asked,
        stands=[(code, label) for code, (label, _s) in public.STANDS.items()],
        divisions=public.leagues(),
        types=TrainingType.choices,
    )


@login_not_required
@require_GET
def one_class(request: HttpRequest, pk: int) -> HttpResponse:
    """What, where, when, for whom, by whom, how far; no names of people."""
    found = get_object_or_404(public.public_class(pk))
    publicity, paid = public.latest_of_class(found)
    return show(
        request,
        "class",
        "classes",
        klass=found,
        stand=public.stand_of(found.stage),
        people=public.people_in(found),
        for_whom=public.names_of([found.category]),
        publicity=publicity,
        paid=paid,
        way=public.progress_of(found, publicity, paid),
    )


@login_not_required
@require_GET
def institutions(request: HttpRequest) -> HttpResponse:
    division = division_in(request)
    page = page_of(request, public.listed_institutions(words=asked_text(request), division=division))
    return show(request, "institutions", "institutions", page=page, division=division, divisions=public.leagues())


@login_not_required
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    training_type = chosen(request, "training_type", TrainingType.values)
    page = page_of(request, public.project_catalogue(words=asked_text(request), training_type=training_type))
    for project in page.object_list:
        project.for_whom = public.names_of(project.categories)
    return show(request, "catalogue", "catalogue", page=page, training_type=training_type, types=TrainingType.choices)


@login_not_required
@require_GET
def payments(request: HttpRequest) -> HttpResponse:
    """Money actually paid, class by class."""
    years = list(range(timezone.localdate().year, NOTICE.year - 1, -1))
    year = chosen(request, "year", [str(year) for year in years])
    asked = {"division": division_in(request), "fund": chosen(request, "fund", FundSource.values)}
    page = page_of(request, public.payments(words=asked_text(request), year=int(year) if year else None, **asked))
    public.complete(page.object_list)
    return show(
        request,
        "payments",
        "payments",
        page=page,
        asked=asked | {"year": year},
        years=[(str(y), y) for y in years],
        funds=FundSource.choices,
        divisions=public.leagues(),
    )


@login_not_required
@require_GET
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    """One payment: everybody it was for, masked, with the amount."""
    found = get_object_or_404(public.payments(), pk=pk)
    public.complete([found])
    return show(request, "payment", "payments", payment=found, page=page_of(request, public.paid_lines(found), PEOPLE))
