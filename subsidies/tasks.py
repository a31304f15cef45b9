"""Background work of MONEY: ten lines each, safe to run twice (R-SUB-2, R-SUB-4)."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from casework.domain.jobs import running
from casework.domain.moves import take
from casework.enums import State
from eligibility.enums import Gate
from kit.refusals import NotNow
from subsidies.domain.publicity import over_by
from subsidies.models import Subsidy
from training.domain.verification.verify import check_case


@shared_task(name="subsidies.tasks.check_claim")
def check_claim(job_id: int) -> None:
    """Compare everyone of a claim again at the subsidy gate, then put it on the desk (R-SUB-2)."""
    with running(job_id) as job:
        if job:
            check_case(job, Subsidy.objects.select_related("training_class").get(pk=job.object_id), Gate.SUBSIDY)


@shared_task(name="subsidies.tasks.check_payment")
def check_payment(job_id: int) -> None:
    """Compare everyone once more after the publicity; the approval waits for it (R-SUB-2)."""
    with running(job_id) as job:
        if job:
            claim = Subsidy.objects.select_related("training_class").get(pk=job.object_id)
            check_case(job, claim, Gate.PAYMENT, while_in=State.CONCLUDING, then="")


@shared_task(name="subsidies.tasks.end_publicity")
def end_publicity() -> int:
    """Put claims whose publicity is over on the desk that approves them; gives how many. Safe to run side by side
    (R-SUB-4).
    """
    moved = 0
    for claim in over_by(timezone.localdate()):
        try:
            take(claim, "publicity_over", by=None, expected_version=claim.version)
        except NotNow:  # another beat, or an officer who returned it, was faster
            continue
        moved += 1
    return moved
