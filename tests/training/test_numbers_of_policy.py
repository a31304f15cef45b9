"""A number of policy that nobody has set is a sentence, never an error of ours; a class has no first day before the
rules (R-OPN-1, R-ELG-4).
"""

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from casework.domain.flow import file_of
from casework.domain.moves import available, take
from casework.domain.routing import NotSet, parameter
from casework.models import Parameter, RouteStep
from kit.refusals import NotNow, Refused
from tests.factories import eligibility as people
from tests.factories import training as t
from tests.refusals import said_at
from tests.training import walk as walks
from tests.training.test_decision_page import completed_class
from training.domain.classes.drafting import update_class
from training.domain.roster.enrolling import add_trainee
from training.models import TrainingClass

pytestmark = pytest.mark.django_db
OLD = date(2020, 6, 30)
PAGES = ("class", "class_edit", "class_timetable", "class_roster", "class_attendance", "class_files", "class_history")


def lost(model, **which) -> None:
    """Rows that are not there, whatever the portal itself forbids: never loaded, or lost by hand."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER dated_kept")
        model.objects.filter(**which).delete()
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER dated_kept")


@pytest.fixture
def walk(registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    return walk


def test_a_first_day_before_the_rules_is_refused_at_the_form_and_what_was_typed_stays(browser):
    draft = t.draft_class()
    client = browser(t.clerk(draft))
    for address in (reverse("class_edit", args=[draft.pk]), reverse("class_new")):
        answer = client.post(address, {"name": "太早的班", "first_day": OLD.isoformat()})
        assert (answer.status_code, said_at(answer)["first_day"]) == (
            400,
            "2020-06-30没有施行的人员类别审核条件（2020-07-01起施行），不能在这一天开班。",
        )
        assert "太早的班" in answer.content.decode()
    assert TrainingClass.objects.get().first_day == draft.first_day


def test_and_by_a_program(api):
    draft = t.draft_class()
    program = api(t.clerk(draft))
    for answer in (
        program.patch(f"/api/v1/classes/{draft.pk}/", {"first_day": OLD.isoformat()}),
        program.post("/api/v1/classes/", {"first_day": OLD.isoformat()}),
    ):
        assert answer.status_code == 400
        assert "2020-07-01起施行" in answer.json()["errors"]["first_day"][0]


def test_a_first_day_of_another_century_is_a_slip_and_refused_at_page_and_api(browser, api):
    draft = t.draft_class()
    for typed in ("9999-12-31", "2126-12-15"):
        page = browser(t.clerk(draft)).post(
            reverse("class_edit", args=[draft.pk]), {"name": draft.name, "first_day": typed}
        )
        assert (page.status_code, "请核对年份" in page.content.decode(), typed in page.content.decode()) == (
            400,
            True,
            True,
        )
        answer = api(t.clerk(draft)).patch(f"/api/v1/classes/{draft.pk}/", {"first_day": typed})
        assert (answer.status_code, "两年以内" in answer.json()["errors"]["first_day"][0]) == (400, True)
    assert TrainingClass.objects.get().first_day == draft.first_day


def test_and_in_the_shell():
    draft = t.draft_class()
    with pytest.raises(Refused, match="2020-07-01起施行"):
        update_class(draft, by=t.clerk(draft), first_day=OLD)


def test_every_page_of_a_class_saved_with_such_a_day_lives_for_school_and_office(walk, browser):
    """Such rows are there already."""
    TrainingClass.objects.update(first_day=OLD)
    for page in PAGES:
        assert browser(walk.applicant).get(reverse(page, args=[walk.training_class.pk])).status_code == 200
    update_class(walk.reload(), by=walk.applicant, name="只改名称")
    assert walk.reload().name == "只改名称"
    with pytest.raises(NotNow, match="没有施行的人员类别审核条件"):
        take(walk.opening, "submit", by=walk.applicant)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("class_least_people", "班级人数下限"),
        ("class_most_people", "班级人数上限"),
        ("lesson_hours_a_day", "每日课时上限"),
        ("opening_lead_workdays", "开班申请提前的工作日"),
        ("attendance_percent", "出勤率下限"),
        ("trainings_a_year", "每人每年享受补贴次数"),
    ],
)
def test_pages_live_without_a_number_and_moves_say_which_is_missing(walk, browser, code, says):
    walk.to_officer()
    lost(Parameter, code=code)
    for membership in (walk.applicant, walk.officer):
        client = browser(membership)
        for name in set(PAGES) - {"class_edit"}:
            assert client.get(reverse(name, args=[walk.training_class.pk])).status_code == 200
        page = client.get(reverse("case", args=["opening", walk.opening.pk]))
        assert page.status_code == 200
    if code in ("attendance_percent", "trainings_a_year"):  # asked about later
        take(walk.opening, "approve", by=walk.officer)
        return
    with pytest.raises(NotNow, match=f"没有施行的“{says}"):
        take(walk.opening, "approve", by=walk.officer)


def test_a_completion_without_the_least_attendance_says_so(registries):
    walk, completion = completed_class(registries, 1)
    lost(Parameter, code="attendance_percent")
    with pytest.raises(NotNow, match="没有施行的“出勤率下限"):
        take(completion, "approve", by=walk.officer)


def test_acts_that_need_the_number_answer_409_with_the_sentence(browser, api):
    draft = t.draft_class()
    lost(Parameter, code__in=["class_most_people", "lesson_hours_a_day"])
    form = {
        "weekdays": [0, 1],
        "starts_1": "08:30",
        "hours_1": "4",
        "teacher": draft.teachers.get().pk,
        "venue": draft.venue_id,
    }
    page = browser(t.clerk(draft)).post(reverse("class_timetable", args=[draft.pk]), form)
    assert (page.status_code, "没有施行的“每日课时上限”" in page.content.decode()) == (409, True)
    answer = api(t.clerk(draft)).post(
        f"/api/v1/classes/{draft.pk}/timetable/", {"weekdays": [0], "slots": [{"starts": "08:30", "hours": "4"}]}
    )
    assert (answer.status_code, answer.json()["obstacles"]) == (
        409,
        [f"{draft.first_day}没有施行的“每日课时上限”，请联系上级人社部门设定。"],
    )
    cells = {
        "name": "乌云其木格",
        "number": t.citizen_number(1),
        "ethnicity": "蒙古族",
        "household": "城镇",
        "phone": "13904710001",
    }
    with pytest.raises(NotSet, match="班级人数上限"):
        add_trainee(draft, cells, by=t.clerk(draft))


def test_without_a_route_nothing_is_sent_nowhere(walk):
    walk.submit()
    lost(RouteStep, kind="opening")
    job = walks.newest_job(walk.opening)
    with pytest.raises(NotNow, match="没有施行的审批环节"):
        take(walk.opening, "checked", by=None, expected_version=job.arguments["version"])


def test_the_sentence_names_day_and_number():
    with pytest.raises(NotSet) as missing:
        parameter("no_such_number", day=OLD)
    assert str(missing.value) == "2020-06-30没有施行的“no_such_number”，请联系上级人社部门设定。"
    lost(Parameter, code="publicity_workdays")
    with pytest.raises(NotSet, match=f"{timezone.localdate()}没有施行的“公示工作日”"):
        parameter("publicity_workdays")


def test_buttons_carry_the_sentence_where_a_guard_asks_for_the_number(walk):
    walk.to_officer()
    lost(Parameter, code="class_least_people")
    buttons = {one.move.name: one.obstacles for one in available(file_of(walk.opening), walk.officer)}
    assert any("班级人数下限" in sentence for sentence in buttons["approve"])
    assert buttons["return"] == []


@pytest.mark.parametrize(
    ("field", "typed"), [("planned_people", "40000"), ("planned_people", "-1"), ("fee", "-1"), ("fee", "1e13")]
)
def test_a_number_no_column_holds_or_below_nothing_is_refused_at_its_field(browser, api, field, typed):
    draft = t.draft_class()
    for address in (reverse("class_edit", args=[draft.pk]), reverse("class_new")):
        page = browser(t.clerk(draft)).post(address, {"name": "班", field: typed})
        assert (page.status_code, list(page.context["form"].errors), typed in page.content.decode()) == (
            400,
            [field],
            True,
        )
    answer = api(t.clerk(draft)).patch(f"/api/v1/classes/{draft.pk}/", {field: typed})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
