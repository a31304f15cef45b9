"""R-AUT-5: nobody agrees to opening, completion and first review of one class; the whole chain is searched at night."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.domain.findings import search, sentence_of
from accounts.domain.tokens import issue_token
from casework.models import Parameter, Step
from kit.refusals import NotNow
from tests import factories
from tests.factories import subsidies as money
from tests.factories.guards import as_the_owner

pytestmark = pytest.mark.django_db
SENTENCE = "补贴初审须由另一人办理"


def both_by(case: money.Case, *more: str) -> None:
    """The class as if its first reviewer had agreed to opening and completion alone."""
    who = case.first
    as_the_owner(
        "casework_step",
        f"UPDATE casework_step SET reviewer_id = {who.user_id}, by_id = {who.pk} "
        "WHERE move = 'approve' AND kind IN ('opening', 'completion')",
        *more,
    )


@pytest.fixture
def one_officer():
    """A claim in first review whose class `first` opened and completed."""
    money.standard()
    case = money.completed_class()
    both_by(case)
    return case.in_review()


def note(code: str | None, value: int) -> None:
    """The league's row for a place, with its document."""
    place = factories.division(code) if code else None
    Parameter.objects.create(
        code="three_reviews_apart", division=place, value=value, since=date(2021, 1, 1), source="呼人社发〔2021〕3号"
    )


def test_who_opened_and_completed_does_not_take_the_first_review(one_officer, client):
    with pytest.raises(NotNow, match=SENTENCE):
        one_officer.take("approve", one_officer.first)
    claim = one_officer.subsidy
    client.force_login(one_officer.first.user)
    assert SENTENCE in client.get(reverse("case", args=["subsidy", claim.pk])).content.decode()
    answer = client.post(reverse("move", args=["subsidy", claim.pk, "approve"]), {"version": claim.version})
    assert answer.status_code == 409
    assert one_officer.take("approve", one_officer.second).state == "in_review"


def test_the_api_says_the_same(one_officer):
    claim = one_officer.subsidy
    key, _token = issue_token(one_officer.first.user)
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Token {key}", HTTP_X_MEMBERSHIP=str(one_officer.first.pk))
    answer = program.post(
        f"/api/v1/subsidies/{claim.pk}/moves/approve/", {"expected_version": claim.version}, format="json"
    )
    assert answer.status_code == 409
    assert SENTENCE in answer.content.decode()


def test_the_league_lets_a_banner_with_few_officers_do_so(one_officer):
    note("150102", 0)
    assert one_officer.take("approve", one_officer.first).state == "in_review"


def test_what_another_banner_was_allowed_says_nothing_here(one_officer):
    note("150103", 0)
    with pytest.raises(NotNow, match=SENTENCE):
        one_officer.take("approve", one_officer.first)


def test_two_of_three_are_one_officers():
    money.standard()
    case = money.completed_class().in_review()  # opened by the second, completed by the first
    assert case.take("approve", case.first).state == "in_review"


def test_the_database_refuses_the_step_as_well(one_officer):
    claim, by = one_officer.subsidy, one_officer.first
    row = Step(
        kind="subsidy",
        object_id=claim.pk,
        number=claim.number,
        round=claim.round,
        version=claim.version,
        move="approve",
        from_state="in_review",
        to_state="in_review",
        decides=True,
        by=by,
        reviewer=by.user,
        actor=str(by),
        at=Step.objects.latest("pk").at,
    )
    with pytest.raises(IntegrityError, match="one person"), transaction.atomic():
        row.save()
    assert not Step.objects.filter(kind="subsidy", move="approve").exists()


def test_the_night_finds_who_did_what_two_should_do():
    case = money.approved_claim(1)
    assert [f for f in search() if f.subject_kind == "subsidy"] == []
    both_by(case, f"UPDATE casework_step SET by_id = {case.first.pk} WHERE move = 'conclude'")
    found = {f.code: sentence_of(f) for f in search() if f.subject_kind == "subsidy"}
    assert set(found) == {"three_reviews_by_one", "reviewed_and_concluded"}
    assert case.first.user.full_name in found["three_reviews_by_one"]
    assert case.subsidy.number in found["reviewed_and_concluded"]


def test_the_night_finds_who_decided_and_paid():
    case = money.approved_claim(1)
    batch = money.frozen_batch(case)
    assert "decided_and_paid" not in {f.code for f in search()}
    statement = f"UPDATE casework_step SET by_id = {case.second.pk} WHERE object_id = {batch.pk} AND move = 'freeze'"
    as_the_owner("casework_step", statement)
    assert "decided_and_paid" in {f.code for f in search()}


def test_what_the_league_allowed_is_no_finding():
    note("150102", 0)
    case = money.approved_claim(1)
    both_by(case)
    assert "three_reviews_by_one" not in {f.code for f in search()}
