"""Completion: results, what submission demands, certificates against the registry, the decision (R-CMP-1, R-CMP-2,
R-CMP-4).
"""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Event
from casework.domain.flow import file_of
from casework.domain.moves import take
from casework.enums import State
from casework.models import Job
from eligibility.tasks import ask_again
from kit.refusals import NotAllowed, NotNow, NotValid
from subsidies.domain.claims import draw_up
from tests import factories
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.domain.decision.completions import Row, open_completion, save_results, what_is_missing
from training.domain.roster.attendance import record_sheet
from training.enums import Stage
from training.models import Completion, Enrolment, Lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(registries):
    """An approved class that has run: everyone was there for every lesson."""
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    walk.to_officer()
    take(walk.opening, "approve", by=walk.officer)
    walks.in_training(walk)
    for lesson in walk.reload().lessons.all():
        record_sheet(lesson, {e.pk: "present" for e in walk.enrolments}, by=walk.applicant)
    return walk


@pytest.fixture
def completion(walk) -> Completion:
    return open_completion(walk.reload(), by=walk.applicant)


def passed(enrolment, **fields) -> Row:
    return Row(
        **{
            "theory_score": Decimal(80),
            "practice_score": Decimal(85),
            "result": "pass",
            "certificate_kind": "skill_level",
            "certificate_number": f"示例2026{enrolment.pk:06d}",
            "certificate_on": timezone.localdate(),
        }
        | fields
    )


def enter(walk, completion, **by_sequence: Row) -> None:
    rows = {e.pk: by_sequence.get(f"s{e.sequence}") or passed(e) for e in walk.enrolments}
    save_results(completion, rows, by=walk.applicant)


def certificate(walk, place: int, **fields) -> None:
    """The certificate registry knows the certificate of one person."""
    enrolment = walk.enrolments[place]
    project = walk.training_class.project
    record = {
        "type": "certificate",
        "number": enrolment.certificate_number,
        "kind": "职业技能等级证书",
        "occupation": project.occupation.code,
        "level": project.level,
        "issued_on": timezone.localdate().isoformat(),
        "issuer": "示范评价机构",
    }
    walk.extra["door"].add_records("certificates", enrolment.person.number, [record | fields])


def submit(walk, completion) -> Completion:
    completion = Completion.objects.get(pk=completion.pk)
    take(completion, "submit", by=walk.applicant)
    walks.run_newest(completion)
    return Completion.objects.get(pk=completion.pk)


def missing(completion) -> str:
    return " ".join(what_is_missing(file_of(Completion.objects.get(pk=completion.pk))))


def test_a_whole_completion_with_verified_certificates_is_approved(walk, completion, registries):
    walk.extra["door"] = registries
    enter(walk, completion)
    for place in range(3):
        certificate(walk, place)
    completion = submit(walk, completion)
    assert (completion.state, completion.need, walk.reload().stage) == (
        State.IN_REVIEW,
        "first_review_completion",
        Stage.COMPLETION,
    )
    assert all(e.certificate_verified for e in walk.enrolments)
    take(completion, "approve", by=walk.officer)
    assert (completion.state, walk.reload().stage) == (State.APPROVED, Stage.COMPLETED)


def test_a_result_changed_keeps_what_it_was(walk, completion):
    enter(walk, completion)
    enter(walk, completion, s2=passed(walk.enrolments[1], theory_score=Decimal(75)))
    assert Event.objects.filter(act="results.saved").latest("id").data["changed"] == {"2.theory_score": ["80.0", "75"]}


def test_a_draft_saves_what_there_is_and_the_list_says_what_is_missing(walk, completion):
    first = walk.enrolments[0]
    assert save_results(completion, {first.pk: Row(theory_score=Decimal("70.5"))}, by=walk.applicant) == 1
    assert "1号 乌云：还没有登记结果" in missing(completion)
    assert (
        save_results(
            completion, {first.pk: passed(first, certificate_number="", certificate_kind="")}, by=walk.applicant
        )
        == 1
    )
    assert "1号 乌云：项目要求取得职业技能等级证书" in missing(completion)


def test_not_before_the_last_lesson_has_ended(walk, completion):
    enter(walk, completion)
    last = walk.training_class.lessons.latest("day")
    now = timezone.localtime()
    Lesson.objects.filter(pk=last.pk).update(day=now.date() + timedelta(days=1))
    assert "结束后才能申请结业" in missing(completion)
    with pytest.raises(NotNow):
        take(completion, "submit", by=walk.applicant)


def test_not_without_the_attendance_of_every_lesson(walk, completion):
    enter(walk, completion)
    walk.training_class.lessons.latest("day").sheet.delete()
    assert "还有1节课没有登记考勤" in missing(completion)


def test_attendance_under_the_threshold_is_no_pass(walk, completion):
    enter(walk, completion)
    lesson = walk.reload().lessons.earliest("day")
    record_sheet(
        lesson,
        {e.pk: "absent" if e.sequence == 2 else "present" for e in walk.enrolments},
        by=walk.applicant,
        correction="更正",
    )
    assert missing(completion) == "2号 巴特尔：出勤率50%，低于80%，不能登记为合格"
    enter(walk, completion, s2=Row(result="fail"))
    assert missing(completion) == ""


def test_a_struck_out_person_needs_no_result(walk, completion):
    enter(walk, completion, s2=Row())
    assert "巴特尔" in missing(completion)
    Enrolment.objects.filter(pk=walk.enrolments[1].pk).update(
        struck_out_at=timezone.now(), struck_out_by=walk.officer, strike_reason="剔除"
    )
    assert missing(completion) == ""


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"certificate_kind": "qualification"}, "证书种类是职业技能等级证书"),
        ({"certificate_on": None}, "还没有填写发证日期"),
        ({"certificate_on": timezone.localdate() + timedelta(days=1)}, "不在开班日到今天之间"),
    ],
)
def test_a_certificate_that_does_not_fit_the_project_is_named(walk, completion, row, word):
    enter(walk, completion, s1=passed(walk.enrolments[0], **row))
    assert word in missing(completion)


def test_scores_words_and_numbers_used_twice_are_refused_and_nothing_is_saved(walk, completion):
    one, two, _three = walk.enrolments
    for rows in (
        {one.pk: passed(one, theory_score=Decimal(101))},
        {one.pk: passed(one, result="maybe")},
        {one.pk: passed(one, certificate_kind="")},
        {one.pk: passed(one, certificate_number="A1"), two.pk: passed(two, certificate_number="A1")},
        {999_999: Row()},
    ):
        with pytest.raises(NotValid):
            save_results(completion, rows, by=walk.applicant)
    assert {e.result for e in walk.enrolments} == {""}


def test_a_certificate_of_another_class_is_refused(walk, completion):
    other = walks.laid_off_class(["苏和"])
    Enrolment.objects.filter(training_class=other.training_class).update(
        result="pass", certificate_kind="skill_level", certificate_number="A1"
    )
    with pytest.raises(NotNow, match="已用于其他学员"):
        enter(walk, completion, s1=passed(walk.enrolments[0], certificate_number="A1"))


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"number": "别的编号"}, "没有查到"),
        ({"kind": "职业资格证书"}, "证书种类"),
        ({"level": 3}, "等级"),
        ({"occupation": "9-99-99-99"}, "职业"),
        ({"issued_on": "2019-01-01"}, "发证日期"),
    ],
)
def test_a_certificate_the_registry_contradicts_is_not_approved(walk, completion, registries, fields, word):
    walk.extra["door"] = registries
    enter(walk, completion)
    for place, differs in enumerate(({}, fields, {})):
        certificate(walk, place, **differs)
    completion = submit(walk, completion)
    with pytest.raises(NotNow) as problem:
        take(completion, "approve", by=walk.officer)
    (sentence,) = problem.value.sentences
    assert sentence.startswith("2号 巴特尔：")
    assert word in sentence
    take(completion, "return", by=walk.officer, reason="请核对证书")
    assert walk.reload().stage == Stage.IN_TRAINING


def test_another_persons_certificate_does_not_count(walk, completion, registries):
    enter(walk, completion)
    number = walk.enrolments[0].certificate_number
    registries.add_records(
        "certificates",
        walk.people[1].number,
        [
            {
                "type": "certificate",
                "number": number,
                "kind": "职业技能等级证书",
                "occupation": walk.training_class.project.occupation.code,
                "level": 5,
                "issued_on": timezone.localdate().isoformat(),
                "issuer": "示范评价机构",
            }
        ],
    )
    completion = submit(walk, completion)
    assert not walk.enrolments[0].certificate_verified
    with pytest.raises(NotNow, match="1号 乌云"):
        take(completion, "approve", by=walk.officer)


def test_a_silent_certificate_registry_leaves_certificates_unverified_and_is_asked_again(walk, completion, registries):
    walk.extra["door"] = registries
    enter(walk, completion)
    for place in range(3):
        certificate(walk, place)
    registries.behave("certificates", "down")
    completion = submit(walk, completion)
    assert completion.state == State.IN_REVIEW
    assert not any(e.certificate_verified for e in walk.enrolments)
    registries.reset()
    Job.objects.update(ended_at=timezone.now() - timedelta(hours=2))
    assert ask_again() == 1
    walks.run_newest(completion)
    assert all(e.certificate_verified for e in walk.enrolments)
    assert registries.states()["employment"]["requests"] == 0


def test_whoever_was_hired_meanwhile_is_shown_as_a_change(client, walk, completion, registries):
    walk.extra["door"] = registries
    enter(walk, completion)
    for place in range(3):
        certificate(walk, place)
    hired = (walk.reload().last_day - timedelta(days=1)).isoformat()
    registries.add_records(
        "social_security",
        walk.people[0].number,
        [{"type": "employee_insurance", "uscc": "91150100MA0N0J0A1F", "from": hired}],
    )
    completion = submit(walk, completion)
    client.force_login(walk.officer.user, backend="django.contrib.auth.backends.ModelBackend")
    text = client.get(reverse("case", args=["completion", completion.pk])).content.decode()
    assert "开班时“符合”，现在“不符合”" in text
    take(completion, "approve", by=walk.officer)


def test_results_are_locked_while_the_office_decides(walk, completion, registries):
    enter(walk, completion)
    submit(walk, completion)
    with pytest.raises(NotNow, match="不能直接修改"):
        enter(walk, completion)


def test_only_the_unit_of_the_class_enters_results_and_opens_the_completion(walk, completion):
    stranger = factories.operator(factories.unit())
    for by in (stranger, walk.officer):
        with pytest.raises(NotAllowed):
            save_results(completion, {}, by=by)
        with pytest.raises(NotAllowed):
            open_completion(walk.reload(), by=by)
        with pytest.raises(NotAllowed):
            take(completion, "submit", by=by)


def test_no_completion_before_the_class_has_begun(registries):
    walk = walks.laid_off_class(["乌云"])
    with pytest.raises(NotNow, match="开班以后"):
        open_completion(walk.training_class, by=walk.applicant)


def test_a_refused_completion_stops_the_class(walk, completion, registries):
    enter(walk, completion)
    completion = submit(walk, completion)
    with pytest.raises(NotNow):
        take(completion, "refuse", by=walk.officer)
    take(completion, "refuse", by=walk.officer, reason="结业考核弄虚作假")
    assert walk.reload().stage == Stage.STOPPED


def test_the_results_page_saves_a_draft_and_shows_what_is_wrong(client, walk, completion):
    client.force_login(walk.applicant.user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("completion_results", args=[walk.training_class.pk])
    assert client.get(address).status_code == 200
    first = walk.enrolments[0]
    data = {f"r{first.pk}-theory_score": "88", f"r{first.pk}-result": "fail"}
    assert client.post(address, data).status_code == 302
    assert (walk.enrolments[0].theory_score, walk.enrolments[0].result) == (Decimal("88.0"), "fail")
    answer = client.post(address, {f"r{first.pk}-theory_score": "188"})
    assert answer.status_code == 400
    assert "乌云" in answer.content.decode()
    assert walk.enrolments[0].theory_score == Decimal("88.0")
    text = client.get(reverse("class_completion", args=[walk.training_class.pk])).content.decode()
    assert "2号 巴特尔：还没有登记结果" in text


def test_the_completion_of_another_unit_is_not_found(client, walk, completion):
    for membership, status in (
        (factories.operator(factories.unit()), 404),
        (factories.officer("150103"), 404),
        (walk.officer, 403),
    ):
        client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.post(reverse("completion_results", args=[walk.training_class.pk]), {}).status_code == status


def test_the_workbook_goes_out_filled_in_and_comes_back(client, walk, completion):
    client.force_login(walk.applicant.user, backend="django.contrib.auth.backends.ModelBackend")
    enter(walk, completion, s2=Row(result="fail"), s3=Row())
    sheet = client.get(reverse("results_download", args=[walk.training_class.pk])).content
    filled = change(
        sheet,
        {
            "其其格": {
                "结果": "合格",
                "理论成绩": 91.5,
                "证书种类": "职业技能等级证书",
                "证书编号": "示例A9",
                "发证日期": "2026-11-01",
            }
        },
    )
    answer = client.post(
        reverse("results_upload", args=[walk.training_class.pk]), {"file": SimpleUploadedFile("r.xlsx", filled)}
    )
    assert answer.status_code == 302
    third = walk.enrolments[2]
    assert (third.result, third.theory_score, third.certificate_number, str(third.certificate_on)) == (
        "pass",
        Decimal("91.5"),
        "示例A9",
        "2026-11-01",
    )
    assert [e.result for e in walk.enrolments] == ["pass", "fail", "pass"]


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ({"姓名": "别人"}, "花名册中没有2号别人"),
        ({"理论成绩": 120}, "理论成绩"),
        ({"结果": "也许"}, "结果"),
        ({"发证日期": "去年"}, "发证日期"),
    ],
)
def test_a_workbook_with_a_wrong_row_is_refused_by_row_and_nothing_is_saved(client, walk, completion, cells, word):
    client.force_login(walk.applicant.user, backend="django.contrib.auth.backends.ModelBackend")
    sheet = client.get(reverse("results_download", args=[walk.training_class.pk])).content
    wrong = change(sheet, {"乌云": {"结果": "不合格"}, "巴特尔": {"结果": "不合格"} | cells})
    answer = client.post(
        reverse("results_upload", args=[walk.training_class.pk]), {"file": SimpleUploadedFile("r.xlsx", wrong)}
    )
    assert answer.status_code == 400
    assert word in answer.content.decode()
    assert {e.result for e in walk.enrolments} == {""}


def test_a_file_that_is_no_workbook_is_refused(client, walk, completion):
    client.force_login(walk.applicant.user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(
        reverse("results_upload", args=[walk.training_class.pk]),
        {"file": SimpleUploadedFile("r.xlsx", b"not a workbook")},
    )
    assert answer.status_code == 400


def change(workbook: bytes, by_name: dict[str, dict[str, object]]) -> bytes:
    """The workbook with cells of some people filled in, as somebody would in Excel."""
    book = load_workbook(io.BytesIO(workbook))
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if any(str(cell.value).startswith("姓名") for cell in row))
    places = {str(cell.value).strip("*＊ "): cell.column for cell in head}
    for row in range(head[0].row + 1, sheet.max_row + 1):
        cells = by_name.get(sheet.cell(row, places["姓名"]).value, {})
        for header, value in cells.items():
            sheet.cell(row, places[header]).value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("door", ["page", "program"])
def test_a_completion_given_up_and_taken_up_again_keeps_number_and_results(
    walk, completion, registries, browser, api, door
):
    walk.extra["door"] = registries
    enter(walk, completion)
    for place in range(3):
        certificate(walk, place)
    number, entered = completion.number, [e.certificate_number for e in walk.enrolments]

    def move(name: str) -> int:
        completion.refresh_from_db()
        said = {"expected_version": completion.version}
        if door == "page":
            return (
                browser(walk.applicant)
                .post(reverse("move", args=["completion", completion.pk, name]), said)
                .status_code
            )
        return (
            api(walk.applicant)
            .post(f"/api/v1/completions/{completion.pk}/moves/{name}/", said, format="json")
            .status_code
        )

    done = 302 if door == "page" else 200
    assert (move("drop"), walk.reload().stage) == (done, Stage.IN_TRAINING)
    with pytest.raises(NotNow):
        enter(walk, completion)
    with pytest.raises(NotNow):
        draw_up(walk.reload(), by=walk.applicant)
    assert move("submit") == 409
    assert open_completion(walk.reload(), by=walk.applicant).pk == completion.pk, "there is one completion a class"
    assert (move("resume"), [e.certificate_number for e in walk.enrolments]) == (done, entered)
    again = submit(walk, completion)
    take(again, "approve", by=walk.officer)
    assert (again.number, again.state, walk.reload().stage) == (number, State.APPROVED, Stage.COMPLETED)
    assert move("resume") == 409
