"""Last days worked out again when a year's arrangement is entered (R-SEC-3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from django.utils import timezone

from casework.domain.flow import flow_of, flows
from casework.domain.routing import steps_of
from casework.domain.workdays import calendar
from casework.enums import Standing, State
from casework.models import Application, WorkItem

Days = Callable[[Application], int | None]


def recount_reviews(since: date) -> int:
    """Every case in review: so many working days after it came to its desk as its step allows."""
    return recount_cases(since, State.IN_REVIEW, days_of_step)


def days_of_step(application: Application) -> int | None:
    steps = steps_of(application, flow_of(application))
    return steps[min(application.position, len(steps)) - 1].working_days if steps and application.position else None


def recount_cases(since: date, state: str, working_days: Days) -> int:
    """Cases in a state with a last day from `since` on, counted again from the day they came there; gives how many
    moved.
    """
    known, moved = calendar(), 0
    for application, item in _open_cases(since, state):
        days = working_days(application)
        day = known.add(timezone.localdate(item.since), days).day if days is not None else item.due_on
        if day != application.due_on:
            put_due_on(application, day)
            moved += 1
    return moved


def put_due_on(application: Application, day: date | None) -> None:
    """Another last day for a case where it lies now, on the case and on the desk."""
    type(application)._default_manager.filter(pk=application.pk, version=application.version).update(due_on=day)
    WorkItem.objects.filter(kind=application._meta.model_name, object_id=application.pk).update(due_on=day)


def _open_cases(since: date, state: str) -> Iterator[tuple[Application, WorkItem]]:
    for kind, flow in flows().items():
        items = {
            item.object_id: item
            for item in WorkItem.objects.filter(kind=kind, state=state, standing=Standing.TODO, due_on__gte=since)
        }
        for pk, application in flow.model._default_manager.in_bulk(list(items)).items():
            yield application, items[pk]
