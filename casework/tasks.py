"""Jobs that look after jobs, and after the calendar."""

from celery import shared_task
from django.utils.translation import gettext as _

from accounts.domain.submissions import forget_old
from casework.domain.announcing import tell_everybody
from casework.domain.arrangements import take_over_from_package
from casework.domain.deliveries import send_due, spread
from casework.domain.digest import digest
from casework.domain.jobs import MOST_ATTEMPTS, finish, running, stuck, take_up_again
from casework.domain.operations import beat_heard
from casework.domain.reminding import remind, tell_of_work


@shared_task
def requeue_stuck_jobs() -> int:
    """Find jobs lost with their worker and queue them again, five times at most; then people take them up (R-ELG-6)."""
    beat_heard()
    lost = [job for job in stuck() if job.attempts < MOST_ATTEMPTS]
    for job in lost:
        take_up_again(job)
    return len(lost)


@shared_task
def take_over_arrangements() -> int:
    """Years a newer package of working days brought along; what depends on them is worked out again (R-SEC-3)."""
    return take_over_from_package()


@shared_task
def forget_submissions() -> int:
    """Drop the marks of forms that nobody hands in again any more."""
    return forget_old()


@shared_task
def deliver() -> int:
    """Tell the desks what came, find whom new notices should reach, send what is due; gives how many were taken up.

    Safe to run twice at once.
    """
    tell_of_work()
    while spread():
        pass
    taken = 0
    while sent := send_due():
        taken += sent
    return taken


@shared_task
def good_morning() -> int:
    """On working days: reminders of last days, and the digest; gives how many have a digest."""
    remind()
    return digest()


@shared_task
def announce(job_id: int) -> None:
    """The notices of an announcement; mail and SMS follow by `deliver`."""
    with running(job_id) as job:
        if job:
            told = tell_everybody(job)
            finish(job, _("已通知%(n)s人。") % {"n": told})
