"""A worker killed with SIGKILL in the middle of a check: taken up again, nobody asked twice,
nothing double (R-ELG-6).
"""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings as used
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from casework.domain.jobs import SILENCE, stuck, take_up_again
from casework.enums import JobState, State
from casework.models import Job, Notice, Step
from casework.tasks import requeue_stuck_jobs
from eligibility.models import Examination, RegistryAnswer
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.tasks.checks import check_roster

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

WORKER = """
import sys
import django
django.setup()
from django.conf import settings
from django.db import connection
database, job, settings.REGISTRY_URL, settings.REGISTRY_KEY_ID, *secrets = sys.argv[1:]
settings.REGISTRY_SECRET, settings.REGISTRY_KEY_PREFIX = secrets
connection.settings_dict["NAME"] = database
from training.tasks.checks import check_roster
check_roster(int(job))
"""


def start_worker(job: Job) -> subprocess.Popen[bytes]:
    """A process of its own that works on the job in this test's database."""
    words = [
        connection.settings_dict["NAME"],
        str(job.pk),
        used.REGISTRY_URL,
        used.REGISTRY_KEY_ID,
        used.REGISTRY_SECRET,
        used.REGISTRY_KEY_PREFIX,
    ]
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *words], env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    )


def wait_until(holds, worker: subprocess.Popen[bytes], job: Job, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert worker.poll() is None, (worker.returncode, what_is_known(job))
        assert time.monotonic() < end, what_is_known(job)
        time.sleep(0.05)


def what_is_known(job: Job) -> tuple[object, ...]:
    """Where the job stands, for the message of a test that waited in vain."""
    answers = RegistryAnswer.objects.filter(job=job).values_list("registry", "problem").annotate(Count("pk"))
    return (*Job.objects.values_list("state", "message", "attempts", "done", "total").get(pk=job.pk), list(answers))


def test_a_killed_worker_costs_only_the_batch_in_flight(registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    registries.behave("social_security", "slow", latency_ms=8000)
    walk.submit()
    job = walks.newest_job(walk.opening)
    worker = start_worker(job)
    try:
        wait_until(lambda: RegistryAnswer.objects.filter(job=job).count() == 12, worker, job)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert (Job.objects.get(pk=job.pk).state, walk.opening.state) == (JobState.RUNNING, State.CHECKING)
    registries.behave("social_security", "normal")
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - SILENCE - timedelta(seconds=1))
    (lost,) = stuck()
    assert lost.pk == job.pk
    check_roster(job.pk)
    asked = registries.subjects()
    assert {
        n["asked"] for code in ("employment", "business", "labour_contract", "population") for n in asked[code].values()
    } == {1}
    assert (RegistryAnswer.objects.filter(job=job).count(), Examination.objects.count()) == (15, 3)
    assert (walk.opening.state, Job.objects.get(pk=job.pk).attempts) == (State.IN_REVIEW, 2)
    assert Step.objects.filter(kind="opening", move="checked").count() == 1
    assert not Notice.objects.filter(text__contains="再次比对").exists()
    assert requeue_stuck_jobs() == 0
    assert take_up_again(Job.objects.get(pk=job.pk)) is None
    assert Job.objects.get(pk=job.pk).state == JobState.DONE
