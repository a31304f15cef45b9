"""What two officers set aside in a class, and what may still be proposed, for the decision pages (R-ELG-5)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from casework.domain.case_page import Section
from eligibility.domain.descriptions import sentence_of
from eligibility.domain.examine import results_of
from eligibility.domain.overrulings import shown, why_not_overruled
from training.domain.classes.enrolments import KIND
from training.domain.verification.class_file import ClassFile
from training.domain.verification.findings import explain
from training.models import Enrolment


def overruled_in(file: ClassFile, membership: Membership) -> dict[str, Any]:
    """Every overruling of the class's people, and for the desk of the case the registries' fails that
    may be proposed.
    """
    return {
        "overrulings": [shown(row, membership) for row in file.overrulings],
        "overrulable": overrulable(file) if membership.organisation_id == file.application.desk_id else [],
    }


OVERRULED = Section(
    _("推翻的比对结果"),
    "eligibility/overrulings/_panel.html",
    overruled_in,
    count=lambda file: len(file.overrulings),
)


def overruled_among(ids: list[int], membership: Membership) -> dict[int, list[str]]:
    """The sentences of what stands overruled in the latest judgement of these enrolments, for this
    reader; one query.
    """
    rows = Enrolment.objects.filter(
        pk__in=ids, examination__results__contains={"results": [{"overruled": True}]}
    ).select_related("examination")
    return {
        row.pk: [
            sentence_of(result, office=not membership.is_unit)
            for result in results_of(row.examination)
            if result.overruled
        ]
        for row in rows
    }


def overrulable(file: ClassFile) -> list[dict[str, Any]]:
    """The fails of these people that the office in charge may propose to set aside; the proposal itself asks for
    the authority.
    """
    found = []
    for enrolment in file.people:
        for result in file.briefs[enrolment.pk].remarks():
            if not why_not_overruled(result, enrolment.examination):
                sentence, label, _advice = explain(result)
                found.append(
                    {
                        "kind": KIND,
                        "pk": enrolment.pk,
                        "code": result.code,
                        "sequence": enrolment.sequence,
                        "person": enrolment.person,
                        "sentence": sentence,
                        "label": label,
                        "clause": result.clause,
                    }
                )
    return found
