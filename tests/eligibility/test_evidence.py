"""The evidence: each gate with what changed since the last, results frozen as asked (R-ELG-2,
R-SUB-2, R-ELG-5).
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.models import Job
from eligibility.domain.evidence import gates_of
from eligibility.domain.overrulings import propose, settle
from eligibility.models import Examination
from tests import factories
from tests.eligibility.desk import USCC, paper
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.domain.verification.verify import recheck

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(registries):
    made = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in made.people])
    made.to_officer()
    return made


def gate(walk, name):
    """The class compared at a later gate, as its check would."""
    job = Job.objects.create(task="x", title=name, kind="opening", object_id=walk.opening.pk, state="running")
    return recheck(walk.reload(), name, job=job)


def gates(walk, place=0):
    pk = walk.enrolments[place].pk
    return gates_of("enrolment", [pk])[pk]


def test_four_gates_are_shown_and_those_not_reached_say_so(walk, browser):
    assert [(one.gate, bool(one.examination)) for one in gates(walk)] == [
        ("opening", True),
        ("completion", False),
        ("subsidy", False),
        ("payment", False),
    ]
    page = browser(walk.officer).get(reverse("subject", args=["enrolment", walk.enrolments[0].pk]))
    assert page.text.count("还没有到这一环节") == 3


def test_only_what_changed_since_the_gate_before_is_told(walk, registries):
    registries.add_records(
        "social_security", walk.people[0].number, [{"type": "employee_insurance", "uscc": USCC, "from": "2020-01-01"}]
    )
    gate(walk, "completion")
    opening, completion, subsidy, _payment = gates(walk)
    assert (opening.changed, opening.open) == ([], [])
    assert [(one.code, one.before, one.outcome) for one in completion.changed] == [
        ("not_insured_as_employee", "pass", "fail")
    ]
    assert completion.examination.verdict == "ineligible"
    assert subsidy.changed == []


def test_what_is_still_open_is_told_as_unchanged_and_a_gate_left_out_compares_with_the_last_one_there_was(
    walk, registries
):
    registries.add_records(
        "social_security", walk.people[0].number, [{"type": "employee_insurance", "uscc": USCC, "from": "2020-01-01"}]
    )
    gate(walk, "completion")
    gate(walk, "payment")
    payment = gates(walk)[3]
    assert payment.changed == []
    assert [one.code for one in payment.open] == ["not_insured_as_employee"]


def test_the_judgement_of_an_earlier_gate_stays_as_it_was_asked(walk, registries):
    before = gates(walk)[0].examination.results
    registries.add_records(
        "social_security", walk.people[0].number, [{"type": "employee_insurance", "uscc": USCC, "from": "2020-01-01"}]
    )
    gate(walk, "completion")
    assert gates(walk)[0].examination.results == before
    assert gates(walk)[0].examination.verdict == "eligible"


def test_an_overruled_fail_shows_as_overruled_with_who_and_why(walk, registries, browser):
    registries.add_records(
        "social_security", walk.people[0].number, [{"type": "employee_insurance", "uscc": USCC, "from": "2020-01-01"}]
    )
    gate(walk, "completion")
    made = propose("enrolment", walk.enrolments[0].pk, "not_insured_as_employee", "已离职", paper(), by=walk.officer)
    settle(made, agree=True, by=factories.member(walk.officer.organisation))
    completion = gates(walk)[1]
    assert [(one.code, one.overruled, one.tone) for one in completion.changed] == [
        ("not_insured_as_employee", True, "secondary")
    ]
    page = browser(walk.officer).get(reverse("subject", args=["enrolment", walk.enrolments[0].pk])).text
    assert "不符合（已推翻）" in page
    assert "已离职" in page


def test_a_precheck_of_the_applicant_is_no_gate(walk):
    enrolment = walk.enrolments[0]
    with factories.world_as_it_was():
        assert Examination.objects.filter(subject_id=enrolment.pk).update(gate="precheck")
    assert [one.examination for one in gates(walk)] == [None, None, None, None]


def test_the_strip_is_one_query_however_many(walk):
    gate(walk, "completion")
    ids = [row.pk for row in walk.enrolments]
    for chosen in (ids[:1], ids):
        with CaptureQueriesContext(connection) as asked:
            assert len(gates_of("enrolment", chosen)) == len(chosen)
        assert len(asked) == 1


def test_htmx_gets_the_strip_alone(walk, browser):
    address = reverse("subject", args=["enrolment", walk.enrolments[0].pk])
    part = browser(walk.officer).get(address, headers={"HX-Request": "true"}).text
    assert ("<html" in part, "gates-gate" in part) == (False, True)


def test_outside_the_scope_there_is_no_evidence(walk, browser):
    address = reverse("subject", args=["enrolment", walk.enrolments[0].pk])
    assert browser(factories.officer("150203")).get(address).status_code == 404
    assert browser(factories.operator(factories.unit())).get(address).status_code == 404
    assert browser(walk.officer).get(reverse("subject", args=["nothing", 1])).status_code == 404
    for nobody in (
        2**63 - 1,
        2**63,
        10**20,
    ):  # the largest number the database has, the first it has not, one no address is made for
        assert (
            browser(walk.officer).get(address.replace(f"/{walk.enrolments[0].pk}/", f"/{nobody}/")).status_code == 404
        )


def test_the_persons_page_shows_every_training_with_its_gates(walk, browser):
    page = browser(walk.officer).get(reverse("person", args=[walk.people[0].pk])).text
    assert f'id="enrolment-{walk.enrolments[0].pk}"' in page
    assert page.count("gates-gate") == 4
