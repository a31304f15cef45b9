"""What becomes known when two records turn out to be one person (R-SUB-3, R-SEC-2)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Act
from casework.domain.moves import take
from eligibility.domain.corrections import draft
from subsidies.models import SubsidyLine
from tests import factories
from tests.factories import eligibility as people
from tests.factories import subsidies as money

pytestmark = pytest.mark.django_db


def seen_by(post, correction) -> str:
    client = Client()
    client.force_login(post.user)
    return client.get(reverse("case", args=["correction", correction.pk])).text


def test_a_subsidy_taken_twice_for_one_project_stands_on_the_decision_page_and_stays_after_agreeing():
    shared, one, other = money.project(), people.person("乌云"), people.person("乌云")
    first = money.approved_claim(persons=[one], project=shared)
    second = money.approved_claim(persons=[other], project=shared)
    keeper = factories.officer(acts=(Act.MAINTAIN_PERSONS,))
    correction = draft(one, "", other.number, "看错了", by=first.clerk)
    take(correction, "submit", by=first.clerk)
    page = seen_by(keeper, correction)
    assert "合并后属于重复享受" in page
    assert second.training_class.number in page
    assert "重复享受" not in seen_by(first.clerk, correction)
    take(correction, "approve", by=keeper)
    assert SubsidyLine.objects.filter(enrolment__person=other, state="approved").count() == 2


def test_two_projects_bring_up_nothing():
    one, other = people.person("乌云"), people.person("乌云")
    first = money.approved_claim(persons=[one], project=money.project())
    money.approved_claim(persons=[other], project=money.project())
    correction = draft(one, "", other.number, "看错了", by=first.clerk)
    take(correction, "submit", by=first.clerk)
    keeper = factories.officer(acts=(Act.MAINTAIN_PERSONS,))
    page = seen_by(keeper, correction)
    assert "新号码已有一份记录" in page
    assert "重复享受" not in page
