"""What belongs to a class, its opening, its completion and to a registration, for their lines of time
(casework.domain.history).
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Organisation
from casework.domain.case_file import CaseFile
from casework.domain.history import Things, Trail
from eligibility.models import LetterRow, Recognition
from training.domain.classes.enrolments import KIND
from training.domain.verification.class_file import ClassFile
from training.models import CertificateChange, Completion, Enrolment, Opening, Registration, TrainingClass

# What a person's record says that concerns every class the person is in.
OF_PEOPLE = ("person.corrected", "person.merged", "person.renamed")
TOLD_TO_UNITS = (
    "enrolment.struck_out",
    "certificate.corrected",
    "class.begun",
    "results.saved",
    "attendance.recorded",
    "attendance.corrected",
)


def of_class(training_class: TrainingClass) -> Trail:
    """The class, its applications, everybody ever in its roster."""
    people = training_class.enrolments.select_related("person").only("sequence", "entered_name", "person__name")
    return Trail(
        [
            ("opening", Opening.objects.filter(training_class=training_class).values("pk")),
            ("completion", Completion.objects.filter(training_class=training_class).values("pk")),
            *around(training_class),
            *_people(people),
        ],
        names_of(people),
    )


def of_opening(file: ClassFile) -> Trail:
    people, training_class = file.enrolments, file.training_class
    return Trail(
        [("trainingclass", [training_class.pk]), *asked_about(training_class), *_people(people)],
        names_of(people),
    )


def of_completion(file: ClassFile) -> Trail:
    people, training_class = file.enrolments, file.training_class
    return Trail(
        [
            ("trainingclass", [training_class.pk]),
            ("opening", [training_class.opening.pk]),
            *around(training_class),
            *_people(people),
        ],
        names_of(people),
    )


def of_registration(file: CaseFile[Registration]) -> Trail:
    return Trail([("unit", [file.application.unit_id])])


def around(training_class: TrainingClass) -> Things:
    """Corrections of the class's certificates, and what was asked about it."""
    return [
        ("certificatechange", CertificateChange.objects.filter(training_class=training_class.pk).values("pk")),
        *asked_about(training_class),
    ]


def asked_about(training_class: TrainingClass) -> Things:
    """Letters about its people, and the recognitions of its employer."""
    people = Enrolment.objects.filter(training_class=training_class.pk).values("pk")
    letters = LetterRow.objects.filter(assistance__subject_kind=KIND, assistance__subject_id__in=people)
    employer = Organisation.objects.filter(pk=training_class.employer_id).values("uscc")
    return [
        ("letter", letters.values("letter")),
        ("recognition", Recognition.objects.filter(uscc__in=employer).values("pk")),
    ]


def _people(enrolments: list[Enrolment]) -> list[tuple[str, list[int]]]:
    return [(KIND, [one.pk for one in enrolments]), ("person", [one.person_id for one in enrolments])]


def names_of(enrolments: list[Enrolment]) -> dict[tuple[str, int], str]:
    named = {(KIND, one.pk): _("%(n)s号 %(name)s") % {"n": one.sequence, "name": one.name} for one in enrolments}
    return named | {("person", one.person_id): named[KIND, one.pk] for one in enrolments}


def headcount_label(enrolments: list[Enrolment]) -> int | str:
    """How many are in a class; where people were taken out, how many the roster had and why they differ."""
    struck = sum(one.is_struck_out for one in enrolments)
    left = len(enrolments) - struck
    return (
        _("%(left)s（名册 %(all)s 人，剔除 %(struck)s 人）") % {"left": left, "all": len(enrolments), "struck": struck}
        if struck
        else left
    )
