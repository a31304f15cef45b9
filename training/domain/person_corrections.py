"""What CLASSES says of people whose name or number is put right (R-SEC-1, R-SEC-2)."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.changes import changes
from accounts.models import Division, Membership
from casework.enums import UNFINISHED
from casework.models import Job
from eligibility.domain.examine import Entry
from eligibility.enums import Verdict
from eligibility.models import Person
from training.domain.classes import tabs
from training.domain.classes.drafting import is_editable
from training.domain.classes.enrolments import KIND
from training.domain.roster.enrolling import PERSONAL
from training.domain.verification.again import CHECK
from training.fields import cells_of
from training.models import Enrolment, TrainingClass


def places(person: Person, membership: Membership) -> list[Division]:
    """Where an office meets the person, newest class first; a unit asks about what it entered, and never by person
    (R-SEC-1).
    """
    if membership.is_unit:
        return []
    rows = Enrolment.objects.visible_to(membership).filter(person=person)
    return [row.training_class.division for row in rows.select_related("training_class__division").order_by("-id")]


def entry(pk: int) -> Entry | None:
    """A row of a roster as its unit entered it."""
    row = Enrolment.objects.select_related("person", "training_class__division").filter(pk=pk).first()
    if row is None:
        return None
    training_class = row.training_class
    return Entry(
        KIND,
        pk,
        row.person,
        row.name,
        training_class.division,
        training_class.applicant_id,
        is_editable(training_class),
    )


def enter(pk: int, person: Person, *, by: Membership | None) -> None:
    """Make the row this person's, under the record's own name; whoever it was judged as before says nothing any more
    (R-SEC-2).
    """
    row = Enrolment.objects.select_for_update(of=("self",)).select_related("person", "training_class").get(pk=pk)
    former = cells_of(row)
    if row.person_id != person.pk:
        row.verdict, row.examination = Verdict.NONE, None
    row.person, row.entered_name = person, ""
    row.save()
    record(
        "roster.edited",
        by=by,
        on=row.training_class,
        enrolment=pk,
        changed=changes(former, cells_of(row), sealed=PERSONAL),
    )


def classes_with(people: Collection[int]) -> QuerySet[TrainingClass]:
    """The classes in which one of these people lives."""
    rows = Enrolment.objects.filter(person__in=people, struck_out_at__isnull=True)
    return TrainingClass.objects.filter(pk__in=rows.values("training_class")).order_by("pk")


def busy(people: Collection[int]) -> list[str]:
    """Nobody changes while a check of their class is asking about them (R-ELG-1)."""
    found = []
    for training_class in classes_with(people):
        cases = Q(pk__in=[])
        for kind, pk in tabs.applications_of(training_class):
            cases |= Q(kind=kind, object_id=pk)
        if Job.objects.filter(cases, task__contains=CHECK, state__in=UNFINISHED).exists():
            found.append(_("班次%(number)s正在比对，比对完成后再办理。") % {"number": training_class.number})
    return found


def against(one: Person, other: Person) -> list[str]:
    """Two records on the roster of one class cannot become one while both live there."""
    shared = set(classes_with([one.pk]).values_list("pk", flat=True)) & set(
        classes_with([other.pk]).values_list("pk", flat=True)
    )
    return [
        _("两份记录同在班次%(number)s（%(name)s）的花名册中，请先剔除或移出其中一人，再合并。")
        % {
            "number": row.number,
            "name": row.name,
        }
        for row in TrainingClass.objects.filter(pk__in=shared).order_by("pk")
    ]
