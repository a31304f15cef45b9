"""Moves through the page: once, by the right person, with sentences when refused (R-OPN-5, R-AUT-5)."""

import threading
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.enums import OrganisationKind, Role
from accounts.models import Event
from casework.domain.flow import Who, flows
from casework.enums import State
from casework.models import Notice, Step
from tests.factories import member, office, officer, operator, unit
from tests.factories.casework import draft, submitted

pytestmark = pytest.mark.django_db


def url(application, name: str) -> str:
    return reverse("move", args=["registration", application.pk, name])


def page(application) -> str:
    return reverse("case", args=["registration", application.pk])


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls together, each with its own connection; their answers in order."""
    start, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(n: int) -> None:
        try:
            start.wait()
            answers[n] = calls[n]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_an_officer_agrees_and_the_applicant_reads_it(browser):
    registration, applicant = submitted()
    answer = browser(officer()).post(
        url(registration, "approve"), {"expected_version": 1, "reason": "材料齐全"}, follow=True
    )
    assert answer.redirect_chain == [(page(registration), 302)]
    assert "已办理：同意" in answer.content.decode()
    registration.refresh_from_db()
    assert registration.state == State.APPROVED
    shown = browser(applicant).get(page(registration)).content.decode()
    assert "已同意" in shown
    assert "材料齐全" in shown


def test_an_officer_who_reads_english_writes_to_the_unit_in_the_portal_s_language(browser):
    registration, applicant = submitted()
    client = browser(officer())
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.post(url(registration, "return"), {"expected_version": 1, "reason": "缺材料"})
    told = Notice.objects.get(organisation=applicant.organisation, kind="registration")
    assert "已退回补正：缺材料" in told.text


def test_a_return_without_a_reason_is_refused_and_nothing_is_changed(browser):
    registration, _seat = submitted()
    answer = browser(officer()).post(url(registration, "return"), {"expected_version": 1, "reason": "  "})
    assert answer.status_code == 409
    assert "退回补正须说明理由。" in answer.content.decode()
    registration.refresh_from_db()
    assert (registration.state, registration.version) == (State.IN_REVIEW, 1)


def test_the_chosen_sentence_and_the_free_words_become_one_reason(browser):
    registration, applicant = submitted()
    browser(officer()).post(
        url(registration, "return"),
        {"expected_version": 1, "reason_choice": "附件不清晰或缺失，请重新上传", "reason": "许可证看不清"},
    )
    step = Step.objects.get(kind="registration", object_id=registration.pk, move="return")
    assert step.reason == "附件不清晰或缺失，请重新上传；许可证看不清"
    shown = browser(applicant).get(page(registration)).content.decode()
    assert shown.index("许可证看不清") < shown.index("请补正后重新提交")


def test_a_ready_sentence_is_offered_only_where_a_reason_is_asked(browser):
    registration, _seat = submitted()
    shown = browser(officer()).get(page(registration)).content.decode()
    assert 'id="choice-return"' in shown
    assert 'id="choice-approve"' not in shown


def test_a_repeated_request_decides_once_and_answers_the_same(browser):
    registration, _seat = submitted()
    client = browser(officer())
    answers = [client.post(url(registration, "approve"), {"expected_version": 1}) for _again in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert Step.objects.filter(kind="registration", object_id=registration.pk, decides=True).count() == 1
    assert Event.objects.filter(act="registration.approve", subject_id=registration.pk).count() == 1


def test_the_second_officer_learns_who_was_first_and_keeps_what_was_typed(browser):
    registration, _seat = submitted()
    first, second = officer(), member(office("150102"))
    browser(first).post(url(registration, "approve"), {"expected_version": 1})
    answer = browser(second).post(url(registration, "refuse"), {"expected_version": 1, "reason": "场地不符合要求"})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert first.user.full_name in shown
    assert "场地不符合要求" in shown
    registration.refresh_from_db()
    assert registration.state == State.APPROVED


def test_a_form_without_its_version_is_not_carried_out(browser):
    registration, _seat = submitted()
    answer = browser(officer()).post(url(registration, "approve"), {})
    assert answer.status_code == 409
    assert "版本号" in answer.content.decode()
    registration.refresh_from_db()
    assert registration.state == State.IN_REVIEW


def test_what_cannot_be_done_now_stands_beside_its_greyed_button(browser):
    registration, applicant = draft()
    registration.unit.teachers.all().delete()
    shown = browser(applicant).get(page(registration)).content.decode()
    assert "act-blocked" in shown
    assert "还没有登记师资" in shown
    answer = browser(applicant).post(url(registration, "submit"), {"expected_version": 0})
    assert answer.status_code == 409
    assert "还没有登记师资" in answer.content.decode()


def test_an_applicant_submits_and_takes_back_by_the_page(browser):
    office("150102")
    registration, applicant = draft()
    client = browser(applicant)
    assert client.post(url(registration, "submit"), {"expected_version": 0}).status_code == 302
    assert client.post(url(registration, "withdraw"), {"expected_version": 1}).status_code == 302
    registration.refresh_from_db()
    assert (registration.state, registration.version) == (State.DRAFT, 2)


def test_a_case_is_never_sent_to_a_desk_that_does_not_exist(browser):
    registration, applicant = draft()
    answer = browser(applicant).post(url(registration, "submit"), {"expected_version": 0})
    assert answer.status_code == 409
    assert "还没有设立受理部门" in answer.content.decode()
    registration.refresh_from_db()
    assert (registration.state, registration.version) == (State.DRAFT, 0)


@pytest.mark.parametrize("name", [move.name for move in flows()["registration"].moves if move.who is not Who.APPLICANT])
def test_an_institution_cannot_take_any_move_of_the_office_or_the_system(browser, name):
    registration, applicant = submitted()
    own = browser(applicant).post(url(registration, name), {"expected_version": 1, "reason": "同意"})
    assert own.status_code == 403
    assert "没有任何改动" not in own.content.decode()
    other = browser(operator(unit())).post(url(registration, name), {"expected_version": 1, "reason": "同意"})
    assert other.status_code == 404
    registration.refresh_from_db()
    assert (registration.state, registration.version) == (State.IN_REVIEW, 1)


def test_an_officer_cannot_submit_for_the_unit(browser):
    registration, _seat = draft()
    answer = browser(officer()).post(url(registration, "submit"), {"expected_version": 0})
    assert answer.status_code == 403
    assert "只有申请单位的经办人可以办理。" in answer.content.decode()


@pytest.mark.parametrize(
    ("membership", "status"),
    [
        (lambda: officer("150103"), 404),
        (lambda: officer(acts=("first_review_opening",)), 403),
        (lambda: member(office("150102", OrganisationKind.FINANCE), Role.FINANCE), 403),
        (lambda: member(office("150100"), Role.AUDITOR), 403),
    ],
    ids=["other banner", "no grant for registrations", "finance", "auditor above"],
)
def test_who_may_not_decide(browser, membership, status):
    registration, _seat = submitted()
    assert browser(membership()).post(url(registration, "approve"), {"expected_version": 1}).status_code == status
    registration.refresh_from_db()
    assert registration.state == State.IN_REVIEW


def test_moves_are_taken_by_post_only_and_by_names_that_exist(browser):
    registration, _seat = submitted()
    client = browser(officer())
    assert client.get(url(registration, "approve")).url == reverse("case", args=["registration", registration.pk])
    assert client.post(url(registration, "approve-all"), {"expected_version": 1}).status_code == 404
    assert client.post(reverse("move", args=["nothing", registration.pk, "approve"])).status_code == 404
    assert Client().post(url(registration, "approve"), {"expected_version": 1}).url.startswith(reverse("account_login"))


def test_a_form_from_another_site_is_not_taken():
    registration, _seat = submitted()
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer().user)
    answer = client.post(url(registration, "approve"), {"expected_version": 1})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_one_wins_and_the_other_is_told(browser):
    registration, _seat = submitted()
    first, second = browser(officer()), browser(member(office("150102")))
    answers = at_once(
        lambda: first.post(url(registration, "approve"), {"expected_version": 1}).status_code,
        lambda: (
            second.post(url(registration, "refuse"), {"expected_version": 1, "reason": "场地不符合要求"}).status_code
        ),
    )
    assert sorted(answers) == [302, 409]
    assert Step.objects.filter(kind="registration", object_id=registration.pk, decides=True).count() == 1
    registration.refresh_from_db()
    assert registration.state == (State.APPROVED if answers[0] == 302 else State.REFUSED)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_step(browser):
    registration, _seat = submitted()
    membership = officer()
    clients = [browser(membership), browser(membership)]
    answers = at_once(
        *[
            lambda client=client: client.post(url(registration, "approve"), {"expected_version": 1}).status_code
            for client in clients
        ]
    )
    assert answers == [302, 302]
    assert Step.objects.filter(kind="registration", object_id=registration.pk).count() == 2
