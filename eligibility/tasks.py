"""Background work of eligibility."""

from celery import shared_task

from eligibility.domain.examine import subject_kinds


@shared_task(name="eligibility.tasks.ask_again")
def ask_again() -> int:
    """Ask silent registries again for everyone they left open; the rooms above know whom (R-ELG-1, R-ELG-6). Gives how many checks."""
    return sum(kind.ask_again() for kind in subject_kinds().values())
