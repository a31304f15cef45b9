"""Background work of MONEY."""

from celery import shared_task
from django.utils import timezone
from training.domain.openings import recheck

from casework.domain.jobs import finish, running
from casework.domain.moves import Obstructed, take
from casework.enums import State
from eligibility.enums import Gate
from subsidies.domain.claims import add_up
from subsidies.models import Subsidy


@shared_task
def check_claim(job_id: int) -> None:
    """Check everyone of a claim again at the subsidy gate, then put it on the desk (R-SUB-2)."""
    with running(job_id) as job:
        if job is None:
            return
        subsidy = Subsidy.objects.select_related("training_class").get(pk=job.object_id)
        recheck(subsidy.training_class, Gate.SUBSIDY, job=job)
        add_up(subsidy)
        if subsidy.state == State.CHECKING:
            try:
                take(subsidy, "checked", by=None)
            except Obstructed:
                subsidy.refresh_from_db()
        finish(job)


@shared_task
def end_publicity() -> int:
    """Put claims whose publicity is over on the desk that approves them; returns how many (R-SUB-4)."""
    over = Subsidy.objects.filter(state=State.PUBLICITY, publicity__ends__lt=timezone.localdate())
    for subsidy in over:
        take(subsidy, "publicity_over", by=None)
    return len(over)
