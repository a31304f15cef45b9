"""The 协查 desk: by department and day, letters and sheets out, answers in, deadlines (R-ELG-5)."""

import io
from datetime import date, timedelta

import pytest
from django.core.signing import Signer
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.enums import Act, Role
from accounts.models import Event
from casework.domain.arrangements import enter, lines_of_text
from casework.domain.workdays import due_on
from casework.models import Attachment, Parameter
from eligibility.domain.assistance import Reply, answer, answer_many, waiting
from eligibility.domain.letters import issue
from eligibility.enums import Answer, Verdict
from eligibility.imports.replies import reply_sheet, take_replies
from eligibility.models import Assistance, Letter, LetterRow
from eligibility.rules.departments import department_for
from eligibility.rules.table import NMG_2020_95
from kit.errors import FileRefused
from kit.refusals import NotAllowed, Refused
from tests import factories
from tests.eligibility.desk import asked, filled, paper, shareholders, upload
from tests.factories.subsidies import at
from tests.training import walk as walks

pytestmark = pytest.mark.django_db
MARKET = "市场监督管理部门"
SAID, LETTER, NOTE, NAME, NUMBER, TOKEN = "协查结果", "复函文号", "核实情况", "姓名", "公民身份号码", "行号（勿改）"
GOOD = {SAID: "属实", LETTER: "市监函〔2026〕7号"}


@pytest.fixture
def walk(registries):
    return shareholders(registries)


def sheet_of(walk):
    return reply_sheet(issue(asked(), by=walk.officer))


def take_in(walk, content, **how):
    return take_replies(io.BytesIO(content), "答复.xlsx", by=how.pop("by", walk.officer), **how)


def verdicts(walk):
    return [enrolment.verdict for enrolment in walk.enrolments]


def test_every_check_people_answer_names_its_department():
    lines = [
        (check, kind) for kind in NMG_2020_95.categories for check in kind.checks if check.assisted or check.department
    ]
    for check, kind in lines:
        assert department_for(check.code, kind.code).zh == (
            check.department.zh if check.department else department_for(check.code).zh
        )
    veteran, disabled = (department_for("identity_assisted", category).zh for category in ("veteran", "disabled"))
    assert "退役军人" in veteran
    assert "残" in disabled


def test_a_question_knows_its_department_category_and_last_day(walk):
    question = asked()[0]
    assert (question.asked_of, question.category) == (MARKET, "laid_off_unemployed")
    assert question.due_on == due_on(timezone.localdate(), 10)


def test_the_league_may_set_its_own_deadline(registries):
    place = factories.division("150100")
    Parameter.objects.create(code="assistance_workdays", division=place, value=3, since="2020-07-01", source="示例")
    shareholders(registries, ["乌云"])
    assert asked()[0].due_on == due_on(timezone.localdate(), 3)


def test_the_desk_shows_department_day_deadline_and_what_is_late(walk, browser):
    page = browser(walk.officer).get(reverse("assistances")).content.decode()
    assert page.count(f"<h2>{MARKET}") == 1
    assert "项超期" not in page
    Assistance.objects.filter(pk=asked()[0].pk).update(
        due_on=timezone.localdate() - timedelta(days=1), asked_at=timezone.now() - timedelta(days=20)
    )
    page = browser(walk.officer).get(reverse("assistances")).content.decode()
    assert page.count(f"<h2>{MARKET}") == 2
    assert "1 项超期" in page


def test_a_letter_is_numbered_dated_and_on_the_record(walk):
    first, second = issue(asked()[:2], by=walk.officer), issue(asked()[2:], by=walk.officer)
    year = timezone.localdate().year
    assert [first.number, second.number] == [f"协查函150102〔{year}〕1号", f"协查函150102〔{year}〕2号"]
    assert (first.department, first.due_on) == (MARKET, due_on(timezone.localdate(), 10))
    event = Event.objects.filter(act="letter.issued").order_by("pk")[0]
    assert (event.data["number"], event.data["people"]) == (first.number, 2)
    assert walk.people[0].number not in str(event.data)


def test_questions_and_letters_asked_at_the_years_end_are_due_on_a_provisional_day_and_counted_again(
    registries, browser
):
    with at(date(2026, 12, 21)):
        walk = shareholders(registries, ["乌云", "苏和"])
        letter = issue(asked()[:1], by=walk.officer)
        assert [letter.due_on, asked()[1].due_on] == [date(2027, 1, 5)] * 2
        for page in (reverse("assistances"), reverse("letter", args=[letter.pk])):
            assert "2027-01-05（暂定：2027年放假安排公布前）" in browser(walk.officer).get(
                page
            ).content.decode().replace(" 前答复", ""), page
        enter(
            2027, lines_of_text("2027-01-04 放假\n2027-01-09 上班"), document="文", by=factories.administrator("150000")
        )
        letter.refresh_from_db()
        assert [letter.due_on, *(row.due_on for row in asked())] == [date(2027, 1, 6)] * 3


def test_the_first_letter_sets_the_last_day_and_a_reminder_does_not_move_it(walk):
    question = asked()[0]
    Assistance.objects.update(due_on=timezone.localdate() - timedelta(days=9))
    issue([question], by=walk.officer)
    question.refresh_from_db()
    assert question.due_on == due_on(timezone.localdate(), 10)
    Assistance.objects.update(due_on=timezone.localdate() - timedelta(days=9))
    issue([question], by=walk.officer)
    question.refresh_from_db()
    assert question.due_on == timezone.localdate() - timedelta(days=9)


def test_a_letter_to_two_departments_to_nobody_or_about_the_answered_is_refused(walk):
    questions = asked()
    Assistance.objects.filter(pk=questions[0].pk).update(asked_of="残联")
    with pytest.raises(Refused, match="残联"):
        issue(asked(), by=walk.officer)
    with pytest.raises(Refused):
        issue([], by=walk.officer)
    answer("enrolment", questions[1].subject_id, questions[1].check_code, "confirmed", by=walk.officer, letter="1号")
    with pytest.raises(Refused, match="已有协查答复"):
        issue([Assistance.objects.get(pk=questions[1].pk)], by=walk.officer)
    for membership in (factories.officer("150100"), factories.officer("150103"), walk.applicant):
        with pytest.raises(NotAllowed):
            issue([Assistance.objects.get(pk=questions[2].pk)], by=membership)
    assert not Letter.objects.exists()


def test_the_printed_letter_has_number_people_deadline_and_a_code_and_masks_the_numbers(walk, browser):
    desk = browser(walk.officer)
    answered = desk.post(reverse("letter_new"), {"row": [one.pk for one in asked()]})
    letter = Letter.objects.get()
    assert answered.url == reverse("letter", args=[letter.pk])
    page = desk.get(answered.url).content.decode()
    assert all(
        word in page
        for word in (letter.number, MARKET, "<svg", letter.due_on.isoformat(), *(p.name for p in walk.people))
    )
    assert walk.people[0].masked_number in page
    assert walk.people[0].number not in page


def test_whole_numbers_need_the_grant_and_a_purpose_and_are_put_on_record(walk, browser):
    letter = issue(asked(), by=walk.officer)
    address = reverse("letter", args=[letter.pk])
    assert browser(walk.officer).post(address, {"purpose": "发函市监局核实"}).status_code == 403
    factories.officer(acts=(Act.UNMASK_PERSONS,))
    assert browser(walk.officer).post(address, {"purpose": ""}).status_code == 400
    page = browser(walk.officer).post(address, {"purpose": "发函市监局核实"}).content.decode()
    assert walk.people[0].number in page
    event = Event.objects.get(act="person.unmasked")
    assert event.reason == "发函市监局核实"
    assert walk.people[0].number not in str(event.data)


def test_the_sheet_back_in_judges_everybody_at_once(walk):
    content = filled(
        sheet_of(walk), GOOD, GOOD | {SAID: "不属实", NOTE: "实际经营"}, {SAID: "无法核实", NOTE: "查无此企业档案"}
    )
    outcome = take_in(walk, content)
    assert (outcome.taken, outcome.same, outcome.refused) == (3, 0, [])
    assert verdicts(walk) == [Verdict.ELIGIBLE, Verdict.INELIGIBLE, Verdict.NEEDS_VERIFICATION]
    kept = asked()[0]
    assert (kept.answer, kept.letter, kept.department, kept.answered_by) == (
        "confirmed",
        "市监函〔2026〕7号",
        MARKET,
        walk.officer,
    )
    assert [one.answer for one in waiting(walk.officer)] == [Answer.CANNOT_SAY]


def test_the_same_sheet_twice_changes_nothing(walk):
    content = filled(sheet_of(walk), GOOD, GOOD)
    take_in(walk, content)
    events, examined = Event.objects.count(), [e.examination_id for e in walk.enrolments]
    outcome = take_in(walk, content)
    assert (outcome.taken, outcome.same, outcome.refused) == (0, 2, [])
    assert (Event.objects.count(), [e.examination_id for e in walk.enrolments]) == (events, examined)


def test_bad_rows_are_named_one_by_one_and_the_good_ones_taken(walk):
    content = filled(sheet_of(walk), GOOD | {NAME: "张三"}, {SAID: "大概属实", NOTE: "x"}, GOOD)
    outcome = take_in(walk, content)
    assert outcome.taken == 1
    assert len(outcome.refused) == 2
    assert outcome.refused[0].startswith("第3行：姓名“张三”")
    assert "大概属实" in outcome.refused[1]
    assert verdicts(walk) == [Verdict.NEEDS_VERIFICATION, Verdict.NEEDS_VERIFICATION, Verdict.ELIGIBLE]


def test_an_answer_without_letter_or_note_is_refused_unless_the_upload_names_the_letter(walk):
    content = filled(sheet_of(walk), {SAID: "属实"})
    assert "复函文号" in take_in(walk, content).refused[0]
    assert take_in(walk, content, letter="市监函9号").taken == 1
    assert asked()[0].letter == "市监函9号"


@pytest.mark.parametrize(
    "forge",
    [
        lambda own, other: other.split(":")[0] + ":" + own.split(":")[1],
        lambda own, other: Signer(key="somebody else's", salt="eligibility.letter.row").sign(own.split(":")[0]),
        lambda own, other: own.split(":")[0],
        lambda own, other: "",
    ],
)
def test_a_row_id_cannot_be_made_up_or_turned_into_anothers(walk, forge):
    content = sheet_of(walk)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    own, other = sheet.cell(3, 1).value, sheet.cell(4, 1).value
    outcome = take_in(walk, filled(content, GOOD | {TOKEN: forge(own, other)}))
    assert outcome.taken == 0
    assert "行号" in outcome.refused[0]


def test_two_rows_exchanged_or_repeated_are_refused(walk):
    content = sheet_of(walk)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    own, other = sheet.cell(3, 1).value, sheet.cell(4, 1).value
    exchanged = take_in(walk, filled(content, GOOD | {TOKEN: other}, GOOD | {TOKEN: own}))
    assert (exchanged.taken, len(exchanged.refused)) == (0, 2)
    wrong_number = take_in(walk, filled(content, GOOD | {NUMBER: walk.people[1].masked_number}))
    assert (wrong_number.taken, "号码" in wrong_number.refused[0]) == (0, True)
    first = {TOKEN: own, NAME: walk.people[0].name, NUMBER: walk.people[0].masked_number} | GOOD
    twice = take_in(walk, filled(content, first, first))
    assert twice.taken == 0
    assert twice.refused == [
        f"第{row}行：{walk.people[0].name}这一项在第3、4行都填了，都没有收取，请只保留一行后重新上传。"
        for row in (3, 4)
    ]


def test_another_desks_sheet_is_refused(walk):
    content = filled(sheet_of(walk), GOOD)
    outcome = take_in(walk, content, by=factories.officer("150103"))
    assert (outcome.taken, "不是贵部门" in outcome.refused[0]) == (0, True)
    no_grant = factories.member(walk.officer.organisation, Role.AUDITOR)
    assert take_in(walk, content, by=no_grant).taken == 0
    assert set(verdicts(walk)) == {Verdict.NEEDS_VERIFICATION}


def test_a_single_answer_given_meanwhile_stays(walk):
    content = filled(sheet_of(walk), GOOD, GOOD)
    question = asked()[0]
    answer("enrolment", question.subject_id, question.check_code, "refuted", by=walk.officer, letter="市监函1号")
    outcome = take_in(walk, content)
    assert (outcome.taken, "没有改动" in outcome.refused[0]) == (1, True)
    assert verdicts(walk)[:2] == [Verdict.INELIGIBLE, Verdict.ELIGIBLE]


def test_a_question_that_is_gone_is_said_so_and_the_letter_still_names_the_person(walk):
    content = filled(sheet_of(walk), GOOD)
    asked()[0].delete()
    assert "不需要协查" in take_in(walk, content).refused[0]
    assert LetterRow.objects.filter(person=walk.people[0]).exists()


@pytest.mark.parametrize("content", [b"", b"no workbook at all"])
def test_a_file_that_is_no_sheet_is_refused(walk, content):
    with pytest.raises(FileRefused):
        take_in(walk, content)


def test_an_untouched_sheet_has_nothing_to_take(walk):
    with pytest.raises(FileRefused, match="没有填写"):
        take_in(walk, sheet_of(walk))


def test_one_letter_number_answers_many_and_the_reply_is_filed(walk, browser):
    rows = [one.pk for one in asked()[:2]]
    desk = browser(walk.officer)
    page = desk.post(
        reverse("assistances_batch"),
        {
            "row": rows,
            "answer": "confirmed",
            "department": MARKET,
            "letter": "市监函〔2026〕3号",
            "file": paper("复函.pdf"),
        },
    )
    assert page.status_code == 200
    assert "已收取2条" in page.content.decode()
    assert verdicts(walk) == [Verdict.ELIGIBLE, Verdict.ELIGIBLE, Verdict.NEEDS_VERIFICATION]
    assert Attachment.objects.filter(kind="opening", object_id=walk.opening.pk, name="复函.pdf").count() == 1
    assert desk.post(reverse("assistances_batch"), {"row": [asked()[2].pk], "answer": "confirmed"}).status_code == 409
    assert desk.post(reverse("assistances_batch"), {"answer": "confirmed"}).status_code == 400
    assert (
        desk.post(reverse("assistances_batch"), {"row": [10**9], "answer": "confirmed", "letter": "1"}).status_code
        == 404
    )


def test_a_batch_with_a_file_that_is_none_takes_nothing(walk, browser):
    page = browser(walk.officer).post(
        reverse("assistances_batch"),
        {
            "row": [one.pk for one in asked()],
            "answer": "confirmed",
            "letter": "1号",
            "file": upload(b"nothing", "复函.pdf"),
        },
    )
    assert page.status_code == 400
    assert set(verdicts(walk)) == {Verdict.NEEDS_VERIFICATION}


def test_somebody_elses_people_in_a_batch_are_refused_and_ones_own_taken(walk, registries):
    other = walks.laid_off_class(["苏和"])
    question = asked()[0]
    stray = Reply(("enrolment", other.enrolments[0].pk, question.check_code), "confirmed", "1号", place="苏和：")
    own = Reply(("enrolment", question.subject_id, question.check_code), "confirmed", "1号")
    outcome = answer_many([stray, own], by=walk.officer)
    assert outcome.taken == 1
    assert outcome.refused[0].startswith("苏和：")


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("assistances", "get"),
        ("assistances_batch", "post"),
        ("assistances_sheet", "post"),
        ("letter_new", "post"),
        ("letter", "get"),
        ("letter_sheet", "get"),
    ],
)
def test_the_desk_is_the_offices(walk, browser, client, name, method):
    letter = issue(asked(), by=walk.officer)
    address = reverse(name, args=[letter.pk] if name in ("letter", "letter_sheet") else [])
    data = {"row": [asked()[0].pk], "answer": "confirmed", "letter": "1号"} if method == "post" else {}
    assert getattr(client, method)(address, data).status_code == 302
    assert getattr(browser(walk.applicant), method)(address, data).status_code == 403
    if name in ("letter", "letter_sheet", "letter_new", "assistances_batch"):
        assert getattr(browser(factories.officer("150103")), method)(address, data).status_code == 404
    assert set(verdicts(walk)) == {Verdict.NEEDS_VERIFICATION}


def test_the_sheet_goes_out_and_in_through_the_pages(walk, browser):
    desk, letter = browser(walk.officer), issue(asked(), by=walk.officer)
    out = desk.get(reverse("letter_sheet", args=[letter.pk]))
    assert walk.people[0].number not in str(
        [c.value for r in load_workbook(io.BytesIO(out.content)).worksheets[0] for c in r]
    )
    page = desk.post(
        reverse("assistances_sheet"), {"file": upload(filled(out.content, GOOD, {SAID: "不知道", NOTE: "x"}))}
    )
    assert page.status_code == 200
    assert "第4行" in page.content.decode()
    assert verdicts(walk)[0] == Verdict.ELIGIBLE
    assert desk.post(reverse("assistances_sheet"), {}).status_code == 400
    assert Event.objects.get(act="letter.sheet_taken").data == {"number": letter.number, "full_numbers": False}
