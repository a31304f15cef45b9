"""The monthly forms and the people behind each number (R-RPT-1, R-RPT-2, R-RPT-7)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.enums import OFFICE_ROLES
from accounts.http import Request
from accounts.middleware import membership_required
from reports.domain.figures import FIGURES
from reports.domain.forms import Column, NoForm, forms_on
from reports.domain.people import distinct_people, people_of, with_all
from reports.domain.periods import Period
from reports.domain.tables import Cell, NoCell, measured
from reports.enums import Axis, Span
from reports.forms import AskForm, CellQuestion, NoPlace, Question, question_of

PAGE = 50


def asked_in(request: Request, code: str, values: Any = None) -> tuple[AskForm, Question | None]:
    """The filter form and what it asks; no question when a filter is wrong, 404 for a form or place
    that is not there.
    """
    membership = request.membership
    form = AskForm(request.GET if values is None else values, membership=membership)
    try:
        return form, question_of(code, form, membership)
    except (NoForm, NoPlace) as error:
        raise Http404 from error
    except ValueError:
        return form, None


def cell_in(request: Request, code: str, values: Any = None) -> CellQuestion:
    """The cell asked for, 404 when there is none."""
    values = request.GET if values is None else values
    question = asked_in(request, code, values)[1]
    if question is None:
        raise Http404
    try:
        return question.cell(values.get("row", ""), values.get("column", ""), values.get("span", ""))
    except NoCell as error:
        raise Http404 from error


@require_GET
@membership_required(*OFFICE_ROLES)
def reports(request: Request) -> HttpResponse:
    """The forms there are, with their months."""
    period = Period.today()
    return render(
        request, "reports/form/list.html", {"forms": forms_on(period), "period": period, "axes": dict(Axis.choices)}
    )


@require_GET
@membership_required(*OFFICE_ROLES)
def form(request: Request, code: str) -> HttpResponse:
    """One form for a month, a place and its rows; every number opens the people behind it."""
    filters, question = asked_in(request, code)
    if question is None:
        return render(
            request, "reports/form/page.html", {"filters": filters, "question": None, "one_axis": False}, status=400
        )
    columns = [column for column in question.form.columns if question.detail or not column.detail]
    lines = lines_of(question, columns)
    return render(
        request,
        "reports/form/page.html",
        {
            "filters": filters,
            "question": question,
            "columns": columns,
            "spans": Span.choices,
            "both": [*columns, *columns],
            "lines": lines,
            "paper": [(line["row"].code, [cell.value for cell, _url in line["cells"]]) for line in lines],
            "one_axis": len(question.form.axes) == 1,
            "export_url": f"{reverse('export_new')}?{question.query(form=question.form.code)}",
            "number": (
                f"{question.form.code}-{question.asked.period.year}{question.asked.period.month:02}"
                f"-{question.asked.division.pk}"
            ),
        },
    )


def lines_of(question: Question, columns: list[Column]) -> list[dict[str, Any]]:
    """The table's lines with the address behind each number, and for a division the form of that division."""
    opened = reverse("cell", args=[question.form.code])
    own, asks = reverse("form", args=[question.form.code]), question.query()
    return [
        {
            "row": row,
            "url": f"{own}?{question.query(division=row.division)}" if row.division else "",
            "cells": [(cell, f"{opened}?{asks}&{_place(cell)}" if cell.opens else "") for cell in cells],
        }
        for row, cells in question.table.lines(columns)
    ]


def _place(cell: Cell) -> str:
    return f"row={cell.row.code}&column={cell.column.code}&span={cell.span}"


@require_GET
@membership_required(*OFFICE_ROLES)
def cell(request: Request, code: str) -> HttpResponse:
    """The people behind one number, paged; what is listed adds up to it (R-RPT-7)."""
    asked = cell_in(request, code)
    figure = FIGURES[asked.column.figure]
    page = Paginator(with_all(figure, asked.rows), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "reports/cell/page.html",
        {
            "asked": asked,
            "question": asked.question,
            "page": page,
            "people": people_of(figure, page.object_list),
            "money": bool(figure.money),
            "span": Span(asked.span).label,
            "shown": Cell(asked.row, asked.column, asked.span, measured(asked.column, asked.rows)).text,
            "persons": distinct_people(figure, asked.rows),
            "form_url": f"{reverse('form', args=[asked.question.form.code])}?{asked.question.query()}",
            "export_url": f"{reverse('export_new')}?form={asked.question.form.code}&{asked.query()}",
        },
    )
