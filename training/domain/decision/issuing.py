"""培训合格证书 are numbered by the portal when the completion is approved (R-CMP-5): what was typed proves nothing."""

from __future__ import annotations

from datetime import date

from kit.fast.bulk import update_values
from training.domain.classes.enrolments import living
from training.domain.classes.filing import FILING, variant_of
from training.domain.classes.numbers import next_numbers
from training.enums import CertificateKind, Result
from training.models import Enrolment, IssuedCertificate, TrainingClass

SERIES = "H"
PROVED = ("certificate_kind", "certificate_number", "certificate_on", "certificate_verified")


def is_issued_here(training_class: TrainingClass) -> bool:
    """Whether the certificates of this class are the portal's own, so that nobody types their numbers.

    The filing route gives 职业培训合格证书 only, whatever the project says: the occupation is open for nothing else (R-OPN-6).
    """
    project = training_class.project
    return bool(
        project and (project.certificate_kind == CertificateKind.COMPLETION or variant_of(training_class) == FILING)
    )


def issue_certificates(training_class: TrainingClass, *, on: date) -> int:
    """Number the certificate of everyone who passed and has none yet, in the order of the roster; gives how many.

    Runs in the transaction of the completion's approval, with numbers of the series of the body that decides there.
    """
    if not is_issued_here(training_class):
        return 0
    people = list(
        living(training_class)
        .filter(result=Result.PASS, issued_certificate=None)
        .select_for_update(of=("self",))
        .order_by("sequence", "pk")
    )
    division = training_class.body.division
    issued = [
        IssuedCertificate(
            number=number, enrolment=person, division=division, issued_on=on, typed_before=person.certificate_number
        )
        for person, number in zip(people, next_numbers(division, SERIES, len(people)), strict=True)
    ]
    IssuedCertificate.objects.bulk_create(issued)
    update_values(
        Enrolment, PROVED, [(one.enrolment_id, CertificateKind.COMPLETION, one.number, on, True) for one in issued]
    )
    return len(issued)
