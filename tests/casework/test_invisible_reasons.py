"""A reason of invisible characters is none, at every door where one is asked for (R-OPN-5; R-SEC-2)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.domain.authority import GrantRefused, grant, revoke
from accounts.domain.people import PostRefused, end_post, set_organisation_active
from accounts.domain.unmask import UnmaskRefused, unmask
from accounts.domain.upkeep import deactivate
from accounts.enums import Act, OrganisationKind, Role
from accounts.models import Event
from casework.models import Comment, Step
from eligibility.models import Assistance, Overruling
from subsidies.domain.budgets import set_budget
from tests.eligibility.desk import asked, insured_class, paper, shareholders
from tests.factories import administrator, division, office, officer, post, unit
from tests.factories.casework import submitted
from tests.training.conftest import registries
from training.models import Enrolment

__all__ = ["registries"]
pytestmark = pytest.mark.django_db
UNSEEN = ["\u200b\u200d", "\u3000\u2066\u2069", "\u3164\u2800", "\u180e\ufe0f\u00ad", "\u061c\U000e0041"]


@pytest.mark.parametrize("unseen", UNSEEN)
def test_a_case_is_not_returned_and_nothing_is_said_about_it_for_an_unseen_reason(browser, unseen):
    registration, _seat = submitted()
    client = browser(officer())
    address = reverse("move", args=["registration", registration.pk, "return"])
    answer = client.post(address, {"expected_version": registration.version, "reason": unseen, "reason_choice": unseen})
    assert (answer.status_code, Step.objects.filter(move="return").exists()) == (409, False)
    assert client.post(reverse("case_comments", args=["registration", registration.pk]), {"text": unseen}).status_code == 400
    assert not Comment.objects.exists()


@pytest.mark.parametrize("unseen", UNSEEN[:2])
def test_nobody_is_struck_out_or_answered_for_an_unseen_reason(browser, registries, unseen):
    walk = shareholders(registries)
    client, row = browser(walk.officer), asked()[0]
    strike = client.post(reverse("enrolment_strike", args=[row.subject_id]), {"confirmed": "1", "reason": unseen, "reason_choice": unseen})
    assert (strike.status_code, Enrolment.objects.filter(struck_out_at__isnull=False).exists()) == (409, False)
    answer = client.post(reverse("assistance_answer", args=[row.pk]), {"answer": "confirmed", "letter": unseen, "note": unseen})
    assert (answer.status_code, Assistance.objects.get(pk=row.pk).answer) == (409, "open")


@pytest.mark.parametrize("unseen", UNSEEN[2:4])
def test_no_registry_is_overruled_for_an_unseen_reason(browser, registries, unseen):
    walk = insured_class(registries)
    enrolment = walk.enrolments[1]
    failed = next(r["code"] for r in enrolment.examination.results["results"] if r["outcome"] == "fail")
    address = reverse("overruling_new", args=["enrolment", enrolment.pk, failed])
    assert browser(walk.officer).post(address, {"reason": unseen, "file": paper()}).status_code == 400
    assert not Overruling.objects.exists()


@pytest.mark.parametrize("unseen", UNSEEN)
def test_no_right_seat_account_or_office_ends_for_an_unseen_reason(unseen):
    league, seat = administrator("150100"), post(office("150102", OrganisationKind.INDUSTRY, department="energy"))
    given = grant(Act.FIRST_REVIEW_OPENING, to=seat.organisation, division=division(), by=league)
    before = Event.objects.count()
    for end, refusal in (
        (lambda: revoke(given, by=league, reason=unseen), GrantRefused), (lambda: end_post(seat, by=league, reason=unseen), PostRefused),
        (lambda: deactivate(seat.user, by=league, reason=unseen), PostRefused),
        (lambda: set_organisation_active(seat.organisation, False, by=league, reason=unseen), PostRefused),
    ):
        with pytest.raises(refusal):
            end()
    assert not Event.objects.filter(act__in=("grant.revoked", "post.ended", "account.deactivated", "organisation.closed")).exists()
    assert Event.objects.count() >= before


@pytest.mark.parametrize("unseen", UNSEEN)
def test_no_number_is_shown_and_no_budget_set_for_an_unseen_reason(unseen):
    seat, finance = officer(), post(office(kind=OrganisationKind.FINANCE), Role.FINANCE)
    with pytest.raises(UnmaskRefused):
        unmask(seat, unseen, on=unit(), division=division())
    with pytest.raises(Exception, match="文号或依据"):
        set_budget(fund_source="employment", year=2026, amount=1, source=unseen, by=finance)


@pytest.mark.parametrize("unseen", UNSEEN[:1])
def test_no_registry_is_connected_otherwise_for_an_unseen_reason(browser, unseen):
    region = administrator("150000")
    answer = browser(region).post(reverse("registry_switch", args=["social_security"]), {"mode": "file", "reason": unseen})
    assert answer.status_code == 400
    assert not Event.objects.filter(act="registry.switched").exists()
