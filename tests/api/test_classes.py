"""Classes, timetables and rosters through the API: what is well-formed is kept, what is not is refused by field
(R-OPN-1, R-SEC-4).
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import OrganisationKind
from accounts.models import Event
from casework.enums import State
from casework.models import Attachment, Job
from eligibility.enums import Verdict
from kit.sheets import read_table
from tests import factories
from tests.factories import eligibility as people
from tests.factories import training as make
from tests.kit.files import LOCKED_XLSX, OLD_XLS, PDF, bomb
from tests.training import walk as walks
from training.models import Enrolment, Lesson, Listing, TrainingClass

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


@pytest.fixture
def drafted():
    """A draft without timetable and people."""
    return make.draft_class()


@pytest.fixture
def school(drafted, api):
    return api(make.clerk(drafted))


def url(training_class, rest="") -> str:
    return f"/api/v1/classes/{training_class.pk}/{rest}"


def refused(answer, code, *fields) -> dict:
    assert (answer.status_code, answer["Content-Type"]) == (code, PROBLEM), answer.content.decode()
    if fields:
        assert sorted(answer.json()["errors"]) == sorted(fields)
    return answer.json()


def test_an_empty_draft_is_kept_and_says_what_is_missing(school):
    made = school.post("/api/v1/classes/", {})
    assert made.status_code == 201
    assert made.json()["name"] == "未命名班次"
    opening = school.get(f"/api/v1/openings/{made.json()['opening']}/").json()
    assert (opening["state"], opening["training_class"]) == ("draft", made.json()["id"])
    missing = school.get(f"/api/v1/classes/{made.json()['id']}/missing/").json()["missing"]
    assert {"还没有填写“培训项目”。", "还没有填写“资金来源”。", "还没有排课。"} <= set(missing)


def test_only_what_is_given_changes(school, drafted):
    before = TrainingClass.objects.get(pk=drafted.pk)
    assert school.patch(url(drafted), {"planned_people": 30}).json()["planned_people"] == 30
    after = TrainingClass.objects.get(pk=drafted.pk)
    assert (after.name, after.project_id, after.first_day, list(after.teachers.all())) == (
        before.name,
        before.project_id,
        before.first_day,
        list(before.teachers.all()),
    )
    assert Event.objects.filter(act="class.edited").latest("id").data == {
        "changed": {"planned_people": [str(before.planned_people or ""), "30"]}
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"project": 10**18}, "project"),
        ({"project": "x"}, "project"),
        ({"first_day": "2026-02-30"}, "first_day"),
        ({"category": "poets"}, "category"),
        ({"fund_source": "gold"}, "fund_source"),
        ({"teachers": [999999]}, "teachers"),
        ({"teachers": "all"}, "teachers"),
        ({"planned_people": -1}, "planned_people"),
        ({"fee": "1.234"}, "fee"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"employer_uscc": "91150100MA0N0J0A1X"}, "employer_uscc"),
        ({"last_day": "2020-01-01"}, "last_day"),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nothing_changes(school, drafted, body, field):
    refused(school.patch(url(drafted), body), 400, field)
    assert not Event.objects.filter(act="class.edited").exists()


def test_an_institution_names_the_employer_by_its_code(school, drafted):
    works = factories.unit(kind=OrganisationKind.ENTERPRISE)
    answer = school.patch(url(drafted), {"employer_uscc": works.uscc}).json()
    assert (answer["employer"], answer["employer_name"]) == (works.pk, works.name)


def test_a_submitted_class_is_not_edited_silently(walk, api):
    walk.submit()
    program = api(walk.applicant)
    lesson = walk.training_class.lessons.first()
    answers = [
        program.patch(url(walk.training_class), {"name": "改名"}),
        program.post(
            url(walk.training_class, "timetable/"), {"weekdays": [0], "slots": [{"starts": "09:00", "hours": "4"}]}
        ),
        program.delete(f"/api/v1/lessons/{lesson.pk}/"),
        program.delete(f"/api/v1/enrolments/{walk.enrolments[0].pk}/"),
        program.post(
            url(walk.training_class, "trainees/"),
            {"name": "巴图", "number": make.citizen_number(7), "phone": "13904710001"},
        ),
    ]
    assert [refused(answer, 409)["type"] for answer in answers] == ["urn:fanbu:notnow"] * 5
    assert (walk.reload().name, walk.training_class.lessons.count(), len(walk.enrolments)) == ("育婴员一班", 2, 3)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"weekdays": [], "slots": [{"starts": "09:00", "hours": "4"}]},
        {"weekdays": [7], "slots": [{"starts": "09:00", "hours": "4"}]},
        {"weekdays": [0], "slots": []},
        {"weekdays": [0], "slots": [{"starts": "25:00", "hours": "4"}]},
        {"weekdays": [0], "slots": [{"starts": "23:00", "hours": "9"}]},
        {"weekdays": [0], "slots": [{"starts": "09:00", "hours": "4"}, {"starts": "10:00", "hours": "4"}]},
        {"weekdays": [0], "slots": [{"starts": "07:00", "hours": "8"}, {"starts": "14:00", "hours": "4"}]},
    ],
)
def test_a_timetable_that_cannot_be_is_refused_and_the_old_one_stays(school, drafted, body):
    make.lesson(drafted)
    refused(school.post(url(drafted, "timetable/"), body), 400)
    assert drafted.lessons.count() == 1


def test_another_schools_teacher_is_none_of_the_choices(school, drafted):
    theirs = make.on_file().teachers.get()
    body = {"weekdays": [0], "slots": [{"starts": "09:00", "hours": "4"}], "teacher": theirs.pk}
    refused(school.post(url(drafted, "timetable/"), body), 400, "teacher")


def test_a_lesson_is_added_moved_and_taken_out(school, drafted):
    teacher, venue = drafted.teachers.get(), drafted.venue
    body = {
        "day": drafted.first_day.isoformat(),
        "starts": "09:00",
        "ends": "12:00",
        "hours": "4",
        "content": "实操",
        "teacher": teacher.pk,
        "venue": venue.pk,
    }
    made = school.post(url(drafted, "lessons/"), body)
    assert (made.status_code, made.json()["teacher_name"]) == (201, teacher.name)
    path = f"/api/v1/lessons/{made.json()['id']}/"
    assert school.put(path, body | {"starts": "08:00"}).json()["starts"] == "08:00:00"
    refused(school.put(path, body | {"ends": "09:30"}), 400)
    assert school.delete(path).status_code == 204
    assert Lesson.objects.filter(training_class=drafted).count() == 0


def upload(program, training_class, content, name="花名册.xlsx"):
    return program.post(
        f"/api/v1/openings/{training_class.opening.pk}/roster/",
        {"file": SimpleUploadedFile(name, content)},
        format="multipart",
    )


def test_a_roster_is_accepted_as_a_job_with_its_address(school, drafted):
    answer = upload(school, drafted, make.workbook([make.row(1)]))
    assert answer.status_code == 202
    assert answer["Location"].endswith(f"/api/v1/jobs/{answer.json()['job']['id']}/")
    job = school.get(answer["Location"]).json()
    assert (job["state"], job["percent"], job["file_url"], job["can_take_up"]) == ("queued", 0, None, False)


@pytest.mark.parametrize(
    "content",
    [b"", PDF, LOCKED_XLSX, OLD_XLS, b"PK\x03\x04 half a zip", bomb(200)],
    ids=["empty", "pdf", "locked", "old", "half", "bomb"],
)
def test_a_file_that_is_no_roster_is_refused_at_once_with_what_to_do(school, drafted, content):
    problem = refused(upload(school, drafted, content), 400, "file")
    assert problem["errors"]["file"] != [""]
    assert not Job.objects.exists()
    assert not Attachment.objects.exists()


def test_the_rows_of_an_upload_come_in_pages(school, drafted):
    rows = [make.row(n) for n in range(1, 71)]
    found = make.upload(drafted, rows)
    first = school.get(f"/api/v1/uploads/{found.pk}/rows/").json()
    rest = school.get(first["next"]).json()
    assert (len(first["results"]), len(rest["results"]), rest["next"]) == (50, 20, None)
    assert [row["row"] for row in first["results"] + rest["results"]] == [n + 1 for n in range(1, 71)]
    assert all("*" in row["cells"]["number"] and row["cells"]["phone"] == "139****0001" for row in rest["results"])
    problem = refused(school.post(f"/api/v1/uploads/{found.pk}/take/"), 409)
    assert "60" in problem["obstacles"][0]


def test_what_is_wrong_in_a_row_is_said_in_full_only_where_it_was_entered(school, drafted, api):
    found = make.upload(drafted, [make.row(1, number="150102850101001", phone="12")])
    path = f"/api/v1/uploads/{found.pk}/rows/?good=false"
    (mine,) = school.get(path).json()["results"]
    assert (mine["cells"]["phone"], mine["cells"]["number"]) == ("12", "150102850101001")
    assert sorted(mine["errors"]) == ["number", "phone"]
    (theirs,) = api(factories.officer()).get(path).json()["results"]
    assert "*" in theirs["cells"]["number"]
    assert make.citizen_number(1) not in str(theirs)
    assert mine["suggestions"]["number"][:6] == "150102"
    assert mine["suggestions"]["number"] not in str(theirs)


def test_the_bad_rows_come_back_as_a_file_with_their_reasons(school, drafted):
    found = make.upload(drafted, [make.row(1), make.row(2, phone="12")])
    answer = school.get(f"/api/v1/uploads/{found.pk}/bad/")
    (row,) = [cells for _number, cells in read_table(answer.content, ["姓名", "手机号码", "错误原因"]).rows]
    assert row["手机号码"] == "12"
    assert "原第 3 行" in row["错误原因"]
    template = school.get(url(drafted, "roster/template/"))
    assert upload(school, drafted, template.content).status_code == 202


def test_taking_twice_enrols_once(school, drafted):
    found = make.upload(drafted, [make.row(1), make.row(2)])
    path = f"/api/v1/uploads/{found.pk}/take/"
    assert [school.post(path).json()["taken"] for _twice in range(2)] == [2, 0]
    roster = school.get(url(drafted, "roster/")).json()
    assert [(one["sequence"], one["name"], one["phone"]) for one in roster] == [
        (1, "乌云其木格", "139****0001"),
        (2, "乌云其木格", "139****0001"),
    ]
    assert make.citizen_number(1) not in str(roster)


def test_a_trainee_by_hand_is_judged_as_in_excel(school, drafted):
    path = url(drafted, "trainees/")
    refused(school.post(path, {"name": "巴图", "number": "150102199901011234", "phone": "12"}), 400, "number", "phone")
    refused(school.post(path, {"name": "", "number": "", "phone": ""}), 400, "name", "number", "phone")
    refused(school.post(path, {"phone": ["1"]}), 400, "name", "number", "phone")
    good = {"name": "巴 图", "number": make.citizen_number(5).lower(), "phone": "13904710001", "household": "农村"}
    made = school.post(path, good)
    assert (made.status_code, made.json()["name"], made.json()["household"]) == (201, "巴图", "rural")
    refused(school.post(path, good), 400, "number")
    changed = school.patch(f"/api/v1/enrolments/{made.json()['id']}/", {"phone": "13904719999"}).json()
    assert (changed["phone"], changed["household"]) == ("139****9999", "rural")
    assert school.delete(f"/api/v1/enrolments/{made.json()['id']}/").status_code == 204
    assert drafted.enrolments.count() == 0


def test_the_officer_strikes_out_with_a_reason_and_once(walk, api):
    walk.to_officer()
    officer, path = api(walk.officer), f"/api/v1/enrolments/{walk.enrolments[1].pk}/strike/"
    assert refused(officer.post(path, {"reason": " "}), 409)["obstacles"] == ["剔除学员须说明理由。"]
    struck = officer.post(path, {"reason": "已参保"}).json()
    assert struck["strike_reason"] == "已参保"
    assert officer.post(path, {"reason": "又一个理由"}).json()["strike_reason"] == "已参保"
    refused(api(walk.applicant).post(path, {"reason": "已参保"}), 403)


def test_the_registries_facts_are_for_the_offices_the_sentences_for_all(walk, api):
    walk.to_officer()
    path = f"/api/v1/enrolments/{walk.enrolments[0].pk}/examination/"
    office, unit = api(walk.officer).get(path).json(), api(walk.applicant).get(path).json()
    assert [one["sentence"] for one in office["results"]] == [one["sentence"] for one in unit["results"]]
    assert any(one["evidence"] for one in office["results"])
    assert not any(one["evidence"] for one in unit["results"])


def test_somebody_not_examined_yet_has_no_examination(walk, api):
    answer = api(walk.applicant).get(f"/api/v1/enrolments/{walk.enrolments[0].pk}/examination/")
    assert refused(answer, 404)["detail"] == "此人还没有比对。"


@pytest.fixture
def assisted(registries, api):
    """A class of veterans: the identity is put to people, everybody asked for it."""
    walk = walks.laid_off_class()
    project = walks.project("veteran")
    TrainingClass.objects.filter(pk=walk.training_class.pk).update(category="veteran", project=project)
    walk.training_class.refresh_from_db()
    type(walk.opening).objects.filter(pk=walk.opening.pk).update(category="veteran")
    registries.load([people.job_seeker(person) for person in walk.people])
    walk.to_officer()
    return walk


def test_an_answer_of_people_needs_its_letter_and_is_judged_at_once(assisted, api):
    officer, enrolment = api(assisted.officer), assisted.enrolments[0]
    asked = officer.get(f"/api/v1/enrolments/{enrolment.pk}/assistances/").json()
    assert asked, "nothing was put to people"
    path = f"/api/v1/enrolments/{enrolment.pk}/assistances/{asked[0]['check_code']}/"
    refused(officer.post(path, {"answer": "confirmed"}), 400)
    refused(officer.post(path, {"answer": "perhaps", "letter": "复函1号"}), 400, "answer")
    refused(
        officer.post(
            f"/api/v1/enrolments/{enrolment.pk}/assistances/unheard_of/", {"answer": "confirmed", "letter": "1"}
        ),
        409,
    )
    answered = officer.post(path, {"answer": "refuted", "letter": "复函1号", "department": "退役军人事务局"}).json()
    assert (answered["answer"], answered["letter"]) == ("refuted", "复函1号")
    assert Enrolment.objects.get(pk=enrolment.pk).verdict == Verdict.INELIGIBLE
    refused(api(assisted.applicant).post(path, {"answer": "confirmed", "letter": "自己证明"}), 403)


def test_attendance_wants_a_mark_for_everyone_and_a_reason_for_a_change(walk, api):
    walk.to_officer()
    training_class = walks.in_training(walk)
    program, lesson = api(walk.applicant), training_class.lessons.first()
    path, marks = f"/api/v1/lessons/{lesson.pk}/attendance/", {str(e.pk): "present" for e in walk.enrolments}
    assert program.get(path).status_code == 404
    refused(program.put(path, {"marks": {"x": "present"}}), 400, "marks")
    refused(program.put(path, {"marks": marks | {str(walk.enrolments[0].pk): "asleep"}}), 400)
    refused(program.put(path, {"marks": dict(list(marks.items())[:1])}), 409)
    assert [program.put(path, {"marks": marks}).status_code for _twice in range(2)] == [200, 200]
    changed = marks | {str(walk.enrolments[0].pk): "absent"}
    refused(program.put(path, {"marks": changed}), 409)
    refused(program.put(path, {"marks": changed | {f"0{next(iter(changed))}": "absent"}}), 400, "marks")
    assert program.put(path, {"marks": changed, "correction": "点名有误"}).json()["correction"] == "点名有误"
    assert program.get(path).json()["marks"] == changed


def test_results_that_cannot_be_are_refused_by_trainee(walk, api):
    training_class = walks.in_training(walk)
    program, path = api(walk.applicant), url(training_class, "results/")
    one, two = (e.pk for e in walk.enrolments[:2])
    refused(program.put(path, {"rows": []}), 400, "rows")
    refused(program.put(path, {"rows": [{"enrolment": one, "theory_score": "abc"}]}), 400, "rows.0.theory_score")
    over = [{"enrolment": one, "theory_score": "101"}, {"enrolment": 999999}]
    refused(program.put(path, {"rows": over}), 400, "rows.0.theory_score")
    refused(program.put(path, {"rows": [{"enrolment": 999999}]}), 400, "999999")
    twice = [
        {"enrolment": pk, "result": "pass", "certificate_kind": "skill_level", "certificate_number": "S1"}
        for pk in (one, two)
    ]
    refused(program.put(path, {"rows": twice}), 400, str(one), str(two))
    doubled = program.put(path, {"rows": [{"enrolment": one, "result": "pass"}, {"enrolment": one, "result": "fail"}]})
    assert f"不止一次：{one}" in str(refused(doubled, 400, "rows"))
    saved = program.put(path, {"rows": [{"enrolment": one, "theory_score": "88.5"}]}).json()
    assert [(row["enrolment"], row["theory_score"]) for row in saved][:2] == [(one, "88.5"), (two, None)]
    assert walk.training_class.completion.state == State.DRAFT


def test_the_catalogue_is_that_of_the_day(api):
    program = api(factories.officer())
    old = make.project(code="OLD", until="2024-01-01")
    new = make.project("disabled", code="NEW", since="2024-01-01")
    Listing.objects.create(
        organisation=factories.unit(name="旧学校"), since=make.SINCE, until="2024-01-01", source="示例"
    )

    def codes(query: str) -> set[str]:
        return {one["code"] for one in program.get(f"/api/v1/projects/?{query}").json()["results"]}

    assert (old.code in codes("day=2023-06-01"), new.code in codes("day=2023-06-01")) == (True, False)
    assert codes("day=2025-06-01&category=disabled") == {"NEW"}
    assert [one["name"] for one in program.get("/api/v1/institutions/?day=2023-06-01").json()["results"]] == ["旧学校"]
    assert program.get("/api/v1/institutions/?day=2024-01-01").json()["results"] == []
    assert program.get("/api/v1/projects/?day=yesterday").status_code == 400
    assert program.get("/api/v1/categories/?day=1999-01-01").status_code == 400


def test_occupations_come_in_pages_by_code(api):
    program, seen, path = api(factories.officer()), [], "/api/v1/occupations/"
    while path:
        page = program.get(path).json()
        seen += [one["code"] for one in page["results"]]
        path = page["next"]
    assert seen == sorted(set(seen))
    assert len(seen) > 10
