"""What two officers set aside in a class, and what may still be proposed, for the decision pages (R-ELG-5; ui.md)."""

from __future__ import annotations

from typing import Any

from accounts.models import Post
from eligibility.domain.examine import results_of
from eligibility.domain.overrulings import overrulings_of, shown, why_not_overruled
from eligibility.engine import FAIL
from training.domain.cases import KIND, living
from training.domain.doors import why_not_answer
from training.domain.exceptions import spoken
from training.models import TrainingClass


def overruled_in(training_class: TrainingClass, post: Post) -> dict[str, Any]:
    """Every overruling of the class's people, and for its desk the registries' fails that may be proposed."""
    ids = list(training_class.enrolments.values_list("pk", flat=True))
    return {
        "overrulings": [shown(row, post) for row in overrulings_of(KIND, ids)],
        "overrulable": [] if post.is_unit else overrulable(training_class, post),
    }


def count_overruled(training_class: TrainingClass) -> int:
    return overrulings_of(KIND, list(training_class.enrolments.values_list("pk", flat=True))).count()


def overrulable(training_class: TrainingClass, post: Post) -> list[dict[str, Any]]:
    """The fails of everyone living that this post may propose to set aside; its authority is the same for the whole class."""
    found = []
    for enrolment in living(training_class).select_related("examination"):
        for result in results_of(enrolment.examination):
            if result.outcome == FAIL and not why_not_overruled(result, enrolment.examination):
                sentence, label, _advice = spoken(result)
                found.append({
                    "kind": KIND, "pk": enrolment.pk, "code": result.code, "sequence": enrolment.sequence, "person": enrolment.person,
                    "sentence": sentence, "label": label, "clause": result.clause,
                })
    return [] if not found or why_not_answer(post, found[0]["pk"]) else found
