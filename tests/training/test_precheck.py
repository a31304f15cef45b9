"""Before submitting, the applicant looks who may not fit; it counts nowhere (pre-check; R-ELG-1, R-SEC-1)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.domain.moves import take
from casework.enums import JobState, State
from casework.models import Job
from eligibility.domain import connections
from eligibility.domain.examine import results_of
from eligibility.enums import Gate, Verdict
from eligibility.models import Assistance, Examination
from tests import factories
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.domain.verification.precheck import PAUSE, TASK
from training.models import Enrolment, TrainingClass
from training.tasks.prechecks import run_precheck

pytestmark = pytest.mark.django_db
SECRET = "91150100MA0N0J0A1F"


@pytest.fixture
def walk(registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(walk.people[0]), people.insured(walk.people[1], SECRET)])
    registries.load([people.job_seeker(walk.people[2])])
    registries.add_records(
        "business",
        walk.people[2].number,
        [{"type": "post", "uscc": SECRET, "role": "shareholder", "from": "2019-01-01"}],
    )
    return walk


def address(walk):
    return reverse("class_precheck", args=[walk.training_class.pk])


def press(client, walk) -> Job:
    assert client.post(address(walk)).status_code == 302
    job = Job.objects.filter(task=TASK).latest("pk")
    run_precheck(job.pk)
    job.refresh_from_db()
    return job


def test_the_applicant_sees_verdict_and_advice_and_no_registry_fact(browser, walk):
    client = browser(walk.applicant)
    job = press(client, walk)
    assert (job.state, job.message) == (JobState.DONE, "已预检3人，2人可能不符合或待核。")
    text = client.get(address(walk)).content.decode()
    assert text.index("巴特尔") < text.index("乌云")
    real = Examination.objects.get(subject_id=walk.enrolments[1].pk)
    fail = next(r for r in results_of(real) if r.outcome == "fail")
    assert fail.label_zh in text
    assert fail.advice_zh in text
    assert fail.sentence_zh not in text
    assert SECRET not in text
    assert walk.people[1].number not in text


def test_a_precheck_counts_nowhere_else(browser, walk, registries):
    press(browser(walk.applicant), walk)
    assert set(Examination.objects.values_list("subject_kind", "gate")) == {("precheck", Gate.PRECHECK)}
    assert set(Enrolment.objects.values_list("verdict", "examination")) == {(Verdict.NONE, None)}
    assert not Assistance.objects.exists()
    assert walk.opening.state == State.DRAFT
    assert connections.waiting(walk.officer.division) == {}
    walk.to_officer()
    assert {e.gate for e in Examination.objects.filter(subject_kind="enrolment")} == {Gate.OPENING}
    assert [e.verdict for e in walk.enrolments] == [Verdict.ELIGIBLE, Verdict.INELIGIBLE, Verdict.NEEDS_VERIFICATION]
    assert "预检" not in browser(walk.officer).get(reverse("person", args=[walk.people[0].pk])).content.decode()


def test_it_is_repeated_at_most_every_few_minutes(browser, walk):
    client = browser(walk.applicant)
    assert client.post(address(walk)).status_code == 302
    assert "还在进行" in client.post(address(walk)).content.decode()
    run_precheck(Job.objects.get(task=TASK).pk)
    page = client.post(address(walk))
    assert (page.status_code, "请稍后再试" in page.content.decode()) == (409, True)
    Job.objects.filter(task=TASK).update(queued_at=timezone.now() - PAUSE - timedelta(seconds=1))
    assert client.post(address(walk)).status_code == 302


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("other_unit", 404), ("officer", 403), ("other_banner", 403)]
)
def test_it_is_the_applicants_alone(client, browser, walk, who, status):
    memberships = {
        "other_unit": lambda: factories.operator(factories.unit()),
        "officer": lambda: walk.officer,
        "other_banner": lambda: factories.officer("150103"),
    }
    membership = client if who == "nobody" else browser(memberships[who]())
    assert (membership.get(address(walk)).status_code, membership.post(address(walk)).status_code) == (status, status)
    assert not Job.objects.filter(task=TASK).exists()


def test_a_draft_without_days_or_people_is_told_what_is_missing(browser, walk):
    client = browser(walk.applicant)
    Enrolment.objects.all().delete()
    assert "花名册还是空的" in client.post(address(walk)).content.decode()
    TrainingClass.objects.update(category="")
    assert "请先填写人员类别" in client.post(address(walk)).content.decode()


def test_once_submitted_the_real_check_speaks(browser, walk):
    client = browser(walk.applicant)
    client.post(address(walk))
    job = Job.objects.get(task=TASK)
    take(walk.opening, "submit", by=walk.applicant)
    assert client.post(address(walk)).status_code == 409
    run_precheck(job.pk)
    job.refresh_from_db()
    assert (job.state, Examination.objects.exists()) == (JobState.DONE, False)


def test_a_silent_registry_leaves_the_advice_to_wait(browser, walk, registries):
    registries.behave("social_security", "down")
    client = browser(walk.applicant)
    press(client, walk)
    assert set(Examination.objects.values_list("verdict", flat=True)) == {Verdict.NEEDS_VERIFICATION}


def test_somebody_replaced_since_is_not_shown_the_others_result(browser, walk):
    client = browser(walk.applicant)
    press(client, walk)
    Enrolment.objects.filter(pk=walk.enrolments[1].pk).update(person=people.person("新人"))
    text = client.get(address(walk)).content.decode()
    assert "新人" not in text
    assert "乌云" in text
