"""Money that stands still because of what the nightly watch found of a trainee, or because the trainee is no longer
judged eligible (R-ELG-3, R-ELG-8, R-SUB-5).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from casework.domain.case_file import CaseFile
from casework.domain.case_page import Section
from eligibility.enums import Verdict
from subsidies.domain.claim_file import ClaimFile, with_watch
from subsidies.domain.claims import first_of_finance, may_take_out
from subsidies.domain.people import not_eligible
from subsidies.enums import LIVE, WAITING, Item, LineState
from subsidies.models import PaymentBatch, Subsidy, SubsidyLine
from training.domain.verification.class_file import changes_of
from training.domain.verification.findings import MOST_NAMED
from training.domain.verification.watch_stops import describe_watch, stop_sentence, stops_money
from training.models import Change, TrainingClass

MOST_LISTED = 3
IN_PERSON = (Item.LIVING,)  # meant for the trainee's own pocket: nobody dead is paid it, whenever the death was


def in_person(lines: Iterable[SubsidyLine]) -> set[int]:
    """Whose money among these lines is meant for themselves."""
    return {line.enrolment_id for line in lines if line.item in IN_PERSON}


def stopped_sentences(
    lines: Collection[SubsidyLine], changes: Iterable[Change], training_class: TrainingClass
) -> list[str]:
    """Why these lines of a class may not be approved or paid now, a sentence each entry."""
    concerned, own = {line.enrolment_id for line in lines}, in_person(lines)
    paying = {line.enrolment_id: line for line in lines if line.state == LineState.PAYING}
    return [
        stop_sentence(
            change,
            training_class,
            first_of_finance(paying[change.enrolment_id]) if change.enrolment_id in paying else "",
        )
        for change in changes
        if change.enrolment_id in concerned
        and stops_money(change, training_class, in_person=change.enrolment_id in own)
    ]


def nobody_is_stopped(file: ClaimFile, context: Any) -> list[str]:
    """Guard of agreement and approval: nothing open of the watch stands against anybody claimed for."""
    return stopped_sentences(file.claimed, file.watched, file.training_class)[:MOST_NAMED]


def held_back(claims: Sequence[Subsidy], lines: Iterable[SubsidyLine]) -> dict[int, list[str]]:
    """Why money of these claims' lines (`with_watch`) is not paid now, by claim: nobody is paid for who is not eligible
    by the judgement of today, or of whom the watch found what nobody has dealt with. Three queries whatever their
    number, none where nobody was found.
    """
    watched: dict[int, list[SubsidyLine]] = {}
    unfit = []
    for line in lines:
        if line.is_watched:
            watched.setdefault(line.subsidy_id, []).append(line)
        if line.verdict != Verdict.ELIGIBLE:
            unfit.append(line.pk)
    found: dict[int, list[str]] = {}
    for one in not_eligible(unfit):
        found.setdefault(one.line.subsidy_id, []).append(
            one.holds + (first_of_finance(one.line) if one.line.state == LineState.PAYING else "")
        )
    if changes := changes_of([line.enrolment_id for group in watched.values() for line in group]):
        classes = TrainingClass.objects.in_bulk([claim.training_class_id for claim in claims])
        for claim in claims:
            if stopped := stopped_sentences(watched.get(claim.pk, []), changes, classes[claim.training_class_id]):
                found.setdefault(claim.pk, []).extend(stopped)
    return found


def stopped_among(claims: Sequence[Subsidy], lines: Iterable[SubsidyLine]) -> list[str]:
    """The same as sentences, each with the number of its claim."""
    held = held_back(claims, lines)
    return [f"{claim.number}：{sentence}" for claim in claims for sentence in held.get(claim.pk, [])][:MOST_NAMED]


def doubtful(lines: QuerySet[SubsidyLine]) -> list[SubsidyLine]:
    """Those of these lines that may be held back; mostly none."""
    return list(with_watch(lines).filter(Q(is_watched=True) | ~Q(verdict=Verdict.ELIGIBLE)))


def nobody_in_batch_is_stopped(file: CaseFile[PaymentBatch], context: Any) -> list[str]:
    """Guard of the bank file: what became known since the batch was drawn up holds it, too; then it is withdrawn and
    drawn up anew.
    """
    batch = file.application
    if not (
        found := doubtful(
            SubsidyLine.objects.filter(payment__batch=batch, state=LineState.PAYING).select_related("payment__batch")
        )
    ):
        return []
    return stopped_among(list(Subsidy.objects.filter(payments__batch=batch).order_by("pk")), found)


def held_among(claims: Sequence[Subsidy]) -> dict[int, str]:
    """The same of all that waits in these claims, in a few words each, for the list of what waits for a batch."""
    found = held_back(claims, doubtful(SubsidyLine.objects.filter(subsidy__in=claims, state__in=WAITING)))
    return {pk: " ".join(sentences[:MOST_LISTED]) for pk, sentences in found.items()}


def watched_section(file: ClaimFile, membership: Membership) -> dict[str, Any] | None:
    """What became of the people of a claim, for the office; who stops approved money can still be taken out there."""
    if membership.is_unit or not file.watched:
        return None
    entries = describe_watch(file.watched, file.training_class, in_person(file.living))
    by_person = {line.enrolment_id: line for line in file.living if line.state in (*WAITING, LineState.PAYING)}
    for entry in entries:
        line = by_person.get(entry["change"].enrolment_id) if entry["stops"] else None
        entry["first"] = first_of_finance(line) if line and line.state == LineState.PAYING else ""
        entry["strike"] = line if line and not entry["first"] and may_take_out(file.subsidy, membership) else None
    return {"entries": entries, "class": file.training_class}


def count_stopped(file: ClaimFile) -> int:
    return len(
        stopped_sentences([line for line in file.lines if line.state in LIVE], file.watched, file.training_class)
    )


WATCHED_SECTION = Section(
    gettext_lazy("夜间复查发现的情况"), "training/watch/_panel.html", watched_section, open=True, count=count_stopped
)
