"""The rule book and the help on one category, printed from the tables that judge (R-ELG-4, R-AUT-6)."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.enums import HANDS_ON, Level
from accounts.http import Request
from accounts.middleware import membership_required
from eligibility.domain.categories import category_help, category_names
from eligibility.rulebook import rule_book
from eligibility.rules.table import TABLES, NoTable, table_named, table_on
from kit.languages import language


@require_GET
@membership_required()
def rules(request: Request) -> HttpResponse:
    """The table in force today, or the one of ?table=; drafts are marked as such."""
    try:
        table = table_named(request.GET["table"]) if "table" in request.GET else table_on(timezone.localdate())
    except NoTable as missing:
        raise Http404 from missing
    reader = language()
    return render(
        request,
        "eligibility/rules/show.html",
        {
            "book": rule_book(table, reader),
            "tables": [(t.code, t.title.of(reader)) for t in TABLES.values()],
            "may_calculate": request.membership.role in HANDS_ON and request.membership.division.level == Level.REGION,
        },
    )


@require_GET
@membership_required()
def category(request: Request) -> HttpResponse:
    """What one category asks, in plain words: a page to choose from, or just its piece for the class form."""
    code = request.GET.get("category", "")
    try:
        day = date.fromisoformat(request.GET.get("first_day", ""))
    except ValueError:
        day = None
    found = category_help(code, day) if code else None
    if code and found is None:
        raise Http404
    template = "eligibility/rules/_category.html" if request.htmx else "eligibility/rules/category.html"
    return render(request, template, {"help": found, "categories": category_names(), "chosen": code})
