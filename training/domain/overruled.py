"""What two officers set aside in a class, and what may still be proposed, for the decision pages (R-ELG-5; ui.md)."""

from __future__ import annotations

from typing import Any

from accounts.models import Post
from eligibility.domain.examine import results_of
from eligibility.domain.overrulings import overrulings_of, shown, why_not_overruled
from eligibility.engine import FAIL
from training.domain.cases import KIND, living
from training.domain.exceptions import spoken
from training.models import Enrolment, TrainingClass


def overruled_in(training_class: TrainingClass, post: Post, desk_id: int | None) -> dict[str, Any]:
    """Every overruling of the class's people, and for its desk the registries' fails that may be proposed."""
    ids = list(training_class.enrolments.values_list("pk", flat=True))
    return {
        "overrulings": [shown(row, post) for row in overrulings_of(KIND, ids)],
        "overrulable": overrulable(training_class) if post.organisation_id == desk_id else [],
    }


def count_overruled(training_class: TrainingClass) -> int:
    return overrulings_of(KIND, list(training_class.enrolments.values_list("pk", flat=True))).count()


def overruled_among(ids: list[int]) -> dict[int, list[str]]:
    """The sentences of what stands overruled in the latest judgement of these enrolments; one query."""
    rows = Enrolment.objects.filter(pk__in=ids, examination__results__contains={"results": [{"overruled": True}]}).select_related("examination")
    return {row.pk: [spoken(result)[0] for result in results_of(row.examination) if result.overruled] for row in rows}


def overrulable(training_class: TrainingClass) -> list[dict[str, Any]]:
    """The fails of everyone living that the desk may propose to set aside; the proposal's own door asks for the authority."""
    found = []
    for enrolment in living(training_class).select_related("examination"):
        for result in results_of(enrolment.examination):
            if result.outcome == FAIL and not why_not_overruled(result, enrolment.examination):
                sentence, label, _advice = spoken(result)
                found.append({
                    "kind": KIND, "pk": enrolment.pk, "code": result.code, "sequence": enrolment.sequence, "person": enrolment.person,
                    "sentence": sentence, "label": label, "clause": result.clause,
                })
    return found
