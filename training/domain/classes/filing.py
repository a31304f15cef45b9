"""Which way an occupation of 岗位技能提升 goes on the first day of a class: the usual route, or the filing (R-OPN-6)."""

from __future__ import annotations

from django.utils import timezone

from training.domain.classes.catalogue import status_on
from training.enums import OccupationStatus
from training.models import TrainingClass

FILED_CATEGORY = "emp_upskill"
OPEN_STATUSES = (OccupationStatus.QUALIFICATION_CATALOGUE, OccupationStatus.LEVEL_RECOGNITION)
FILING = "filing"


def variant_of(training_class: TrainingClass) -> str:
    """`filing` for 岗位技能提升 in an occupation that is neither in the catalogue nor open for recognition (R-OPN-6)."""
    occupation = training_class.project.occupation_id if training_class.project else None
    needs = (
        training_class.category == FILED_CATEGORY
        and occupation is not None
        and assessed(training_class) not in OPEN_STATUSES
    )
    return FILING if needs else ""


def assessed(training_class: TrainingClass) -> str:
    """How the occupation is assessed on the class's first day; only 岗位技能提升 depends on it, "" for any other category."""
    project = training_class.project
    if training_class.category != FILED_CATEGORY or not project or not project.occupation_id:
        return ""
    return status_on(project.occupation_id, training_class.first_day or timezone.localdate())
