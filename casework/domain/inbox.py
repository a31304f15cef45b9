"""待办: work items kept by every move, notices, inbox queries (R-SEC-3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.domain.authority import Held
from accounts.domain.grants import remits_of
from accounts.enums import Role
from accounts.models import Membership, Organisation
from casework.enums import CONFIRM_ACCOUNT, ENDED, ON_A_DESK, Standing, State
from casework.models import Application, Notice, Step, WorkItem
from kit.fast.prepared import prepared
from kit.fast.rows import insert_row, upsert_row

if TYPE_CHECKING:
    from casework.domain.flow import Flow

Needs = tuple[tuple[str, str, str], ...]


def standing_of(state: str) -> str:
    """Where a state leaves a case for the office: 待办, 在办 (with the applicant or a machine), 已办."""
    if state == State.DRAFT:
        return Standing.DRAFT
    if state in ENDED:
        return Standing.DONE
    return Standing.TODO if state in ON_A_DESK else Standing.WAITING


def case_url(application: Application) -> str:
    return reverse("case", args=[application._meta.model_name, application.pk])


def write_cover(application: Application, flow: Flow, *, at: datetime | None = None) -> None:
    """Bring the work item up to date; called by every move (`at`) and by whoever changes what the cover shows."""
    cover = flow.cover(application)
    upsert_row(
        WorkItem(
            kind=flow.kind,
            object_id=application.pk,
            number=application.number,
            title=cover.title[:200],
            letters=sorted(set(cover.title)),
            url=case_url(application),
            division_id=application.division_id,
            applicant_id=application.applicant_id,
            desk_id=application.desk_id,
            category=application.category,
            training_type=application.training_type,
            need=application.need,
            state=application.state,
            standing=standing_of(application.state),
            people=cover.people,
            exceptions=cover.exceptions,
            amount=cover.amount,
            is_late=cover.is_late,
            due_on=application.due_on,
            barred=_barred(application, flow),
            since=at or timezone.now(),
        ),
        ("kind", "object_id"),
        keep=() if at else ("since",),
    )


def reviewers_of(application: Application) -> list[int]:
    """The users who decided in this round, the first one first."""
    return _reviewers(application._meta.model_name, application.pk, application.round)


@prepared
def _reviewers(kind: str, object_id: int, number: int) -> QuerySet:
    steps = Step.objects.filter(kind=kind, object_id=object_id, round=number, decides=True, reviewer__isnull=False)
    return steps.order_by("version").values_list("reviewer", flat=True)


def _barred(application: Application, flow: Flow) -> list[int]:
    """Nobody has decided before the second step of a route."""
    if standing_of(application.state) != Standing.TODO or application.position < 2:
        return []
    return sorted(flow.barred(application, reviewers_of(application)))


def tell(application: Application, text: str, *, organisation: Organisation | None = None) -> None:
    """A notice to the applicant's people (or another organisation's), opening the case."""
    insert_row(
        Notice(
            organisation_id=organisation.pk if organisation else application.applicant_id,
            text=text[:300],
            url=case_url(application),
            kind=application._meta.model_name,
            object_id=application.pk,
        )
    )


def inbox(membership: Membership, standing: str, *, remits: Iterable[Held] | None = None) -> QuerySet[WorkItem]:
    """What lies with this membership's desk, by deadline; 在办 also what this person has decided and somebody else has
    still to decide.

    待办 shows only what its grants (`remits`, where read already) let it decide (R-AUT-1), and leaves out the second step
    of what this person decided first: somebody else must take it (R-AUT-5).
    """
    if standing == Standing.TODO and not membership.is_unit:
        return waiting(membership, needs_of(membership, remits_of(membership) if remits is None else remits))
    items = WorkItem.objects.filter(standing=standing)
    if membership.is_unit:
        return items.filter(applicant=membership.organisation_id).order_by("-since", "-id")
    items = items.filter(desk=membership.organisation_id)
    if standing == Standing.WAITING:
        items = items | WorkItem.objects.visible_to(membership).filter(
            standing=Standing.TODO, barred__contains=[membership.user_id]
        )
    return items.order_by("-since", "-id")


def waiting(membership: Membership, needs: Needs) -> QuerySet[WorkItem]:
    """待办 of an office's membership that may decide these `needs`."""
    items = WorkItem.objects.filter(
        _within(needs),
        ~Q(barred__contains=[membership.user_id]),
        standing=Standing.TODO,
        desk=membership.organisation_id,
    )
    return items.order_by("due_on", "id")


def needs_of(membership: Membership, remits: Iterable[Held]) -> Needs:
    """(act, category, training type) of these grants, each once: what may lie in 待办; the desk already says where.
    Finance confirms without a grant.
    """
    own = {(CONFIRM_ACCOUNT, "", "")} if membership.role == Role.FINANCE else set()
    return tuple(sorted({(act, category, sort) for act, _division, category, sort in remits} | own))


def _within(needs: Needs) -> Q:
    general, special = [], Q()
    for act, category, training_type in needs:
        if narrowed := {
            name: value for name, value in (("category", category), ("training_type", training_type)) if value
        }:
            special |= Q(need=act, **narrowed)
        else:
            general.append(act)
    return Q(need__in=general) | special if special else Q(need__in=general)


def overdue(membership: Membership) -> QuerySet[WorkItem]:
    """Work past its last day that this membership may open: its place and below; an industry department, its own desk
    (R-SEC-3).
    """
    return (
        WorkItem.objects.visible_to(membership)
        .filter(standing=Standing.TODO, due_on__lt=timezone.localdate())
        .order_by("due_on", "id")
    )
