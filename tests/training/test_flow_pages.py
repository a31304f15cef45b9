"""The same walk through the pages: what the officer sees and presses, what others get (R-SEC-1)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from casework.domain.moves import take
from casework.enums import State
from eligibility.models import Assistance
from tests import factories
from tests.factories import eligibility as people
from tests.training import walk as walks

pytestmark = pytest.mark.django_db


def as_user(client, membership):
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def insured(registries):
    """A class in review with one person who is insured as an employee."""
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    registries.load([people.insured(walk.people[1], "91150100MA0N0J0A1F")])
    walk.to_officer()
    return walk


def test_the_decision_page_names_the_person_the_evidence_and_the_clause_first(client, insured):
    page = as_user(client, insured.officer).get(reverse("case", args=["opening", insured.opening.pk]))
    text = page.content.decode()
    assert page.status_code == 200
    assert text.index("巴特尔") < text.index("条件核对")
    assert "95号文 二(二)1(1)" in text
    assert "N二(二)" not in text
    assert "剔除此人" in text
    assert insured.people[1].number not in text


def test_the_applicant_sees_the_exceptions_without_the_officers_acts(client, insured):
    text = (
        as_user(client, insured.applicant).get(reverse("case", args=["opening", insured.opening.pk])).content.decode()
    )
    assert "巴特尔" in text
    assert "剔除此人" not in text
    assert "历次记录" not in text


def test_striking_out_and_approving_in_the_browser(client, insured):
    as_user(client, insured.officer)
    answer = client.post(
        reverse("enrolment_strike", args=[insured.enrolments[1].pk]),
        {"reason_choice": "本人未能提供证明材料", "confirmed": "1"},
    )
    assert answer.status_code == 302
    opening = insured.opening
    answer = client.post(
        reverse("move", args=["opening", opening.pk, "approve"]), {"expected_version": opening.version}
    )
    assert (answer.status_code, insured.opening.state) == (302, State.APPROVED)
    text = as_user(client, insured.applicant).get(reverse("case", args=["opening", opening.pk])).content.decode()
    assert "本人未能提供证明材料" in text


def test_nobody_is_struck_out_by_one_click(client, insured):
    page = as_user(client, insured.officer).get(reverse("case", args=["opening", insured.opening.pk])).content.decode()
    assert page.index("剔除此人…</summary>") < page.index('name="confirmed"')
    door = reverse("enrolment_strike", args=[insured.enrolments[1].pk])
    answer = client.post(door, {"reason": "有企业为其参保"})
    assert (answer.status_code, "请先填写理由，再勾选“确认剔除”" in answer.content.decode()) == (409, True)
    assert client.post(door, {"reason": "", "confirmed": "1"}).status_code == 409
    assert not insured.enrolments[1].is_struck_out
    client.post(door, {"reason": "有企业为其参保", "confirmed": "1"})
    assert insured.enrolments[1].is_struck_out


def test_approval_in_the_browser_with_an_exception_is_refused_with_the_sentence(client, insured):
    opening = insured.opening
    answer = as_user(client, insured.officer).post(
        reverse("move", args=["opening", opening.pk, "approve"]), {"expected_version": opening.version}
    )
    assert answer.status_code == 409
    assert "2号 巴特尔：不符合" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [("nobody", 302), ("other_banner", 404), ("other_unit", 404), ("applicant", 403), ("colleague_without_grant", 302)],
)
def test_striking_out_is_the_desks(client, insured, who, status):
    memberships = {
        "other_banner": lambda: factories.officer("150103"),
        "other_unit": lambda: factories.operator(factories.unit()),
        "applicant": lambda: insured.applicant,
        "colleague_without_grant": lambda: factories.member(insured.officer.organisation),
    }
    if who != "nobody":
        as_user(client, memberships[who]())
    answer = client.post(
        reverse("enrolment_strike", args=[insured.enrolments[0].pk]), {"reason": "理由", "confirmed": "1"}
    )
    assert answer.status_code == status
    assert insured.enrolments[0].is_struck_out == (who == "colleague_without_grant")


def test_an_auditor_of_the_same_office_reads_but_does_not_strike(client, insured):
    auditor = factories.member(factories.office(kind="finance"), "auditor")
    as_user(client, auditor)
    assert client.get(reverse("case", args=["opening", insured.opening.pk])).status_code == 200
    assert (
        client.post(
            reverse("enrolment_strike", args=[insured.enrolments[0].pk]), {"reason": "理由", "confirmed": "1"}
        ).status_code
        == 403
    )


def test_an_assisted_check_is_answered_on_the_page_and_judged_at_once(client, registries):
    walk = walks.laid_off_class(["乌云"])
    registries.load([people.job_seeker(walk.people[0])])
    registries.add_records(
        "business",
        walk.people[0].number,
        [{"type": "post", "uscc": "91150100MA0N0J0A1F", "role": "shareholder", "from": "2019-01-01"}],
    )
    walk.to_officer()
    asked = Assistance.objects.get()
    as_user(client, walk.officer)
    listed = client.get(reverse("assistances")).content.decode()
    assert "乌云" in listed
    assert client.post(reverse("assistance_answer", args=[asked.pk]), {"answer": "confirmed"}).status_code == 400
    case = reverse("case", args=["opening", walk.opening.pk])
    answer = client.post(
        reverse("assistance_answer", args=[asked.pk]),
        {"answer": "confirmed", "letter": "市监函〔2026〕1号", "next": case},
    )
    assert (answer.status_code, answer.url) == (302, case)
    assert walk.enrolments[0].verdict == "eligible"
    take(walk.opening, "approve", by=walk.officer)


def test_a_reply_that_is_no_document_leaves_the_answer_untaken(client, registries):
    walk = walks.laid_off_class(["乌云"])
    registries.load([people.job_seeker(walk.people[0])])
    registries.add_records(
        "business",
        walk.people[0].number,
        [{"type": "post", "uscc": "91150100MA0N0J0A1F", "role": "shareholder", "from": "2019-01-01"}],
    )
    walk.to_officer()
    asked = Assistance.objects.get()
    answer = as_user(client, walk.officer).post(
        reverse("assistance_answer", args=[asked.pk]),
        {"answer": "confirmed", "letter": "1号", "file": SimpleUploadedFile("a.pdf", b"not a pdf at all")},
    )
    assert answer.status_code == 400
    asked.refresh_from_db()
    assert (asked.answer, walk.enrolments[0].verdict) == ("open", "needs_verification")


def test_the_life_line_gives_a_day_where_only_the_day_is_known(client, insured):
    text = as_user(client, insured.officer).get(reverse("person", args=[insured.people[1].pk])).content.decode()
    day = insured.reload().first_day.isoformat()
    assert f'<span class="sub">{day}</span>' in text
    assert f'<span class="sub">{day} ' not in text


def test_a_persons_life_line_is_for_officers_of_the_place(client, insured):
    address = reverse("person", args=[insured.people[1].pk])
    text = as_user(client, insured.officer).get(address).content.decode()
    assert "不符合" in text
    assert insured.people[1].masked_number in text
    assert insured.people[1].number not in text
    assert as_user(client, factories.officer("150103")).get(address).status_code == 404
    assert as_user(client, insured.applicant).get(address).status_code == 403


def test_rule_book_and_registries_answer_officers(client, insured):
    as_user(client, insured.officer)
    assert "下岗失业人员" in client.get(reverse("rules")).content.decode()
    assert client.get(reverse("rules"), {"table": "nothing"}).status_code == 404
    assert "社保系统" in client.get(reverse("registries")).content.decode()
    assert as_user(client, insured.applicant).get(reverse("registries")).status_code == 403
