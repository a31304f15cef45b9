"""Jobs that look after jobs."""

from celery import shared_task

from casework.domain.jobs import MOST_ATTEMPTS, stuck, take_up_again


@shared_task
def requeue_stuck_jobs() -> int:
    """Find jobs lost with their worker and queue them again, five times at most; then people take them up (R-ELG-6)."""
    lost = [job for job in stuck() if job.attempts < MOST_ATTEMPTS]
    for job in lost:
        take_up_again(job)
    return len(lost)
