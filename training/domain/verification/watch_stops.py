"""Which of the watch's entries stand in the way of money, and how they are told on the decision pages (R-ELG-8,
R-ELG-3).

A death or a prison term up to the last day, a pension drawn by the first: these stop money until somebody has dealt
with them. What came later is shown and harms nobody; only who was to be paid in person and has died is held, whenever
it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from casework.domain.case_page import Section
from training.domain.verification.class_file import ClassFile
from training.enums import ChangeKind
from training.models import Change, TrainingClass

UP_TO_THE_LAST_DAY = (ChangeKind.DIED, ChangeKind.IMPRISONED)


def concerns_class(change: Change, training_class: TrainingClass) -> bool:
    """Whether it is dated so that the person had no right to this class as far as it goes: then proof is asked for
    (R-ELG-3).
    """
    if change.what == ChangeKind.PENSION:
        return change.since <= training_class.first_day
    return change.what in UP_TO_THE_LAST_DAY and change.since <= training_class.last_day


def stops_money(change: Change, training_class: TrainingClass, *, in_person: bool = False) -> bool:
    """Whether no money may be approved or paid for this person now; `in_person`: it would be paid to the person's own
    account.
    """
    if change.dealt_at:
        return False
    return concerns_class(change, training_class) or (in_person and change.what == ChangeKind.DIED)


def stop_sentence(change: Change, training_class: TrainingClass, cure: str = "") -> str:
    """Why nothing is approved or paid for this person, and who does what; `cure` where more is to be done than to
    strike the person out.
    """
    person = change.enrolment
    return _(
        "%(sequence)s号 %(name)s：夜间复查发现%(what)s（%(day)s，班期%(first)s至%(last)s）。误登的，"
        "请在“情况变化”中写明核实依据；属实的，%(cure)s"
    ) % {
        "cure": cure or _("由审核人员剔除此人。"),
        "sequence": person.sequence,
        "name": person.name,
        "what": change.get_what_display(),
        "day": change.since.isoformat(),
        "first": training_class.first_day.isoformat(),
        "last": training_class.last_day.isoformat(),
    }


def describe_watch(
    changes: Iterable[Change], training_class: TrainingClass, in_person: Collection[int] = ()
) -> list[dict[str, Any]]:
    """The entries for a page, each with whether it stops money and whether it came after the class."""
    return [
        {
            "change": change,
            "stops": stops_money(change, training_class, in_person=change.enrolment_id in in_person),
            "is_after": change.since > training_class.last_day,
        }
        for change in changes
    ]


def watched_section(file: ClassFile, membership: Membership) -> dict[str, Any] | None:
    """What became of the people since, for the office; a unit is told nothing of it."""
    if membership.is_unit or not file.watched:
        return None
    return {"entries": describe_watch(file.watched, file.training_class), "class": file.training_class}


WATCHED_SECTION = Section(
    gettext_lazy("夜间复查发现的情况"),
    "training/watch/_panel.html",
    watched_section,
    open=True,
    count=lambda file: sum(stops_money(change, file.training_class) for change in file.watched),
)
