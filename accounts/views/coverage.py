"""Where nobody can decide, why, and how it is mended; where two offices hold the same (R-AUT-1, R-AUT-7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain.categories import categories, category_label, training_type_label
from accounts.domain.coverage import LABELS, NO_STAFF, Cover, Key, Why, coverage
from accounts.domain.deciding import needed_in
from accounts.enums import CASE_ACTS, Act, Level, Role
from accounts.forms import divisions_of
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Division, Membership
from accounts.views.guard import page_of, place_asked


@require_safe
@membership_required(Role.ADMINISTRATOR)
def gaps(request: Request) -> HttpResponse:
    """How many gaps each place has and for what reason, a page of places at a time; then one place's matrix.

    A gap is where the route table sends cases and nobody holds the grant; where it decides nothing, nobody is missing.
    """
    membership: Membership = request.membership
    place = place_asked(request, membership)
    lines = categories() or [("", category_label(""))]
    divisions = [division for division in divisions_of(membership) if division.level != Level.REGION]
    codes = [code for code, _label in lines]
    asked = [place] if place else divisions
    needed = needed_in(asked, CASE_ACTS, codes)
    held = {key: cover for key, cover in coverage(asked, CASE_ACTS, codes).items() if key in needed}
    shown: dict[str, Any] = {
        "place": place,
        "divisions": divisions,
        **dict.fromkeys(("matrix", "reasons", "overlaps", "page", "counted"), ()),
        "acts": [act.label for act in CASE_ACTS],
        "gap_count": sum(cover.why is not None for cover in held.values()),
        "overlap_count": sum(bool(cover.offices) for cover in held.values()),
        "page": None,
        "reasons": [],
        "overlaps": [],
    }
    if place:
        shown["matrix"] = [(label, [held.get((place.pk, act, code)) for act in CASE_ACTS]) for code, label in lines]
        shown |= {"reasons": _reasons(place, held, lines), "overlaps": _overlaps(held, lines)}
    else:
        shown["page"] = page = page_of(request, divisions)
        shown["counted"] = [(division, *_counted(division, held, codes)) for division in page.object_list]
    return render(request, "accounts/grant/coverage.html", shown)


def _counted(
    division: Division, held: dict[Key, Cover], codes: list[str]
) -> tuple[list[tuple[int, int] | None], list[str], int]:
    """For each act (categories without anybody, categories decided there), None where the routes decide nothing of the
    kind there; the reasons, each once; how many are held twice.
    """
    numbers: list[tuple[int, int] | None] = []
    whys: dict[str, None] = {}
    doubled = 0
    for act in CASE_ACTS:
        covers = [held[key] for code in codes if (key := (division.pk, act, code)) in held]
        missing = [cover.why.kind for cover in covers if cover.why]
        whys |= dict.fromkeys(missing)
        doubled += sum(bool(cover.offices) for cover in covers)
        numbers.append((len(missing), len(covers)) if covers else None)
    return numbers, [LABELS[kind]() for kind in whys], doubled


def _reasons(place: Division, held: dict[Key, Cover], lines: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The gaps of one place by act and reason, each with the categories it concerns and the way to its cure."""
    found: dict[tuple[str, Why, tuple[str, ...]], list[str]] = {}
    for (_code, act, category), cover in held.items():
        if cover.why:
            found.setdefault((act, cover.why, cover.missing), []).append(category)
    many = len(lines)
    return [
        {
            "act": Act(act).label,
            "categories": _named(chosen, lines, many),
            "types": "、".join(training_type_label(sort) if sort else _("其他培训类别") for sort in missing),
            "sentence": why.sentence,
            "url": _cure(place, act, why, [""] if len(chosen) == many else chosen, missing),
            "label": _("查看该部门人员")
            if why.office
            else _("到单位中开设账户")
            if why.kind == NO_STAFF
            else _("授予权限"),
        }
        for (act, why, missing), chosen in found.items()
    ]


def _named(chosen: list[str], lines: Iterable[tuple[str, str]], many: int) -> str:
    if len(chosen) == many:
        return category_label("")
    return "、".join(label for code, label in lines if code in chosen)


def _cure(place: Division, act: str, why: Why, chosen: list[str], missing: tuple[str, ...]) -> str:
    if why.office:
        return reverse("organisation", args=[why.office])
    query = QueryDict(mutable=True)
    query["division"] = place.pk
    if why.kind == NO_STAFF:
        return f"{reverse('organisations')}?{query.urlencode()}"
    query["acts"] = act
    query.setlist("categories", [code or "*" for code in chosen])
    query.setlist("training_types", [sort for sort in missing if sort])
    return f"{reverse('grant_new')}?{query.urlencode()}"


def _overlaps(held: dict[Key, Cover], lines: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Where two offices hold exactly the same, by act and offices."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (_code, act, category), cover in held.items():
        if cover.offices:
            found.setdefault((act, cover.offices), []).append(category)
    return [
        {"act": Act(act).label, "categories": _named(chosen, lines, len(lines)), "offices": "、".join(offices)}
        for (act, offices), chosen in found.items()
    ]
