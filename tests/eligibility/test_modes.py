"""A registry that is not online: 文件交换 and 协查 keep every class going (R-ELG-1, R-ELG-5, R-ELG-7)."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.enums import Role
from accounts.models import Event
from casework.enums import JobState, State
from casework.models import Attachment, Job
from eligibility.domain import connections
from eligibility.domain.assistance import answer
from eligibility.domain.connections import switch
from eligibility.domain.examine import results_of
from eligibility.domain.exchange_file import READ
from eligibility.enums import Mode, Verdict
from eligibility.models import Assistance, Exchange, RegistryAnswer
from eligibility.tasks import ask_again, read_returned
from kit.refusals import NotAllowed, NotValid
from tests import factories
from tests.casework.conftest import browser
from tests.factories import eligibility as people
from tests.training import walk as walks

__all__ = ["browser"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return factories.administrator("150000")


@pytest.fixture
def walk(registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    return walk


def verdicts(walk) -> list[str]:
    return [enrolment.verdict for enrolment in walk.enrolments]


def result(walk, n, code):
    return vars(next(r for r in results_of(walk.enrolments[n].examination) if r.code == code))


# ── who switches
# ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_administrators_of_the_region_switch_and_they_say_why(region):
    for membership in (
        factories.administrator("150100"),
        factories.member(region.organisation, Role.OFFICER),
        factories.operator(factories.unit()),
    ):
        with pytest.raises(NotAllowed):
            switch("poverty", "file", by=membership, reason="尚未联网")
    for registry, mode, reason in (("weather", "file", "x"), ("poverty", "pigeon", "x"), ("poverty", "file", "  ")):
        with pytest.raises(NotValid):
            switch(registry, mode, by=region, reason=reason)
    assert connections.modes()["poverty"] == Mode.ONLINE
    assert switch("poverty", "file", by=region, reason="尚未联网")
    assert not switch("poverty", "file", by=region, reason="再按一次")
    event = Event.objects.get(act="registry.switched")
    assert (event.data["before"], event.data["mode"], event.reason) == ("online", "file", "尚未联网")


@pytest.mark.parametrize(("who", "status"), [("unit", 403), ("officer", 403), ("league", 403), ("region", 302)])
def test_the_switch_in_the_browser(browser, registries, region, who, status):
    memberships = {
        "unit": lambda: factories.operator(factories.unit()),
        "officer": factories.officer,
        "league": lambda: factories.administrator("150100"),
        "region": lambda: region,
    }
    client = browser(memberships[who]())
    assert (
        client.post(reverse("registry_switch", args=["business"]), {"mode": "assisted", "reason": "检修"}).status_code
        == status
    )
    assert (connections.modes()["business"] == Mode.ASSISTED) == (who == "region")


def test_programs_read_how_systems_are_connected_and_the_region_switches_them(walk, registries, region, browser):
    registries.behave("business", "down")
    walk.to_officer()
    client, officer = browser(region), browser(walk.officer)
    lines = {line["code"]: line for line in officer.get(reverse("api_registries")).json()}
    assert (lines["business"]["mode"], lines["business"]["answering"], lines["business"]["waiting"]) == (
        "online",
        False,
        3,
    )
    to = {"code": "business", "mode": "assisted", "reason": "对方停机"}
    assert officer.put(reverse("api_registry_modes"), to, content_type="application/json").status_code == 403
    for wrong in ({"reason": " "}, {"mode": "pigeon"}, {"code": "nothing"}):
        assert client.put(reverse("api_registry_modes"), to | wrong, content_type="application/json").status_code == 400
    assert connections.modes()["business"] == Mode.ONLINE
    switched = client.put(reverse("api_registry_modes"), to, content_type="application/json")
    assert (switched.status_code, switched.json()["mode"]) == (200, "assisted")
    walk.check()
    assert Assistance.objects.count() == 3, "departments answer instead"
    again = client.put(reverse("api_registry_modes"), to, content_type="application/json")
    assert (again.status_code, Event.objects.filter(act="registry.switched").count()) == (200, 1)


def test_a_switch_without_a_reason_or_to_an_unknown_system_changes_nothing(browser, registries, region):
    client = browser(region)
    page = client.post(reverse("registry_switch", args=["business"]), {"mode": "file"})
    assert (page.status_code, "请说明为什么" in page.content.decode()) == (400, True)
    assert client.post(reverse("registry_switch", args=["weather"]), {"mode": "file", "reason": "x"}).status_code == 404


# ── 协查 ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_with_departments_in_its_place_a_registry_is_not_asked_and_people_settle_its_checks(walk, registries, region):
    switch("social_security", "assisted", by=region, reason="检修")
    walk.to_officer()
    assert (walk.opening.state, verdicts(walk)) == (State.IN_REVIEW, [Verdict.NEEDS_VERIFICATION] * 3)
    assert registries.states()["social_security"]["requests"] == 0
    found = result(walk, 0, "not_insured_as_employee")
    assert (found["outcome"], found["needs"], "协查核实" in found["sentence_zh"]) == ("unknown", "assisted", True)
    assert set(Assistance.objects.values_list("check_code", flat=True)) == {
        "not_insured_as_employee",
        "no_employee_pension",
    }
    assert connections.waiting(walk.officer.division) == {"social_security": 3}
    said = [("confirmed", Verdict.ELIGIBLE), ("refuted", Verdict.INELIGIBLE)]
    for enrolment, (word, verdict) in zip(walk.enrolments, said, strict=False):
        answer("enrolment", enrolment.pk, "no_employee_pension", "confirmed", letter="社保函1号", by=walk.officer)
        answer("enrolment", enrolment.pk, "not_insured_as_employee", word, letter="社保函1号", by=walk.officer)
        enrolment.refresh_from_db()
        assert enrolment.verdict == verdict
    assert connections.waiting(walk.officer.division) == {"social_security": 1}
    assert ask_again() == 0


def test_the_population_register_may_be_left_unconnected_and_nobody_waits_for_it(walk, registries, region):
    """R-ELG-3, `alive`: listed as not asked, neither a pass nor open."""
    switch("population", "none", by=region, reason="尚未开通")
    walk.to_officer()
    assert registries.states()["population"]["requests"] == 0
    found = result(walk, 0, "alive")
    assert (found["outcome"], found["needs"]) == ("not_asked", None)
    assert found["sentence_zh"] == "人口信息系统未联网，本项没有比对，不作为通过也不作为待核。"
    assert verdicts(walk) == [Verdict.ELIGIBLE] * 3
    assert (connections.waiting(walk.officer.division), ask_again()) == ({}, 0)


def test_once_the_population_register_is_connected_open_cases_are_asked(walk, registries, region, browser):
    switch("population", "none", by=region, reason="尚未开通")
    walk.to_officer()
    registries.add_records("population", walk.people[0].number, [{"type": "death", "on": "2020-01-05"}])
    page = browser(region).post(reverse("registry_switch", args=["population"]), {"mode": "online", "reason": "已开通"})
    assert page.status_code == 302
    walk.check()
    assert result(walk, 0, "alive")["outcome"] == "unknown"
    assert verdicts(walk)[0] == Verdict.NEEDS_VERIFICATION


@pytest.mark.parametrize("registry", ["social_security", "employment"])
def test_no_other_register_may_be_left_unconnected(registries, region, registry, browser):
    page = browser(region).post(reverse("registry_switch", args=[registry]), {"mode": "none", "reason": "省事"})
    assert page.status_code == 400
    assert connections.modes()[registry] == "online"


def test_a_silent_registry_switched_to_departments_hands_its_open_people_over(walk, registries, region, browser):
    registries.behave("social_security", "down")
    walk.to_officer()
    assert not Assistance.objects.exists()
    browser(region).post(reverse("registry_switch", args=["social_security"]), {"mode": "assisted", "reason": "故障"})
    walk.check()
    assert Assistance.objects.filter(check_code="not_insured_as_employee").count() == 3


def test_back_online_the_registry_decides_again(walk, registries, region, browser):
    switch("social_security", "assisted", by=region, reason="检修")
    walk.to_officer()
    browser(region).post(reverse("registry_switch", args=["social_security"]), {"mode": "online", "reason": "恢复"})
    walk.check()
    assert verdicts(walk) == [Verdict.ELIGIBLE] * 3
    assert not Assistance.objects.exists()


# ── 文件交换 ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def exchanged(walk, region, browser):
    """A class in review that waits for the social security file, and the file that went out."""
    switch("social_security", "file", by=region, reason="尚未联网")
    walk.to_officer()
    client = browser(region)
    sent = client.post(reverse("exchange_out", args=["social_security"]))
    assert sent.status_code == 200
    book = load_workbook(io.BytesIO(sent.content))
    return walk, client, book


def sheet_of(book):
    """The sheet, its columns by heading, its rows by name."""
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[2]}
    return sheet, columns, {sheet.cell(row, columns["姓名或单位"]).value: row for row in range(3, sheet.max_row + 1)}


def fill(book, name, **cells):
    sheet, columns, rows = sheet_of(book)
    for heading, value in cells.items():
        sheet.cell(rows[name], columns[heading]).value = value


def give_back(client, book, pk=None):
    stream = io.BytesIO()
    book.save(stream)
    upload = SimpleUploadedFile("回传.xlsx", stream.getvalue())
    sent = client.post(reverse("exchange_in", args=[pk or Exchange.objects.latest("pk").pk]), {"file": upload})
    return read_it(client) if sent.status_code == 302 else sent


def read_it(client):
    """The worker reads the file that was handed in last; gives the job's page."""
    job = Job.objects.filter(task=READ).latest("pk")
    read_returned(job.pk)
    return client.get(reverse("job", args=[job.pk]))


def test_a_class_goes_on_while_the_file_is_out_and_only_the_open_are_on_it(exchanged, registries):
    walk, _client, book = exchanged
    assert (walk.opening.state, set(verdicts(walk))) == (State.IN_REVIEW, {Verdict.NEEDS_VERIFICATION})
    sheet, columns, rows = sheet_of(book)
    assert set(rows) == {person.name for person in walk.people}
    assert {"企业统一社会信用代码", "起始日期", "终止日期", "缴费月数"} <= set(columns)
    assert sheet.cell(3, columns["号码或代码"]).value in {person.number for person in walk.people}
    assert registries.states()["social_security"]["requests"] == 0
    assert ask_again() == 0


def test_returned_records_count_as_the_registrys_answer(exchanged):
    walk, client, book = exchanged
    fill(book, "乌云", 记录类型="查无记录")
    fill(book, "巴特尔", 记录类型="职工参保", 企业统一社会信用代码="91150100MA0N0J0A1F", 起始日期="2020-01-01")
    assert give_back(client, book).status_code == 200
    walk.check()
    assert verdicts(walk) == [Verdict.ELIGIBLE, Verdict.INELIGIBLE, Verdict.NEEDS_VERIFICATION]
    assert result(walk, 1, "not_insured_as_employee")["outcome"] == "fail"
    sent = Exchange.objects.get()
    assert (sent.subjects, sent.answered) == (3, 2)
    assert connections.waiting(walk.officer.division) == {"social_security": 1}
    assert Job.objects.filter(state=JobState.DONE, kind="opening").count() == 2


def test_a_row_is_its_person_however_the_others_software_writes_the_number_back(exchanged):
    walk, client, book = exchanged
    number = next(person.number for person in walk.people if person.name == "乌云")
    wide = number.translate(str.maketrans("0123456789X", "０１２３４５６７８９ｘ"))
    fill(book, "乌云", 号码或代码=f"\u200e{number[:6]}\u00ad{wide[6:]}", 记录类型="查无记录")
    assert give_back(client, book).status_code == 200
    walk.check()
    assert verdicts(walk)[0] == Verdict.ELIGIBLE


def test_a_file_that_comes_twice_changes_nothing_the_second_time(exchanged):
    walk, client, book = exchanged
    for name in ("乌云", "巴特尔", "其其格"):
        fill(book, name, 记录类型="查无记录")
    give_back(client, book)
    walk.check()
    before = Job.objects.filter(kind="opening").count()
    give_back(client, book)
    assert (Job.objects.filter(kind="opening").count(), Exchange.objects.get().answered, set(verdicts(walk))) == (
        before,
        3,
        {Verdict.ELIGIBLE},
    )


def test_bad_rows_come_back_as_sentences_and_the_good_are_taken(exchanged):
    walk, client, book = exchanged
    fill(book, "乌云", 记录类型="职工参保", 企业统一社会信用代码="91150100MA0N0J0A1F", 起始日期="去年")
    fill(book, "巴特尔", 记录类型="查无记录")
    fill(book, "其其格", 记录类型="参保单位", 起始日期="2020-01-01")
    page = give_back(client, book)
    text = page.content.decode()
    _sheet, _columns, rows = sheet_of(book)
    assert page.status_code == 200
    assert f"第{rows['乌云']}行：起始日期没有填写或填写有误。" in text
    assert f"第{rows['其其格']}行：记录类型“参保单位”不能用于这个对象。" in text
    walk.check()
    assert sorted(verdicts(walk)) == [Verdict.ELIGIBLE, Verdict.NEEDS_VERIFICATION, Verdict.NEEDS_VERIFICATION]


def test_the_file_is_kept_and_one_that_is_no_sheet_of_ours_ends_with_a_sentence(exchanged, browser):
    walk, client, book = exchanged
    fill(book, "乌云", 记录类型="查无记录")
    give_back(client, book)
    kept = Attachment.objects.get(kind="exchange")
    assert kept.name == "回传.xlsx"
    assert kept.name in client.get(reverse("registries")).content.decode()
    assert client.get(reverse("file", args=[kept.pk])).status_code == 200
    assert browser(walk.officer).get(reverse("file", args=[kept.pk])).status_code == 404
    other = Workbook()
    other.active.append(["姓名", "电话"])
    page = give_back(client, other)
    job = Job.objects.filter(task=READ).latest("pk")
    assert (job.state, job.result["refused"], job.message in page.content.decode()) == (JobState.DONE, True, True)
    assert "表" in job.message
    upload = SimpleUploadedFile("回传.xlsx", b"no workbook")
    assert client.post(reverse("exchange_in", args=[Exchange.objects.get().pk]), {"file": upload}).status_code == 400


def test_a_file_read_twice_by_two_workers_counts_once(exchanged):
    _walk, client, book = exchanged
    fill(book, "乌云", 记录类型="查无记录")
    give_back(client, book)
    job = Job.objects.filter(task=READ).latest("pk")
    Job.objects.filter(pk=job.pk).update(state=JobState.STUCK)
    read_returned(job.pk)
    assert (Exchange.objects.get().answered, Job.objects.filter(kind="opening", state=JobState.QUEUED).count()) == (
        1,
        1,
    )


def test_a_date_in_another_records_column_is_not_dropped_in_silence(exchanged):
    """An end written under 注销日期, which an insurance has not, would leave it running; under no column at all it is not
    ours to drop either.
    """
    walk, client, book = exchanged
    fill(
        book, "乌云", 记录类型="职工参保", 企业统一社会信用代码="91150100MA0N0J0A1F", 起始日期="2020-01-01", 缴费月数=3
    )
    fill(book, "巴特尔", 记录类型="查无记录")
    text = give_back(client, book).content.decode()
    assert "职工参保没有这些列，请换到对应的列：缴费月数" in text
    walk.check()
    assert verdicts(walk) == [Verdict.NEEDS_VERIFICATION, Verdict.ELIGIBLE, Verdict.NEEDS_VERIFICATION]


def test_a_file_with_a_column_nobody_agreed_on_is_not_taken(exchanged):
    _walk, client, book = exchanged
    sheet, _columns, _rows = sheet_of(book)
    sheet.cell(2, sheet.max_column + 1).value = "是否查完"
    sheet.cell(3, sheet.max_column).value = "未查完"
    fill(book, "乌云", 记录类型="查无记录")
    page = give_back(client, book)
    assert "表中有约定以外的列：是否查完" in page.content.decode()
    assert Exchange.objects.get().answered == 0


def test_rows_that_were_moved_made_up_or_of_another_file_are_refused(exchanged, region):
    walk, client, book = exchanged
    other = walk.people[2].number
    fill(book, "乌云", 号码或代码=other, 记录类型="查无记录")
    fill(book, "巴特尔", 行号="1-1:made-up", 记录类型="查无记录")
    text = give_back(client, book).content.decode()
    assert "行号与号码不是同一个对象" in text
    assert "行号不是本系统发出的" in text
    again = Exchange.objects.create(registry="social_security", subjects=0, by=region, at=Exchange.objects.get().at)
    fill(book, "其其格", 记录类型="查无记录")
    assert "行号属于另一份交换文件" in give_back(client, book, again.pk).content.decode()
    assert not RegistryAnswer.objects.filter(registry="social_security", facts__isnull=False).exists()


@pytest.mark.parametrize(
    ("heading", "spoil"),
    [
        ("行号", lambda text: text[:-1] + ("A" if text[-1] != "A" else "B")),
        ("行号", lambda text: ""),
        ("号码或代码", lambda text: text[:-1] + "?"),
        ("号码或代码", lambda text: ""),
        ("对象", lambda text: "学员"),
        ("对象", lambda text: "企业"),
    ],
)
def test_of_a_file_with_a_row_that_cannot_be_told_whose_it_is_nothing_is_taken(exchanged, heading, spoil):
    """The insurance that still runs stands on the spoilt row: what is left of the person says that
    it ended (R-ELG-1).
    """
    walk, client, book = exchanged
    insured = {"记录类型": "职工参保", "企业统一社会信用代码": "91150100MA0N0J0A1F", "起始日期": "2020-01-01"}
    fill(book, "乌云", **insured, 终止日期="2020-06-30")
    fill(book, "巴特尔", 记录类型="查无记录")
    sheet, columns, rows = sheet_of(book)
    copied = sheet.max_row + 1
    for column in range(1, 5):
        sheet.cell(copied, column).value = sheet.cell(rows["乌云"], column).value
    for name, value in insured.items():
        sheet.cell(copied, columns[name]).value = value
    spoilt = sheet.cell(copied, columns[heading])
    spoilt.value = spoil(spoilt.value)
    text = give_back(client, book).content.decode()
    assert f"第{copied}行不能确定是谁的记录，整份文件没有收取。请按下载的表格改正这些行，重新上传整份文件。" in text
    assert f"第{copied}行：" in text
    assert (Exchange.objects.get().answered, Job.objects.filter(task=READ).latest("pk").result["refused"]) == (0, True)
    walk.check()
    assert verdicts(walk) == [Verdict.NEEDS_VERIFICATION] * 3
    assert connections.waiting(walk.officer.division) == {"social_security": 3}


def test_several_records_of_one_person_come_back_on_copied_rows_and_must_not_contradict(exchanged):
    walk, client, book = exchanged
    sheet, columns, rows = sheet_of(book)
    for name, first, second in (("乌云", "职工参保", "职工养老保险"), ("巴特尔", "查无记录", "职工养老保险")):
        copied = sheet.max_row + 1
        for column in range(1, 5):
            sheet.cell(copied, column).value = sheet.cell(rows[name], column).value
        sheet.cell(copied, columns["记录类型"]).value = second
        sheet.cell(copied, columns["缴费月数"]).value = 24
        sheet.cell(rows[name], columns["记录类型"]).value = first
    sheet.cell(rows["乌云"], columns["企业统一社会信用代码"]).value = "91150100MA0N0J0A1F"
    sheet.cell(rows["乌云"], columns["起始日期"]).value = "2020/1/1"
    assert "既有记录，又选了查无记录" in give_back(client, book).content.decode()
    (kept,) = RegistryAnswer.objects.filter(registry="social_security", facts__isnull=False)
    assert bytes(kept.subject_hash) == bytes(walk.people[0].number_hash)
    assert kept.facts == [
        {"type": "employee_insurance", "uscc": "91150100MA0N0J0A1F", "from": "2020-01-01"},
        {"type": "employee_pension", "months_paid": 24},
    ]


def test_a_file_still_counts_when_the_case_was_checked_again_while_it_was_out(walk, registries, region, browser):
    switch("social_security", "file", by=region, reason="尚未联网")
    registries.behave("business", "down")
    walk.to_officer()
    client = browser(region)
    book = load_workbook(io.BytesIO(client.post(reverse("exchange_out", args=["social_security"])).content))
    registries.reset()
    browser(walk.officer).post(reverse("registry_again", args=["business"]))
    walk.check()
    for person in walk.people:
        fill(book, person.name, 记录类型="查无记录")
    assert give_back(client, book).status_code == 200
    walk.check()
    assert verdicts(walk) == [Verdict.ELIGIBLE] * 3
    assert registries.states()["employment"]["requests"] == 0, "what was answered is not asked again"


@pytest.mark.parametrize("who", ["officer", "league", "unit"])
def test_whole_numbers_go_out_to_nobody_else(exchanged, browser, who):
    walk, _client, book = exchanged
    memberships = {
        "officer": lambda: walk.officer,
        "league": lambda: factories.administrator("150100"),
        "unit": lambda: walk.applicant,
    }
    client = browser(memberships[who]())
    assert client.post(reverse("exchange_out", args=["social_security"])).status_code == 403
    assert give_back(client, book).status_code == 403


def test_no_file_for_a_system_that_is_online_or_when_nobody_waits(browser, registries, region):
    client = browser(region)
    assert client.post(reverse("exchange_out", args=["business"])).status_code == 409
    switch("business", "file", by=region, reason="尚未联网")
    page = client.post(reverse("exchange_out", args=["business"]))
    assert (page.status_code, "没有等待" in page.content.decode()) == (409, True)
    assert client.post(reverse("exchange_in", args=[4711])).status_code == 404


def test_an_employers_answer_comes_by_file_too(registries, region, browser):
    walk = walks.upskill_class(status="level_recognition")
    works = walk.extra["works"]
    registries.load([people.enterprise(works.uscc), *(people.employee(p, works.uscc) for p in walk.people)])
    switch("business", "file", by=region, reason="尚未联网")
    walk.to_officer()
    client = browser(region)
    book = load_workbook(io.BytesIO(client.post(reverse("exchange_out", args=["business"])).content))
    fill(
        book,
        works.name,
        记录类型="企业登记",
        登记名称=works.name,
        主体类型="独立法人",
        行政区划代码="150102",
        登记状态="存续",
    )
    assert give_back(client, book).status_code == 200
    walk.check()
    assert set(verdicts(walk)) == {Verdict.ELIGIBLE}


# ── health
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_health_page_says_who_answers_and_how_many_wait_and_asks_again_on_a_press(walk, registries, browser):
    registries.behave("social_security", "down")
    walk.to_officer()
    client = browser(walk.officer)
    text = client.get(reverse("registries")).content.decode()
    assert "3 人待核" in text
    assert "起没有应答" in text
    assert "应答正常" in text
    assert "立即再问" in text
    registries.reset()
    assert client.post(reverse("registry_again", args=["social_security"])).status_code == 302
    assert walks.newest_job(walk.opening).state == JobState.QUEUED
    walk.check()
    assert set(verdicts(walk)) == {Verdict.ELIGIBLE}
    assert connections.waiting(walk.officer.division) == {}


def test_another_banner_does_not_ask_for_ours(walk, registries, browser):
    registries.behave("social_security", "down")
    walk.to_officer()
    before = Job.objects.count()
    browser(factories.officer("150103")).post(reverse("registry_again", args=["social_security"]))
    assert Job.objects.count() == before


def test_a_decided_case_waits_no_more(walk, registries):
    registries.behave("social_security", "down")
    walk.to_officer()
    assert connections.waiting(walk.officer.division) == {"social_security": 3}
    walks.take(walk.opening, "refuse", by=walk.officer, reason="不具备培训条件")
    assert connections.waiting(walk.officer.division) == {}
