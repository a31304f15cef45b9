"""A department hands in its filled sheet itself; its reply is the offices' and its own, never the applicant's (R-ELG-5,
R-SEC-1).
"""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.enums import Department, OrganisationKind, Role
from accounts.models import Event
from casework.domain.files import visible_file
from casework.domain.moves import take
from casework.models import Attachment, Notice
from eligibility.domain.letters import issue, row_token
from eligibility.enums import Answer, Verdict
from eligibility.imports.replies import ANSWER, LETTER, NAME, NOTE, NUMBER, TOKEN, reply_sheet
from eligibility.models import Assistance
from tests import factories
from tests.eligibility.desk import asked, filled, paper, shareholders, upload
from tests.training.walk import attach

pytestmark = pytest.mark.django_db
GOOD = {ANSWER: "属实", LETTER: "市监函〔2026〕7号"}


def department(which=Department.MARKET, code="150102"):
    return factories.member(factories.office(code, OrganisationKind.INDUSTRY, department=which), full_name="其木格")


@pytest.fixture
def walk(registries):
    return shareholders(registries)


@pytest.fixture
def market():
    return department()


@pytest.fixture
def letter(walk):
    return issue(asked(), by=walk.officer)


def hand_in(client, content, **more):
    return client.post(reverse("asked_sheet_upload"), {"file": upload(content)} | more)


def answers():
    return [row.answer for row in asked()]


# ── the sheet
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_department_takes_its_sheet_and_hands_it_in_filled(walk, letter, market, browser):
    client = browser(market)
    assert reverse("asked_sheet", args=[letter.pk]) in client.get(reverse("asked")).content.decode()
    out = client.get(reverse("asked_sheet", args=[letter.pk]))
    assert out["Cache-Control"] == "private, no-store"
    assert walk.people[0].number in str(
        [cell.value for row in load_workbook(io.BytesIO(out.content)).worksheets[0] for cell in row]
    )
    assert Event.objects.get(act="letter.sheet_taken", membership=market).data == {
        "number": letter.number,
        "full_numbers": True,
    }
    page = hand_in(
        client,
        filled(
            out.content, GOOD, GOOD | {ANSWER: "不属实", NOTE: "实际经营"}, {ANSWER: "无法核实", NOTE: "查无此企业档案"}
        ),
    )
    assert page.status_code == 200
    assert answers() == [Answer.CONFIRMED, Answer.REFUTED, Answer.CANNOT_SAY]
    assert [e.verdict for e in walk.enrolments] == [Verdict.ELIGIBLE, Verdict.INELIGIBLE, Verdict.NEEDS_VERIFICATION]
    kept = asked()[0]
    assert (kept.answered_by, kept.department, kept.letter) == (market, market.organisation.name, GOOD[LETTER])
    assert "已答复3项协查" in Notice.objects.get(organisation=walk.officer.organisation, kind="assistance").text


def test_the_same_sheet_twice_changes_nothing_and_tells_nobody_again(walk, letter, market, browser):
    client, content = browser(market), filled(reply_sheet(letter), GOOD, GOOD, GOOD)
    hand_in(client, content)
    events, notices = Event.objects.filter(act="assistance.answered").count(), Notice.objects.count()
    assert hand_in(client, content).status_code == 200
    assert (Event.objects.filter(act="assistance.answered").count(), Notice.objects.count()) == (events, notices)


def test_bad_rows_are_named_and_the_good_ones_taken(walk, letter, market, browser):
    page = hand_in(
        browser(market), filled(reply_sheet(letter), GOOD | {NAME: "张三"}, {ANSWER: "大概", NOTE: "x"}, GOOD)
    )
    text = page.content.decode()
    assert (page.status_code, "第3行：姓名“张三”" in text, "第4行" in text) == (200, True, True)
    assert answers() == [Answer.OPEN, Answer.OPEN, Answer.CONFIRMED]


def copied(letter, first, second, **spoilt):
    """The letter's sheet with the first person on two rows, said differently, and a third row for the last."""
    sheet, rows = reply_sheet(letter), list(letter.rows.order_by("sequence"))
    again = {TOKEN: row_token(rows[0]), NAME: rows[0].person.name, NUMBER: rows[0].person.masked_number}
    return filled(sheet, GOOD | {ANSWER: first}, again | GOOD | {ANSWER: second} | spoilt, GOOD)


@pytest.mark.parametrize(
    ("door", "who"),
    [("asked_sheet_upload", "department"), ("assistances_sheet", "officer"), ("api_assistance_sheets", "department")],
)
@pytest.mark.parametrize("spoilt", [{}, {NAME: "张三"}, {ANSWER: "大概"}])
def test_a_question_on_two_rows_is_answered_by_neither(walk, letter, market, browser, door, who, spoilt):
    client = browser(market if who == "department" else walk.officer)
    page = client.post(reverse(door), {"file": upload(copied(letter, "属实", "不属实", **spoilt))})
    text = page.content.decode()
    assert all(f"第{row}行：" in text for row in (3, 4)), text
    assert f"{walk.people[0].name}这一项在第3、4行都填了" in text
    assert answers() == [Answer.OPEN, Answer.OPEN, Answer.CONFIRMED]
    assert walk.enrolments[0].verdict == Verdict.NEEDS_VERIFICATION


def test_a_row_that_could_be_anybodys_leaves_the_whole_sheet_untaken(walk, letter, market, browser):
    """Its row id is spoilt: it may be the 不属实 of a person who stands as 属实 above."""
    page = hand_in(browser(market), copied(letter, "属实", "不属实", **{TOKEN: "x" + row_token(letter.rows.first())}))
    assert (
        page.status_code,
        "整份表格没有收取" in page.content.decode(),
        "第4行：行号不是本系统发出的" in page.content.decode(),
    ) == (409, True, True)
    assert set(answers()) == {Answer.OPEN}


def test_one_question_in_two_letters_is_one_question(walk, letter, market, browser):
    again = issue(asked()[:1], by=walk.officer)
    other = {TOKEN: row_token(again.rows.get()), NAME: walk.people[0].name, NUMBER: walk.people[0].masked_number}
    page = hand_in(browser(market), filled(reply_sheet(letter), GOOD, other | GOOD | {ANSWER: "不属实"}, GOOD))
    assert "在第3、4行都填了" in page.content.decode()
    assert answers() == [Answer.OPEN, Answer.OPEN, Answer.CONFIRMED]


@pytest.mark.parametrize(
    ("which", "code"),
    [(Department.DISABLED, "150102"), (Department.MARKET, "150103"), (Department.EMERGENCY, "150102")],
)
def test_another_departments_and_another_places_sheet_is_refused(walk, letter, browser, which, code):
    client = browser(department(which, code))
    page = hand_in(client, filled(reply_sheet(letter, plain=True), GOOD, GOOD, GOOD))
    assert (page.status_code, "不是请贵部门答复" in page.content.decode()) == (409, True)
    assert set(answers()) == {Answer.OPEN}
    assert client.get(reverse("asked_sheet", args=[letter.pk])).status_code == 404


def test_of_a_mixed_sheet_only_the_own_rows_are_taken(walk, letter, market, browser):
    Assistance.objects.filter(pk=asked()[1].pk).update(asked_of="残联")
    client = browser(market)
    out = client.get(reverse("asked_sheet", args=[letter.pk]))
    assert walk.people[1].name not in str(
        [cell.value for row in load_workbook(io.BytesIO(out.content)).worksheets[0] for cell in row]
    )
    page = hand_in(client, filled(reply_sheet(letter), GOOD, GOOD, GOOD))
    assert "第4行" in page.content.decode()
    assert answers() == [Answer.CONFIRMED, Answer.OPEN, Answer.CONFIRMED]


def test_a_row_is_its_person_however_their_software_writes_name_and_number(walk, letter, market, browser):
    person = walk.people[0]
    wide = person.number.translate(str.maketrans("0123456789X", "０１２３４５６７８９ｘ"))
    name = f"{person.name[0]}\u00ad{person.name[1:]}\u200e"
    hand_in(
        browser(market), filled(reply_sheet(letter), GOOD | {NAME: name, NUMBER: f"\u2068{wide[:6]} {wide[6:]}\u2069"})
    )
    assert answers()[0] == Answer.CONFIRMED


def test_a_row_is_its_person_and_nobody_elses(walk, letter, market, browser):
    first, second, _third = letter.rows.order_by("sequence")
    page = hand_in(
        browser(market),
        filled(
            reply_sheet(letter),
            GOOD | {TOKEN: row_token(second)},
            GOOD | {NUMBER: walk.people[0].number},
            GOOD | {TOKEN: "1"},
        ),
    )
    assert page.status_code == 409
    assert set(answers()) == {Answer.OPEN}
    assert first.person == walk.people[0]


@pytest.mark.parametrize("content", [b"", b"no workbook"])
def test_what_is_no_sheet_is_refused_as_a_whole(walk, letter, market, browser, content):
    client = browser(market)
    assert hand_in(client, content).status_code == 400
    assert client.post(reverse("asked_sheet_upload"), {}).status_code == 400
    assert hand_in(client, reply_sheet(letter)).status_code == 400


@pytest.mark.parametrize("who", ["officer", "unit", "auditor"])
def test_the_departments_door_is_nobody_elses(walk, letter, browser, who):
    memberships = {
        "officer": lambda: walk.officer,
        "unit": lambda: walk.applicant,
        "auditor": lambda: factories.member(walk.officer.organisation, Role.AUDITOR),
    }
    client = browser(memberships[who]())
    assert hand_in(client, filled(reply_sheet(letter), GOOD)).status_code == 403
    assert client.get(reverse("asked_sheet", args=[letter.pk])).status_code == 403


def test_a_program_of_the_department_hands_it_in_as_well(walk, letter, market, browser):
    answer = browser(market).post(
        reverse("api_assistance_sheets"), {"file": upload(filled(reply_sheet(letter), GOOD, GOOD, GOOD))}
    )
    assert answer.json() == {"taken": 3, "same": 0, "refused": []}
    other = browser(department(Department.DISABLED)).post(
        reverse("api_assistance_sheets"), {"file": upload(filled(reply_sheet(letter), GOOD, GOOD, GOOD))}
    )
    assert (other.json()["taken"], len(other.json()["refused"])) == (0, 3)


# ── the reply
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def reply(walk, market, browser):
    """The department's letter about everybody, attached to the case."""
    rows = [row.pk for row in asked()]
    browser(market).post(
        reverse("asked_answer"),
        {"row": rows, "answer": "confirmed", "letter": "市监函9号", "file": paper("三人核查情况.pdf")},
    )
    return Attachment.objects.get(kind="opening", slot__startswith="assistance-")


def test_the_applicant_neither_sees_nor_opens_a_departments_reply(walk, reply, browser):
    applicant, officer = browser(walk.applicant), browser(walk.officer)
    for name in ("file", "api_file"):
        assert applicant.get(reverse(name, args=[reply.pk])).status_code == 404
        assert officer.get(reverse(name, args=[reply.pk])).status_code == 200
    pages = (
        reverse("case", args=["opening", walk.opening.pk]),
        reverse("class_files", args=[walk.training_class.pk]),
        reverse("api_opening-files", args=[walk.opening.pk]),
    )
    for page in pages:
        assert "三人核查情况.pdf" not in applicant.get(page).content.decode(), page
        assert "三人核查情况.pdf" in officer.get(page).content.decode(), page
    assert "协查复函" not in applicant.get(pages[0]).content.decode()


@pytest.mark.parametrize(("role", "may"), [(Role.ADMINISTRATOR, True), (Role.AUDITOR, True), (Role.INSPECTOR, False)])
def test_of_the_office_those_who_decide_and_audit_read_the_reply(walk, reply, role, may):
    assert (visible_file(reply.pk, factories.member(walk.officer.organisation, role)) is not None) == may
    assert visible_file(reply.pk, factories.officer("150103")) is None


def test_the_department_reads_its_own_reply_and_no_other_file(walk, reply, market, browser):
    client = browser(market)
    assert reverse("file", args=[reply.pk]) in client.get(reverse("asked")).content.decode()
    assert client.get(reverse("file", args=[reply.pk])).status_code == 200
    for stranger in (department(Department.DISABLED), department(code="150103")):
        assert browser(stranger).get(reverse("file", args=[reply.pk])).status_code == 404
    other = attach(walk.opening, "other", walk.applicant)
    assert client.get(reverse("file", args=[other.pk])).status_code == 404


def test_the_applicant_cannot_put_another_file_in_a_replys_place(walk, reply, browser):
    take(walk.opening, "return", by=walk.officer, reason="请补正材料", expected_version=walk.opening.version)
    applicant, case = browser(walk.applicant), ["opening", walk.opening.pk]
    assert (
        applicant.post(reverse("case_files", args=case), {"slot": reply.slot, "file": paper("改过的.pdf")}).status_code
        == 404
    )
    given = {"slot": reply.slot, "file": paper("改过的.pdf")}
    assert applicant.post(reverse("api_opening-files", args=[walk.opening.pk]), given).status_code == 400
    assert Attachment.objects.filter(slot=reply.slot, replaced_at__isnull=True).get() == reply
