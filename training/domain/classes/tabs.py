"""The tabs of the class page 一班一档; upper parts add theirs in `ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from accounts.models import Membership
from casework.domain.history import Entry, line_of_time, trail_of
from casework.models import Step
from training.models import CertificateChange, Completion, Opening, TrainingClass

Applications = Callable[[TrainingClass], list[tuple[str, int]]]


@dataclass(frozen=True)
class Tab:
    """One tab: `url_name` takes the class's id; lower `order` stands further left."""

    code: str
    label: str | Promise
    url_name: str
    order: int = 50


_tabs: dict[str, Tab] = {}
_cases: list[Applications] = []


def add_tab(code: str, label: str | Promise, url_name: str, order: int = 50) -> None:
    _tabs[code] = Tab(code, label, url_name, order)


def tabs() -> list[Tab]:
    return sorted(_tabs.values(), key=lambda tab: tab.order)


def add_applications(find: Applications) -> None:
    """An upper app names its applications of a class, (kind, id), so that history and files of the
    class show them too.
    """
    if find not in _cases:
        _cases.append(find)


def among_applications(cases: list[tuple[str, int]]) -> Q:
    return Q(*[Q(kind=kind, object_id=pk) for kind, pk in cases], _connector=Q.OR)


def history_of(training_class: TrainingClass, membership: Membership) -> list[Entry]:
    """Everything that was done in the life of a class, the newest first."""
    steps = Step.objects.filter(among_applications(applications_of(training_class))).order_by("id")
    return line_of_time(steps, trail_of("trainingclass", training_class.pk, training_class), membership)


def applications_of(training_class: TrainingClass) -> list[tuple[str, int]]:
    """Every application of a class, in the order of its life."""
    found: list[tuple[str, Any]] = []
    for kind, model in (("opening", Opening), ("completion", Completion), ("certificatechange", CertificateChange)):
        found += [(kind, pk) for pk in model.objects.filter(training_class=training_class).values_list("pk", flat=True)]
    for find in _cases:
        found += find(training_class)
    return found
