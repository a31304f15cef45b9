"""A program asks before submitting who may not fit, as the page does (R-ELG-1, R-SEC-4)."""

import pytest
from django.urls import reverse

from eligibility.enums import Verdict
from tests import factories
from tests.factories import eligibility as people
from training.tasks.prechecks import run_precheck

pytestmark = pytest.mark.django_db
SECRET = "91150100MA0N0J0A1F"


def test_the_applicants_program_gets_verdict_and_advice_and_nobody_elses_does(walk, api, registries):
    registries.load([people.insured(walk.people[1], SECRET)])
    school, address = api(walk.applicant), reverse("api_class_precheck", args=[walk.training_class.pk])
    assert school.get(address).json() == {"job": None, "trainees": []}
    accepted = school.post(address)
    assert (accepted.status_code, accepted.json()["state"]) == (202, "queued")
    assert school.post(address).status_code == 409
    run_precheck(accepted.json()["id"])
    answer = school.get(address)
    assert answer.json()["job"]["state"] == "done"
    first, *others = answer.json()["trainees"]
    assert (first["name"], first["verdict"]) == (walk.people[1].name, Verdict.INELIGIBLE)
    assert all(line["check"] and line["advice"] for line in first["advice"])
    assert {one["verdict"] for one in others} == {Verdict.ELIGIBLE}
    assert SECRET not in answer.content.decode()
    assert walk.people[1].number not in answer.content.decode()
    assert api(walk.officer).get(address).status_code == 403
    assert api(factories.operator(factories.unit())).get(address).status_code == 404
