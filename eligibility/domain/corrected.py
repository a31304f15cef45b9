"""What the approval of a correction does: the record follows, or two records become one; what it
was stays (R-SEC-2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Membership
from casework.domain.flow import Context
from casework.enums import ENDED, State
from eligibility.domain.corrections import read_number, why_not_applied, why_second, why_stale
from eligibility.domain.examine import subjects
from eligibility.domain.people import LifeEvent, life_of, number_hash, people_for
from eligibility.models import Correction, Person
from kit.identity import normalise_name, same_name
from kit.ids import parse_citizen_number
from kit.masking import mask_id
from kit.refusals import NotNow

ASK_ANEW = "eligibility.tasks.ask_anew"


def only_one(correction: Correction, context: Context) -> None:
    """Of two corrections of one person submitted at once the second finds the first: the person's row is locked
    (R-SEC-2).
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=correction.person_id)
    if sentences := [*why_stale(correction, person), *why_second(correction)]:
        raise NotNow(sentences)


def apply(correction: Correction, context: Context) -> None:
    """Put the record right, or make it one with the record that has the number; both are locked, in the order of their
    ids.
    """
    wanted = models.Q(pk=correction.person_id)
    if correction.new_hash is not None:
        wanted |= models.Q(number_hash=correction.new_hash)
    locked = {person.pk: person for person in Person.objects.select_for_update().filter(wanted).order_by("pk")}
    person = locked.pop(correction.person_id)
    twin = next(iter(locked.values()), None)
    if sentences := why_not_applied(correction, person, twin):
        raise NotNow(sentences)
    try:
        with transaction.atomic():
            if correction.of_row:
                survivor = _enter(correction, twin, by=context.by)
            else:
                survivor = (
                    _merge(correction, person, twin, by=context.by)
                    if twin
                    else _rewrite(correction, person, by=context.by)
                )
    except IntegrityError as refused:
        raise NotNow([_("两份记录在同一处都有登记，或号码刚刚被登记，不能更正。请刷新后核对。")]) from refused
    context.notes |= {"person": survivor.pk} | ({"merged": correction.merged} if correction.merged else {})
    context.jobs.append(
        (
            ASK_ANEW,
            {
                "title": _("更正后重新比对：%(name)s") % {"name": survivor.name},
                "queue_name": "checks",
                "person": survivor.pk,
            },
        )
    )


def _enter(correction: Correction, twin: Person | None, *, by: Membership | None) -> Person:
    """What one unit entered becomes the person it meant; whoever has the number it mistyped, or another name, is left
    alone (R-SEC-1).
    """
    if correction.new_number:
        name = correction.new_name or correction.old_name
        correction.person = twin or people_for([(correction.new_number, name)])[correction.new_number]
    subjects().enter(correction.subject_id, correction.person, by=by)
    return correction.person


def _rewrite(correction: Correction, person: Person, *, by: Membership | None) -> Person:
    """Everything that follows from name and number; the examinations stay as they were asked (R-ELG-2)."""
    fields = []
    if correction.new_number:
        citizen = parse_citizen_number(correction.new_number, timezone.localdate())
        person.number, person.number_hash = citizen.number, number_hash(citizen.number)
        person.head, person.tail = citizen.number[:3], citizen.number[-4:]
        person.birth_date, person.sex = citizen.birth_date, citizen.sex
        fields += ["number", "number_hash", "head", "tail", "birth_date", "sex"]
    if correction.new_name:
        person.name = normalise_name(correction.new_name)
        person.letters = sorted(set(person.name))
        fields += ["name", "letters"]
    person.save(update_fields=fields)
    record(
        "person.corrected",
        by=by,
        on=person,
        division=correction.division_id,
        correction=correction.number,
        corrected=describe(correction),
    )
    return person


def _merge(correction: Correction, person: Person, twin: Person, *, by: Membership | None) -> Person:
    """Everything that points to the record points to the one that has the number; the record goes, what it was stays in
    the case.
    """
    moved = {}
    for relation in _relations():
        rows = relation.related_model._default_manager.filter(**{relation.field.name: person})
        if count := rows.update(**{relation.field.name: twin}):
            moved[relation.related_model._meta.label_lower] = count
    if person.ethnicity and not twin.ethnicity:
        Person.objects.filter(pk=twin.pk).update(ethnicity=person.ethnicity)
    correction.person, correction.merged = twin, person.pk
    Person.objects.filter(pk=person.pk).delete()
    record(
        "person.merged",
        by=by,
        on=twin,
        division=correction.division_id,
        correction=correction.number,
        merged=correction.merged,
        moved=moved,
    )
    return twin


def _relations() -> Iterator[Any]:
    """Every foreign key to a person, in whichever room, also those without a name for the way back."""
    for field in Person._meta.get_fields(include_hidden=True):
        if isinstance(field, models.ManyToOneRel):
            yield field


def describe(correction: Correction) -> list[str]:
    """Which of the two was put right."""
    return [*(["name"] if correction.new_name else []), *(["number"] if correction.new_hash else [])]


def corrected_label(part: str) -> str:
    return {"name": _("姓名"), "number": _("号码")}.get(part, part)


# ── afterwards
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def found_by(text: str) -> list[Person]:
    """Who has this number, and who had it before a correction. Raises kit.ids.IdError for what cannot be one."""
    key = number_hash(read_number(text).number)
    former = Correction.objects.filter(old_hash=key, new_hash__isnull=False, state=State.APPROVED).values("person")
    return list(Person.objects.filter(models.Q(number_hash=key) | models.Q(pk__in=former)).order_by("pk"))


def seen_by(membership: Membership, number: str) -> list[Person]:
    """The same, as far as anything of theirs lies within the membership's scope."""
    return [person for person in found_by(number) if life_of(person, membership)]


def slips_again(people: Mapping[str, str], by_hash: Mapping[bytes, str]) -> set[str]:
    """Of people {number: name}, {hash: number}, the numbers a correction took from somebody of the same name: the same
    slip may come again.

    One query.
    """
    rows = Correction.objects.filter(
        old_hash__in=RawSQL("SELECT unnest(%s::bytea[])", [list(by_hash)]), new_hash__isnull=False, state=State.APPROVED
    ).values_list("old_hash", "old_name", "person__name")
    return {
        number
        for key, *names in rows
        if (number := by_hash[bytes(key)]) and any(same_name(people[number], name) for name in names)
    }


def survivor_of(pk: int) -> int | None:
    """The person a merged record became one with."""
    return Correction.objects.filter(merged=pk).values_list("person", flat=True).first()


def life_events(person: Person, membership: Membership) -> list[LifeEvent]:
    """The corrections of a person, for whoever sees the person; those not decided, and the case, only inside the scope
    (R-SEC-1).
    """
    seen = set(Correction.objects.visible_to(membership).filter(person=person).values_list("pk", flat=True))
    rows = Correction.objects.filter(person=person).exclude(state=State.DRAFT).order_by("id")
    return [_told(row, row.pk in seen) for row in rows if row.pk in seen or row.state == State.APPROVED]


def _told(row: Correction, seen: bool) -> LifeEvent:
    words = []
    if row.new_name:
        words.append(_("姓名：%(old)s → %(new)s") % {"old": row.old_name, "new": row.new_name})
    if row.new_number:
        words.append(_("号码：%(old)s → %(new)s") % {"old": mask_id(row.old_number), "new": mask_id(row.new_number)})
    if row.merged:
        words.append(_("与同一号码的记录合并"))
    return LifeEvent(
        at=row.decided_at if row.state in ENDED else row.submitted_at or row.decided_at,
        title=_("信息更正：%(state)s") % {"state": row.get_state_display()},
        text="；".join(words),
        url=reverse("case", args=["correction", row.pk]) if seen else "",
        tone="warning" if row.state == State.APPROVED else "secondary",
    )
