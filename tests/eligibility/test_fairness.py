"""A roster of 10,000 does not starve a roster of 20: what people wait for goes first (R-ELG-6)."""

import threading
from datetime import date

import pytest
from django.conf import settings
from django.db import connection

from casework.domain.jobs import queue
from casework.models import Job
from eligibility.domain import crosscheck
from eligibility.domain.crosscheck import SMALL, Questions, queue_for
from eligibility.domain.people import number_hash
from eligibility.models import RegistryAnswer
from eligibility.registries.protocol import Subject
from eligibility.tasks import ask_again
from kit.ids import citizen_number_from
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.domain.verification.precheck import start

MANY, FEW = 3000, 20


def crowd(count: int, division: str) -> Questions:
    """So many people nobody knows, asked about at one registry."""
    numbers = [
        citizen_number_from(division, date(1970 + n // 300, 1 + n % 300 // 28, 1 + n % 28), n % 999 + 1)
        for n in range(count)
    ]
    return Questions({"employment": {number_hash(number): Subject("person", number) for number in numbers}})


@pytest.mark.django_db
def test_what_somebody_waits_for_is_queued_with_what_people_wait_for_and_large_rosters_behind():
    assert (queue_for(1), queue_for(SMALL), queue_for(SMALL + 1)) == ("interactive", "interactive", "checks")
    assert settings.CELERY_TASK_QUEUES_ORDER.index("interactive") < settings.CELERY_TASK_QUEUES_ORDER.index("checks")


@pytest.mark.django_db
def test_a_small_class_its_precheck_and_its_completion_go_first_and_the_machines_own_asking_behind(registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    assert start(walk.training_class, by=walk.applicant).queue == "interactive"
    Job.objects.all().delete()
    registries.behave("business", "down")
    walk.to_officer()
    assert walks.newest_job(walk.opening).queue == "interactive"
    Job.objects.update(ended_at="2020-01-01T00:00:00Z")
    assert ask_again() == 1
    assert walks.newest_job(walk.opening).queue == "checks", "nobody waits for what the machine asks once more"


@pytest.mark.django_db
def test_a_class_of_more_people_than_one_call_answers_is_queued_behind(registries, monkeypatch):
    monkeypatch.setattr(crosscheck, "SMALL", 2)
    walk = walks.laid_off_class()
    walk.submit()
    assert walks.newest_job(walk.opening).queue == "checks"


@pytest.mark.django_db(transaction=True)
def test_a_small_class_is_done_while_a_large_one_is_under_way(registries, settings):
    settings.REGISTRY_LIMITS = {"employment": {"concurrency": 1}}
    registries.behave("employment", "slow", latency_ms=40)
    large = queue("test.none", title="万人名册", queue_name=queue_for(MANY))
    small = queue("test.none", title="二十人名册", queue_name=queue_for(FEW))

    def check_many() -> None:
        try:
            crosscheck.ask(large, crowd(MANY, "150102"))
        finally:
            connection.close()

    worker = threading.Thread(target=check_many)
    worker.start()
    while not RegistryAnswer.objects.filter(job=large).exists():
        assert worker.is_alive()
        worker.join(0.02)
    crosscheck.ask(small, crowd(FEW, "150203"))
    answered = RegistryAnswer.objects.filter(job=large).count()
    assert RegistryAnswer.objects.filter(job=small, facts__isnull=False).count() == FEW
    assert 0 < answered < MANY / 2, "the large one has begun and has most of its way before it"
    worker.join()
    assert RegistryAnswer.objects.filter(job=large, facts__isnull=False).count() == MANY
