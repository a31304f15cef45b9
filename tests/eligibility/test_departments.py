"""A department with accounts answers 协查 itself: what it is asked, about whom, until when; reminders once a stage
(R-ELG-5).
"""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Department, OrganisationKind, Role
from accounts.models import Event
from casework.models import Attachment, Notice
from eligibility.domain.assistance import answer
from eligibility.domain.departments import NAMED_FOR, names_for
from eligibility.domain.letters import issue
from eligibility.enums import Answer, Verdict
from eligibility.models import Assistance, Reminder
from eligibility.rules.departments import asked_departments
from eligibility.tasks import remind_of_deadlines
from kit.refusals import NotAllowed
from tests import factories
from tests.eligibility.desk import asked, paper, shareholders
from training.enums import Stage
from training.models import Enrolment, TrainingClass

pytestmark = pytest.mark.django_db
GOOD = {"answer": "confirmed", "letter": "市监函〔2026〕9号"}


def department(which: str = Department.MARKET, code: str = "150102"):
    """Somebody in the department of a place."""
    return factories.member(factories.office(code, OrganisationKind.INDUSTRY, department=which), full_name="其木格")


@pytest.fixture
def walk(registries):
    return shareholders(registries)


@pytest.fixture
def market():
    return department()


def rows_of(people=None):
    return [row.pk for row in asked() if people is None or row.person in people]


def post_answer(client, rows, **changes):
    return client.post(reverse("asked_answer"), {"row": rows} | GOOD | changes)


# ── what it sees
# ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_department_account_is_asked_under_a_name_of_the_rule_tables():
    assert all(names_for(which) for which in NAMED_FOR)
    assert names_for(Department.EMERGENCY) == names_for("") == []
    assert {"残联"} == set(names_for(Department.DISABLED))
    assert {name for which in NAMED_FOR for name in names_for(which)} <= {one.zh for one in asked_departments()}


def test_the_desk_names_people_in_full_until_when_for_which_class_and_the_opening_is_on_record(walk, market, browser):
    letter = issue(asked()[:1], by=walk.officer)
    page = browser(market).get(reverse("asked"))
    text = page.content.decode()
    assert all(person.name in text and person.number in text for person in walk.people)
    assert letter.number in text
    assert walk.training_class.number in text
    assert letter.due_on.isoformat() in text
    assert page["Cache-Control"] == "private, no-store"
    event = Event.objects.get(act="assistance.shown")
    assert (event.membership, event.data["people"], sorted(event.data["questions"])) == (market, 3, rows_of())
    assert walk.people[0].number not in str(event.data)


def test_the_menu_and_the_home_page_say_how_many_wait(walk, market, browser):
    page = browser(market).get(reverse("home")).content.decode()
    assert page.count(f'href="{reverse("asked")}"') == 2
    assert '<b class="count">3</b>' in page
    assert reverse("asked") not in browser(walk.officer).get(reverse("home")).content.decode()


def test_what_the_numbers_of_the_menu_cost_does_not_grow_with_the_people(
    walk, market, browser, django_assert_num_queries, registries
):
    client = browser(market)
    client.get(reverse("asked"))
    with django_assert_num_queries(9):
        client.get(reverse("asked"))
    Assistance.objects.filter(pk__in=rows_of()[1:]).delete()
    with django_assert_num_queries(9):
        client.get(reverse("asked"))


@pytest.mark.parametrize(
    ("which", "code"),
    [(Department.DISABLED, "150102"), (Department.MARKET, "150103"), (Department.EMERGENCY, "150102")],
)
def test_another_department_and_another_place_are_asked_nothing(walk, browser, which, code):
    client = browser(department(which, code))
    page = client.get(reverse("asked")).content.decode()
    assert walk.people[0].name not in page
    assert "没有等待贵部门答复" in page
    assert post_answer(client, rows_of()).status_code == 404
    assert set(Assistance.objects.values_list("answer", flat=True)) == {Answer.OPEN}
    assert not Event.objects.filter(act="assistance.shown").exists()


def test_the_leagues_department_answers_for_its_banners(walk, browser):
    assert post_answer(browser(department(code="150100")), rows_of()).status_code == 302
    assert {e.verdict for e in walk.enrolments} == {Verdict.ELIGIBLE}


@pytest.mark.parametrize("who", ["officer", "unit", "auditor"])
def test_the_departments_desk_is_nobody_elses(walk, browser, who):
    memberships = {
        "officer": lambda: walk.officer,
        "unit": lambda: walk.applicant,
        "auditor": lambda: factories.member(walk.officer.organisation, Role.AUDITOR),
    }
    client = browser(memberships[who]())
    assert client.get(reverse("asked")).status_code == 403
    assert post_answer(client, rows_of()).status_code == 403


def test_a_department_sees_neither_the_class_nor_other_peoples_questions(walk, market, browser):
    client = browser(market)
    assert client.get(reverse("case", args=["opening", walk.opening.pk])).status_code == 404
    assert client.post(reverse("assistance_answer", args=[rows_of()[0]]), GOOD).status_code == 404
    assert "没有等待协查" in client.get(reverse("assistances")).content.decode()


def test_nobody_is_asked_about_a_class_that_was_refused_or_a_person_struck_out(walk, market, browser):
    Enrolment.objects.filter(pk=walk.enrolments[0].pk).update(
        struck_out_at=timezone.now(), struck_out_by=walk.officer, strike_reason="退出"
    )
    page = browser(market).get(reverse("asked")).content.decode()
    assert (walk.people[0].name in page, walk.people[1].name in page) == (False, True)
    TrainingClass.objects.update(stage=Stage.REFUSED)
    assert walk.people[1].name not in browser(market).get(reverse("asked")).content.decode()
    assert post_answer(browser(market), rows_of()).status_code == 404


# ── what it answers
# ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_answer_for_many_is_recorded_as_the_departments_and_judged_at_once(walk, market, browser):
    assert post_answer(browser(market), rows_of()).status_code == 302
    assert [e.verdict for e in walk.enrolments] == [Verdict.ELIGIBLE] * 3
    row = asked()[0]
    assert (row.answered_by, row.department, row.letter, row.asked_of) == (
        market,
        market.organisation.name,
        GOOD["letter"],
        "市场监督管理部门",
    )
    events = Event.objects.filter(act="assistance.answered", membership=market)
    assert {event.data["department"] for event in events} == {market.organisation.name}
    assert len(events) == 3
    notice = Notice.objects.get(organisation=walk.officer.organisation, kind="assistance")
    assert "已答复3项协查" in notice.text
    page = browser(market).get(reverse("asked")).content.decode()
    assert walk.people[0].name in page
    assert walk.people[0].number not in page, "answered ones are masked again"


def test_a_department_may_say_no_or_that_it_cannot_say_and_decide_later(walk, market, browser):
    first, second, _third = rows_of()
    client = browser(market)
    assert post_answer(client, [first], answer="refuted").status_code == 302
    assert post_answer(client, [second], answer="cannot_say", letter="", note="查无此企业档案").status_code == 302
    assert [e.verdict for e in walk.enrolments] == [
        Verdict.INELIGIBLE,
        Verdict.NEEDS_VERIFICATION,
        Verdict.NEEDS_VERIFICATION,
    ]
    assert "无法核实" in client.get(reverse("asked")).content.decode()
    assert post_answer(client, [second]).status_code == 302
    assert walk.enrolments[1].verdict == Verdict.ELIGIBLE


def test_a_file_alone_is_evidence_and_goes_into_the_case(walk, market, browser):
    assert post_answer(browser(market), rows_of(), letter="", file=paper("市监复函.pdf")).status_code == 302
    assert asked()[0].note == "见附件“市监复函.pdf”"
    kept = Attachment.objects.get(kind="opening", object_id=walk.opening.pk, slot__startswith="assistance-")
    assert (kept.by, kept.name) == (market, "市监复函.pdf")


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"letter": "", "note": " "}, 409, "请填写复函文号或核实情况"),
        ({"answer": "perhaps"}, 400, "请选择协查结果"),
        ({"row": []}, 400, "请先勾选人员"),
        ({"row": ["4711"]}, 404, ""),
        ({"letter": "", "file": "broken"}, 400, ""),
    ],
)
def test_an_answer_without_evidence_result_or_people_is_refused_and_nothing_is_taken(
    walk, market, browser, changes, status, sentence
):
    if changes.get("file"):
        changes = changes | {"file": paper("复函.exe")}
        changes["file"].file.truncate(2)
    page = post_answer(browser(market), rows_of(), **changes)
    assert (page.status_code, sentence in page.content.decode()) == (status, True)
    assert set(Assistance.objects.values_list("answer", flat=True)) == {Answer.OPEN}


def test_one_foreign_question_among_many_and_nothing_is_taken(walk, market, browser):
    Assistance.objects.filter(pk=rows_of()[2]).update(asked_of="残联")
    assert post_answer(browser(market), rows_of()).status_code == 404
    assert set(Assistance.objects.values_list("answer", flat=True)) == {Answer.OPEN}


def test_what_the_office_answered_meanwhile_stays(walk, market, browser):
    row = asked()[0]
    answer(row.subject_kind, row.subject_id, row.check_code, "refuted", by=walk.officer, letter="市监函1号")
    assert post_answer(browser(market), [row.pk]).status_code == 404
    row.refresh_from_db()
    assert (row.answer, row.answered_by) == (Answer.REFUTED, walk.officer)


def test_the_domain_refuses_a_department_that_was_not_asked(walk):
    row = asked()[0]
    with pytest.raises(NotAllowed):
        answer(
            row.subject_kind,
            row.subject_id,
            row.check_code,
            "confirmed",
            by=department(Department.DISABLED),
            letter="函1号",
        )


def test_a_letter_is_announced_to_the_department_that_has_accounts(walk, market):
    letter = issue(asked(), by=walk.officer)
    (notice,) = Notice.objects.filter(organisation=market.organisation)
    assert letter.number in notice.text
    assert notice.url == reverse("asked")


def test_programs_of_the_department_read_and_answer_the_same(walk, market, browser):
    client = browser(market)
    rows = client.get(reverse("api_asked")).json()
    assert {row["number"] for row in rows} == {person.number for person in walk.people}
    assert Event.objects.filter(act="assistance.shown", membership=market).count() == 1

    def said(**changes):
        return client.post(
            reverse("api_asked_answers"),
            {"assistances": [row["id"] for row in rows]} | GOOD | changes,
            content_type="application/json",
        )

    assert said(answer="perhaps").status_code == 400
    assert said(assistances=[rows[0]["id"], 4711]).status_code == 404
    none = said(letter="")
    assert (none.status_code, none.json()["taken"], len(none.json()["refused"])) == (200, 0, 3)
    assert said().json() == {"taken": 3, "same": 0, "refused": []}
    assert {row.department for row in asked()} == {market.organisation.name}
    assert {e.verdict for e in walk.enrolments} == {Verdict.ELIGIBLE}
    assert client.get(reverse("api_asked")).json() == []
    assert browser(walk.officer).get(reverse("api_asked")).status_code == 403


# ── reminders
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def notices(organisation):
    return list(
        Notice.objects.filter(organisation=organisation, kind="assistance")
        .order_by("id")
        .values_list("text", flat=True)
    )


def due(days: int) -> None:
    Assistance.objects.update(due_on=timezone.localdate() + timedelta(days=days))


def test_beat_reminds_every_morning():
    assert settings.CELERY_BEAT_SCHEDULE["remind"]["task"] == remind_of_deadlines.name


def test_department_and_desk_are_reminded_once_when_the_day_nears_and_once_when_it_has_passed(walk, market):
    assert remind_of_deadlines() == 0
    due(1)
    assert (remind_of_deadlines(), remind_of_deadlines()) == (3, 0)
    assert notices(market.organisation) == ["3项协查即将到答复期限，请按期答复。"]
    assert notices(walk.officer.organisation) == ["3项协查即将到答复期限，部门还没有答复。"]
    due(-1)
    assert (remind_of_deadlines(), remind_of_deadlines()) == (3, 0)
    assert notices(market.organisation)[1:] == ["3项协查已超过答复期限，请尽快答复。"]
    assert notices(walk.officer.organisation)[1:] == ["3项协查已超过答复期限，部门还没有答复，请催办。"]
    assert Reminder.objects.count() == 6


def test_whoever_has_answered_is_not_reminded_and_a_late_question_needs_no_near_one(walk, market, browser):
    post_answer(browser(market), rows_of()[:2])
    Notice.objects.all().delete()
    due(-3)
    assert remind_of_deadlines() == 1
    assert notices(market.organisation) == ["1项协查已超过答复期限，请尽快答复。"]


def test_a_department_without_accounts_is_reminded_by_its_desk_alone(walk):
    factories.office(kind=OrganisationKind.INDUSTRY, department=Department.MARKET)
    due(0)
    remind_of_deadlines()
    assert Notice.objects.filter(kind="assistance").count() == len(notices(walk.officer.organisation)) == 1


def test_late_questions_are_marked_on_the_departments_desk(walk, market, browser):
    Assistance.objects.filter(pk=rows_of()[0]).update(due_on=timezone.localdate() - timedelta(days=1))
    page = browser(market).get(reverse("asked")).content.decode()
    assert "1 项超期" in page
    assert page.count("pill-danger") == 1
