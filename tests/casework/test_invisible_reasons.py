"""A reason of invisible characters is none, at every door where one is asked for (R-OPN-5; R-SEC-2)."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, get_resolver, reverse

from accounts.domain.authority import grant, revoke
from accounts.domain.memberships import end_membership, set_organisation_active
from accounts.domain.unmask import unmask
from accounts.domain.upkeep import deactivate
from accounts.enums import Act, OrganisationKind, Role
from accounts.models import Event
from casework.models import Comment, Step
from eligibility.models import Assistance, Overruling, Recognition
from kit.refusals import Refused
from reports.models import Export
from subsidies.domain.budgets import set_budget
from tests.api.conftest import api
from tests.eligibility.desk import asked, insured_class, paper, shareholders
from tests.factories import administrator, confirmed, division, member, office, officer, unit
from tests.factories.casework import submitted
from tests.training.conftest import registries
from tests.training.test_settled_by_officer import employees
from tests.training.walk import held
from training.enums import ChangeKind
from training.models import Change, Enrolment

__all__ = ["api", "registries"]
pytestmark = pytest.mark.django_db
UNSEEN = ["\u200b\u200d", "\u3000\u2066\u2069", "\u3164\u2800", "\u180e\ufe0f\u00ad", "\u061c\U000e0041"]


@pytest.mark.parametrize("unseen", UNSEEN)
def test_a_case_is_not_returned_and_nothing_is_said_about_it_for_an_unseen_reason(browser, unseen):
    registration, _seat = submitted()
    client = browser(officer())
    address = reverse("move", args=["registration", registration.pk, "return"])
    answer = client.post(address, {"expected_version": registration.version, "reason": unseen, "reason_choice": unseen})
    assert (answer.status_code, Step.objects.filter(move="return").exists()) == (409, False)
    assert (
        client.post(reverse("case_comments", args=["registration", registration.pk]), {"text": unseen}).status_code
        == 400
    )
    assert not Comment.objects.exists()


@pytest.mark.parametrize("unseen", UNSEEN[:2])
def test_nobody_is_struck_out_or_answered_for_an_unseen_reason(browser, registries, unseen):
    walk = shareholders(registries)
    client, row = browser(walk.officer), asked()[0]
    strike = client.post(
        reverse("enrolment_strike", args=[row.subject_id]),
        {"confirmed": "1", "reason": unseen, "reason_choice": unseen},
    )
    assert (strike.status_code, Enrolment.objects.filter(struck_out_at__isnull=False).exists()) == (409, False)
    answer = client.post(
        reverse("assistance_answer", args=[row.pk]), {"answer": "confirmed", "letter": unseen, "note": unseen}
    )
    assert (answer.status_code, Assistance.objects.get(pk=row.pk).answer) == (400, "open")


@pytest.mark.parametrize("unseen", UNSEEN[:2])
def test_no_watch_entry_is_dealt_with_for_an_unseen_reason(browser, api, registries, unseen):
    walk = shareholders(registries, ["乌云"])
    change = Change.objects.create(
        enrolment=walk.enrolments[0],
        what=ChangeKind.HIRED,
        registry="employment",
        since=walk.training_class.first_day,
        key="1",
        seen_at=walk.opening.submitted_at,
    )
    page, door = reverse("change_dealt", args=[change.pk]), f"/api/v1/watch/{change.pk}/dealt/"
    assert browser(walk.officer).post(page, {"note": unseen, "document": "函1号"}).status_code in (400, 409)
    assert api(walk.officer).post(door, {"note": unseen, "document": "函1号"}).status_code in (400, 409)
    assert not Event.objects.filter(act="watch.dealt_with").exists()
    assert Change.objects.filter(dealt_at=None).count() == 1
    assert api(walk.officer).post(door, {"note": "已核实", "document": "函1号"}).status_code == 200
    assert Change.objects.get().note == "已核实"


@pytest.mark.parametrize("unseen", UNSEEN[:2])
def test_no_kept_attendance_is_corrected_for_an_unseen_reason(browser, api, registries, unseen):
    walk = held(registries)
    lesson = walk.training_class.lessons.order_by("day").last()
    marks = {one.pk: "absent" for one in walk.enrolments}
    page, door = (
        reverse("lesson_attendance", args=[walk.training_class.pk, lesson.pk]),
        f"/api/v1/lessons/{lesson.pk}/attendance/",
    )
    posted = {f"mark-{pk}": mark for pk, mark in marks.items()}
    assert browser(walk.applicant).post(page, {**posted, "correction": unseen}).status_code == 409
    assert api(walk.applicant).put(door, {"marks": marks, "correction": unseen}).status_code == 409
    assert not Event.objects.filter(act="attendance.corrected").exists()
    assert api(walk.applicant).put(door, {"marks": marks, "correction": "点名有误"}).status_code == 200


@pytest.mark.parametrize("unseen", UNSEEN)
def test_nothing_is_exported_for_an_unseen_purpose(browser, unseen):
    """The API has no exports."""
    membership = member(office("150100"))
    confirmed(grant(Act.EXPORT_PERSONS, to=membership.user, division=division("150100"), by=administrator("150100")))
    asks = {
        "form": "A",
        "year": 2025,
        "month": 3,
        "by": "category",
        "row": "total",
        "column": "started",
        "span": "month",
    }
    answer = browser(membership).post(reverse("export_new"), {**asks, "purpose": unseen * 10})
    assert (answer.status_code, Export.objects.exists()) == (400, False)
    assert not any(
        "export" in name
        for name in (
            str(one.name) for one in get_resolver("config.api_urls").url_patterns if isinstance(one, URLPattern)
        )
    )


@pytest.mark.parametrize("unseen", UNSEEN[:2])
def test_no_employer_is_recognised_on_an_unseen_letter(browser, api, registries, unseen):
    walk = employees(registries, "emp_distressed")
    walk.to_officer()
    said = {"answer": "refuted", "department": "工信局", "letter": "1号"}
    page, door = (
        reverse(name, args=["enrolment", walk.enrolments[0].pk]) for name in ("recognition_new", "api_recognition")
    )
    for field in ("department", "letter"):
        assert browser(walk.officer).post(page, said | {field: unseen}).status_code == 400
        assert api(walk.officer).post(door, said | {field: unseen}).status_code in (400, 409)
    assert not Recognition.objects.exists()


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
    league, membership = (
        administrator("150100"),
        member(office("150102", OrganisationKind.INDUSTRY, department="energy")),
    )
    given = grant(Act.FIRST_REVIEW_OPENING, to=membership.organisation, division=division(), by=league)
    before = Event.objects.count()
    for end, refusal in (
        (lambda: revoke(given, by=league, reason=unseen), Refused),
        (lambda: end_membership(membership, by=league, reason=unseen), Refused),
        (lambda: deactivate(membership.user, by=league, reason=unseen), Refused),
        (lambda: set_organisation_active(membership.organisation, False, by=league, reason=unseen), Refused),
    ):
        with pytest.raises(refusal):
            end()
    assert not Event.objects.filter(
        act__in=("grant.revoked", "membership.ended", "account.deactivated", "organisation.closed")
    ).exists()
    assert Event.objects.count() >= before


@pytest.mark.parametrize("unseen", UNSEEN)
def test_no_number_is_shown_and_no_budget_set_for_an_unseen_reason(unseen):
    membership, finance = officer(), member(office(kind=OrganisationKind.FINANCE), Role.FINANCE)
    with pytest.raises(Refused):
        unmask(membership, unseen, on=unit(), division=division())
    with pytest.raises(Exception, match="文号或依据"):
        set_budget(fund_source="employment", year=2026, amount=1, source=unseen, by=finance)


@pytest.mark.parametrize("unseen", UNSEEN[:1])
def test_no_registry_is_connected_otherwise_for_an_unseen_reason(browser, unseen):
    region = administrator("150000")
    answer = browser(region).post(
        reverse("registry_switch", args=["social_security"]), {"mode": "file", "reason": unseen}
    )
    assert answer.status_code == 400
    assert not Event.objects.filter(act="registry.switched").exists()
