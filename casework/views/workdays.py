"""工作日历: what is known of each year, and entering a year's 放假调休安排 (R-SEC-3)."""

from __future__ import annotations

import io

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import Request, status_of
from accounts.middleware import membership_required
from casework.domain.arrangements import (
    DAY,
    LAST_YEAR,
    OFF,
    REFUSED_ENTRY,
    WHAT,
    WORK,
    arrangement_of,
    check,
    enter,
    lines_of_text,
    lines_of_workbook,
    missing_year,
    special_days,
    stamp_of,
)
from casework.domain.workdays import calendar
from casework.forms import ArrangementForm
from kit.refusals import NotAllowed, NotValid
from kit.sheets import XLSX, write_table
from kit.workdays import FIRST_KNOWN, LAST_KNOWN, legal_days_off

YEARS_AHEAD = 2


@membership_required()
def workdays(request: Request, year: int = 0) -> HttpResponse:
    """A year's days off and make-up days by month, where they come from, and how far the calendar is known."""
    today = timezone.localdate()
    year = year or today.year
    if not FIRST_KNOWN <= year <= LAST_YEAR:
        raise Http404
    known = calendar()
    return render(
        request,
        "casework/workdays/year.html",
        {
            "year": year,
            "years": range(today.year - 1, today.year + YEARS_AHEAD + 1),
            "rows": special_days(year),
            "today": today,
            "arrangement": arrangement_of(year),
            "is_arranged": known.is_arranged(year),
            "from_package": year <= LAST_KNOWN,
            "may_enter": request.membership.administers_region and year >= today.year,
            "missing": missing_year(today),
        },
    )


@membership_required()
def workdays_enter(request: Request, year: int) -> HttpResponse:
    """Type or upload the arrangement, look at every line, confirm; a wrong line stops all of it."""
    if not request.membership.administers_region:
        raise NotAllowed(REFUSED_ENTRY)
    if not timezone.localdate().year <= year <= LAST_YEAR:
        raise Http404
    found = arrangement_of(year)
    typed = (
        "\n".join(f"{one.day.isoformat()} {WORK if one.is_workday else OFF}" for one in found.days.all())
        if found
        else ""
    )
    form = ArrangementForm(
        request.POST or None,
        request.FILES or None,
        initial={"document": found.document if found else "", "days": typed, "version": stamp_of(year)},
    )
    checked = None
    if request.method == "POST" and form.is_valid():
        lines = (
            lines_of_workbook(form.cleaned_data["file"].read())
            if form.cleaned_data["file"]
            else lines_of_text(form.cleaned_data["days"])
        )
        checked = check(year, lines)
        if "confirm" in request.POST and checked.is_right:
            moved = enter(
                year,
                lines,
                document=form.cleaned_data["document"],
                by=request.membership,
                stamp=form.cleaned_data["version"],
            )
            messages.success(
                request,
                _("已录入%(year)s年放假调休安排，重新计算了%(moved)s个期限。") % {"year": year, "moved": moved},
            )
            return redirect("workdays_of", year)
    wrong = checked is not None and not checked.is_right
    return render(
        request,
        "casework/workdays/enter.html",
        {"form": form, "checked": checked, "year": year, "found": found},
        status=NotValid.status if wrong else status_of(form),
    )


@membership_required()
def workdays_template(request: Request, year: int) -> HttpResponse:
    """A sheet to fill in: the days the law names, free already."""
    target = io.BytesIO()
    write_table(
        target,
        [DAY, WHAT],
        [[day, OFF] for day in sorted(legal_days_off(year))],
        title=_("%(year)s年放假调休安排") % {"year": year},
    )
    return HttpResponse(
        target.getvalue(),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="workdays-{year}.xlsx"'},
    )
