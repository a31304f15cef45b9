"""The real-name roster of a draft class: people in, changed, out (R-OPN-1, R-SEC-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.changes import changes
from accounts.enums import Role
from accounts.models import Membership
from casework.domain.flow import flow_of
from casework.domain.inbox import write_cover
from eligibility.domain.people import other_names, people_for
from eligibility.enums import Verdict
from eligibility.models import Person
from kit.refusals import NotAllowed, NotNow, NotValid
from training.domain.classes.drafting import locked_for_editing, most_people
from training.domain.roster.entry_limit import count_numbers
from training.fields import ETHNICITY_CODES, cells_of, check_cells, enrolment_values, explain, fields_for
from training.models import Enrolment, Opening, TrainingClass

# Kept sealed in the trail; the ethnicity, the household and the marks are words many share.
PERSONAL = frozenset({"name", "number", "phone", "bank_account"})

Cells = Mapping[str, str]


def open_for(training_class: TrainingClass, by: Membership) -> Opening:
    """The opening locked for this operator, inside the caller's transaction; with the office people change only by
    decision (R-OPN-7).
    """
    if by.role != Role.OPERATOR or by.organisation_id != training_class.applicant_id:
        raise NotAllowed(_("只有申请单位的经办人可以修改花名册。"))
    return locked_for_editing(training_class)


def checked_cells(training_class: TrainingClass, cells: Cells) -> dict[str, str]:
    """The cells mended, or NotValid; the same validators as for Excel."""
    fields = fields_for(training_class.category, training_class.first_day)
    given = {field.key: str(cells.get(field.key) or "") for field in fields}
    mended, wrong, _notes = check_cells(fields, given)
    if wrong:
        raise NotValid(
            {field.key: explain(field, given[field.key], wrong[field.key]) for field in fields if field.key in wrong}
        )
    return mended


def add_trainee(training_class: TrainingClass, cells: Cells, *, by: Membership) -> Enrolment:
    """One trainee by hand."""
    mended = checked_cells(training_class, cells)
    _count_one(by)
    with transaction.atomic():
        opening = open_for(training_class, by)
        enrolments = enrol(training_class, [mended], by=by)
        if not enrolments:
            raise NotValid({"number": _("此人已在本班花名册中。")})
        record(
            "roster.added",
            by=by,
            on=training_class,
            people=1,
            changed=changes({}, cells_of(enrolments[0]), sealed=PERSONAL),
        )
        write_cover(opening, flow_of(opening))
    return enrolments[0]


def _count_one(by: Membership) -> None:
    """One number more of the day's; NotNow at their end, before anything is said of the number."""
    if why := count_numbers(by.organisation, 1, by=by):
        raise NotNow(why)


def enrol(training_class: TrainingClass, rows: Sequence[Cells], *, by: Membership) -> list[Enrolment]:
    """Enrol good rows in one go, those already here left out; the caller holds the opening's lock. NotNow above
    the limit.
    """
    people = people_for([(row["number"], row["name"]) for row in rows])
    here = training_class.enrolments.filter(struck_out_at__isnull=True)
    known = set(here.values_list("person_id", flat=True))
    fresh = {people[row["number"]].pk: row for row in rows if people[row["number"]].pk not in known}
    refuse_too_many(len(known), len(fresh), most_people(training_class))
    others = correct_names(training_class, people, rows, by=by)
    start = training_class.enrolments.aggregate(last=Max("sequence"))["last"] or 0
    _complete_ethnicity(people, [row for row in rows if row["number"] not in others])
    return Enrolment.objects.bulk_create(
        [
            Enrolment(
                training_class=training_class,
                person_id=person_id,
                sequence=place,
                entered_name=others.get(row["number"], ""),
                **enrolment_values(row),
            )
            for place, (person_id, row) in enumerate(fresh.items(), start=start + 1)
        ]
    )


def refuse_too_many(known: int, fresh: int, most: int) -> None:
    """NotNow when those here and those to come are more than a class may have."""
    if known + fresh > most:
        raise NotNow(
            _("每班最多 %(most)s 人：花名册已有 %(known)s 人，再加 %(fresh)s 人就超过了。请分班或减少人数。")
            % {
                "most": most,
                "known": known,
                "fresh": fresh,
            }
        )


def correct_names(
    training_class: TrainingClass, people: Mapping[str, Person], rows: Sequence[Cells], *, by: Membership
) -> dict[str, str]:
    """A name this unit itself mistyped is put right while nobody else relies on the record; otherwise the record stays
    (R-AUT-4).

    Gives the names that were entered and are not the record's, by number: to the unit nothing shows the difference
    (R-SEC-1).
    """
    wrong = other_names([(row["number"], row["name"]) for row in rows], dict(people))
    if not wrong:
        return {}
    elsewhere = set(
        Enrolment.objects.filter(person__in=[other.person.pk for other in wrong.values()])
        .exclude(training_class=training_class)
        .values_list("person_id", flat=True)
    )
    changed = [other for other in wrong.values() if other.person.pk not in elsewhere]
    for other in changed:
        renamed = changes({"name": other.person.name}, {"name": other.given}, sealed=PERSONAL)
        other.person.name, other.person.letters = other.given, sorted(set(other.given))
        record("person.renamed", by=by, on=other.person, division=training_class.division_id, changed=renamed)
    Person.objects.bulk_update([other.person for other in changed], ["name", "letters"], batch_size=2000)
    return {number: other.given for number, other in wrong.items() if other not in changed}


def _complete_ethnicity(people: Mapping[str, Person], rows: Sequence[Cells]) -> None:
    """What a person's record does not know yet; a known value is never overwritten by a roster."""
    unknown: dict[str, list[int]] = {}
    for row in rows:
        person, code = people[row["number"]], ETHNICITY_CODES.get(row.get("ethnicity") or "", "")
        if code and not person.ethnicity:
            unknown.setdefault(code, []).append(person.pk)
    for code, keys in unknown.items():
        Person.objects.filter(pk__in=keys, ethnicity="").update(ethnicity=code)


def edit_trainee(enrolment: Enrolment, cells: Cells, *, by: Membership) -> Enrolment:
    """Change what the roster says of a trainee; another number is another person, so that one is replaced."""
    training_class = enrolment.training_class
    mended = checked_cells(training_class, cells)
    if mended["number"] != enrolment.person.number:
        _count_one(by)
    with transaction.atomic():
        open_for(training_class, by)
        former = cells_of(enrolment)
        person = people_for([(mended["number"], mended["name"])])[mended["number"]]
        others = training_class.enrolments.filter(struck_out_at__isnull=True).exclude(pk=enrolment.pk)
        if others.filter(person=person).exists():
            raise NotValid({"number": _("此人已在本班花名册中。")})
        entered = correct_names(training_class, {mended["number"]: person}, [mended], by=by)
        _complete_ethnicity({mended["number"]: person}, [] if entered else [mended])
        enrolment.entered_name = entered.get(mended["number"], "")
        if person.pk != enrolment.person_id:
            enrolment.verdict, enrolment.examination = Verdict.NONE, None
        enrolment.person = person
        for name, value in enrolment_values(mended).items():
            setattr(enrolment, name, value)
        enrolment.save()
        record(
            "roster.edited",
            by=by,
            on=training_class,
            enrolment=enrolment.pk,
            changed=changes(former, cells_of(enrolment), sealed=PERSONAL),
        )
    return enrolment


def remove_trainee(enrolment: Enrolment, *, by: Membership) -> None:
    """Take a trainee out: a row never submitted disappears, one that was submitted stays on record as struck out by the
    applicant.
    """
    with transaction.atomic():
        opening, former = open_for(enrolment.training_class, by), cells_of(enrolment)
        if opening.round:
            enrolment.struck_out_at, enrolment.struck_out_by = timezone.now(), by
            enrolment.strike_reason = _("申请单位在补正时移出")
            enrolment.save(update_fields=["struck_out_at", "struck_out_by", "strike_reason"])
        else:
            enrolment.delete()
        record(
            "roster.removed",
            by=by,
            on=enrolment.training_class,
            people=1,
            changed=changes(former, dict.fromkeys(former, ""), sealed=PERSONAL),
        )
        write_cover(opening, flow_of(opening))
