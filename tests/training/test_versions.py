"""Of two open forms the older never wins: classes, timetables, lessons, teachers, rooms, trainees, attendance, results
(R-SEC-4).
"""

from __future__ import annotations

import re
import threading
from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Event
from kit.versions import Stale, unchanged, version_of
from subsidies.domain.budgets import set_budget
from subsidies.models import Budget
from tests.api.conftest import api
from tests.factories import administrator, member, office, operator
from tests.factories import training as make
from tests.training import walk as walks
from training.domain.classes.versions import class_version
from training.models import AttendanceSheet, Enrolment, Teacher, TrainingClass

__all__ = ["api"]
pytestmark = pytest.mark.django_db
VERSION = re.compile(r'name="version" value="(\w+)"')
SAID = "已被他人修改"


def opened(client: Client, page: str) -> str:
    """The version of the form on a page as it is opened now."""
    return VERSION.search(client.get(page).content.decode())[1]


def values_of(client: Client, page: str) -> dict[str, object]:
    form = client.get(page).context["form"]
    return {bound.html_name: value for bound in form if (value := bound.value()) not in (None, "")}


@pytest.fixture
def drafted(browser):
    training_class = make.draft_class(planned_people=20)
    return training_class, browser(make.clerk(training_class))


def test_a_class_changed_in_another_tab_is_not_overwritten_and_both_values_are_shown(drafted):
    training_class, client = drafted
    page = reverse("class_edit", args=[training_class.pk])
    mine, version = values_of(client, page), opened(client, page)
    assert client.post(page, {**mine, "version": version, "planned_people": "25"}).status_code == 302
    answer = client.post(page, {**mine, "version": version, "planned_people": "30", "fee": "800"})
    shown = answer.content.decode()
    assert (answer.status_code, SAID in shown) == (409, True)
    assert [(one.label, one.theirs, one.yours) for one in answer.context["form"].differences] == [
        ("计划人数", "25", "30"),
        ("培训费（元/人）", "", "800"),
    ]
    assert 'value="30"' in shown
    assert TrainingClass.objects.get().planned_people == 25
    assert client.post(page, {**mine, "version": VERSION.search(shown)[1], "planned_people": "30"}).status_code == 302
    assert TrainingClass.objects.get().planned_people == 30


def test_what_is_wrong_in_a_form_does_not_make_it_newer(drafted):
    training_class, client = drafted
    page = reverse("class_edit", args=[training_class.pk])
    mine, version = values_of(client, page), opened(client, page)
    TrainingClass.objects.update(planned_people=44)
    shown = client.post(page, {**mine, "version": version, "planned_people": "viel"}).content.decode()
    assert VERSION.search(shown)[1] == version


def test_a_timetable_planned_in_another_tab_is_not_replaced(drafted):
    training_class, client = drafted
    page = reverse("class_timetable", args=[training_class.pk])
    plan = {
        "weekdays": [0, 1, 2, 3, 4],
        "starts_1": "08:30",
        "hours_1": "4",
        "starts_2": "14:00",
        "hours_2": "4",
        "version": opened(client, page),
    }
    assert client.post(page, plan).status_code == 302
    before = list(training_class.lessons.values_list("pk", flat=True))
    answer = client.post(page, {**plan, "hours_1": "2"})
    assert (answer.status_code, SAID in answer.content.decode()) == (409, True)
    assert list(training_class.lessons.values_list("pk", flat=True)) == before


def test_a_lesson_changed_in_another_tab_is_not_overwritten(drafted):
    training_class, client = drafted
    lesson = make.lesson(training_class)
    page = reverse("lesson_edit", args=[training_class.pk, lesson.pk])
    mine, version = values_of(client, page), opened(client, page)
    training_class.lessons.update(starts=time(8))
    answer = client.post(page, {**mine, "version": version, "content": "理论"})
    assert (answer.status_code, answer.context["form"].differences[0].theirs) == (409, "08:00:00")
    assert training_class.lessons.get().content == "实操"


@pytest.mark.parametrize(("name", "field"), [("teacher_edit", "name"), ("venue_edit", "name")])
def test_a_teacher_or_room_changed_in_another_tab_is_not_overwritten(browser, name, field):
    unit = make.on_file()
    thing = unit.teachers.first() if name == "teacher_edit" else unit.venues.first()
    client, page = browser(operator(unit.organisation)), reverse(name, args=[thing.pk])
    mine, version = values_of(client, page), opened(client, page)
    type(thing).objects.update(name="王秀兰")
    answer = client.post(page, {**mine, "version": version, field: "王老三"})
    assert (answer.status_code, SAID in answer.content.decode(), "王秀兰" in answer.content.decode()) == (
        409,
        True,
        True,
    )
    assert type(thing).objects.get().name == "王秀兰"
    assert not Event.objects.filter(act__endswith=".changed", subject_id=thing.pk).exists()


def test_a_trainee_changed_in_another_tab_is_not_overwritten(browser):
    walk = walks.laid_off_class()
    [first, *_others] = walk.enrolments
    client, page = (
        browser(make.clerk(walk.training_class)),
        reverse("trainee_edit", args=[walk.training_class.pk, walk.enrolments[0].pk]),
    )
    mine, version = values_of(client, page), opened(client, page)
    found = Enrolment.objects.get(pk=first.pk)
    found.phone = "13904719999"
    found.save()
    answer = client.post(page, {**mine, "version": version, "phone": "13904718888"})
    assert answer.status_code == 409
    assert ("13904719999", "13904718888") in [(one.theirs, one.yours) for one in answer.context["form"].differences]
    assert Enrolment.objects.get(pk=first.pk).phone == "13904719999"


def test_the_api_says_the_version_and_refuses_an_older_one(drafted, api):
    training_class, _client = drafted
    school, address = api(make.clerk(training_class)), f"/api/v1/classes/{training_class.pk}/"
    read = school.get(address)
    assert read["ETag"] == f'"{class_version(training_class.pk)}"'
    first = school.patch(address, {"planned_people": 30}, headers={"If-Match": read["ETag"]})
    assert (first.status_code, first["ETag"] == read["ETag"]) == (200, False)
    second = school.patch(address, {"planned_people": 40}, headers={"If-Match": read["ETag"]})
    assert (second.status_code, second.json()["type"]) == (412, "urn:fanbu:stale")
    assert TrainingClass.objects.get().planned_people == 30
    assert school.patch(address, {"planned_people": 40}, headers={"If-Match": first["ETag"]}).status_code == 200


def test_the_api_does_one_act_once_however_often_it_is_sent(api):
    school = api(operator(make.on_file().organisation))
    key = {"Idempotency-Key": "a1"}
    first, second = (school.post("/api/v1/classes/", {"name": "育婴员四班"}, headers=key) for _time in range(2))
    assert (first.status_code, first.json(), TrainingClass.objects.count()) == (201, second.json(), 1)
    assert second["Idempotent-Replayed"] == "true"
    assert school.post("/api/v1/classes/", {"name": "育婴员五班"}, headers=key).status_code == 400
    assert (
        school.post("/api/v1/classes/", {"name": "育婴员四班"}, headers={"Idempotency-Key": "a2"}).json()["id"]
        != first.json()["id"]
    )
    other = api(operator(make.on_file().organisation))
    assert other.post("/api/v1/classes/", {"name": "育婴员四班"}, headers=key).json()["id"] != first.json()["id"]


def test_every_draft_of_the_description_names_its_version(api):
    document = (
        api(operator(make.on_file().organisation))
        .get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
        .json()
    )
    changed = {
        path
        for path, ways in document["paths"].items()
        for way in ("put", "patch")
        if "If-Match" in str(ways.get(way, {}).get("parameters"))
    }
    drafts = ["classes", "lessons", "units", "teachers", "venues", "enrolments", "uploads"]
    assert all(any(path.startswith(f"/api/v1/{name}/") for path in changed) for name in drafts)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_the_second_is_told():
    teacher = Teacher.objects.create(unit=make.on_file(), name="赵老师")
    version, told = version_of(teacher), []
    gate = threading.Barrier(2)

    def save(name: str) -> None:
        gate.wait()
        try:
            with unchanged(f"teacher {teacher.pk}", lambda: version_of(Teacher.objects.get(pk=teacher.pk)), version):
                Teacher.objects.filter(pk=teacher.pk).update(name=name)
        except Stale as stale:
            told.append(stale.version)
        finally:
            connection.close()

    both = [threading.Thread(target=save, args=[name]) for name in ("李老师", "钱老师")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert told == [version_of(Teacher.objects.get(pk=teacher.pk))]


def test_nothing_is_read_out_of_a_version():
    assert version_of("150102198501010019") != version_of("150102198501010027")
    assert len(version_of("x")) == 24


def test_an_attendance_sheet_kept_in_another_tab_is_not_overwritten(browser, registries, time_machine):
    walk = walks.laid_off_class()
    registries.load([])
    lesson = walk.training_class.lessons.first()
    TrainingClass.objects.update(stage="in_training", number="150102-2026-000009")
    time_machine.move_to(f"{lesson.day}T18:00:00+08:00")
    client, page = (
        browser(make.clerk(walk.training_class)),
        reverse("lesson_attendance", args=[walk.training_class.pk, lesson.pk]),
    )
    marks = {f"mark-{one.pk}": "present" for one in walk.enrolments}
    version = opened(client, page)
    first = {**marks, f"mark-{walk.enrolments[0].pk}": "absent", "version": version}
    assert client.post(page, first).status_code == 302
    answer = client.post(page, {**marks, "version": version, "correction": "点名有误"})
    assert (answer.status_code, SAID in answer.content.decode()) == (409, True)
    assert [(one.theirs, one.yours) for one in answer.context["differences"]] == [("缺勤", "出勤")]
    assert AttendanceSheet.objects.get().marks[str(walk.enrolments[0].pk)] == "absent"


def test_a_catalogue_row_changed_in_another_tab_is_not_overwritten(browser):
    project = make.project(code="Z0001", since=timezone.localdate() + timedelta(days=30))
    client, page = browser(administrator("150000")), reverse("catalogue_edit", args=["projects", project.pk])
    mine, version = values_of(client, page), opened(client, page)
    type(project).objects.update(name="育婴员（新）")
    answer = client.post(page, {**mine, "version": version, "name": "保育师"})
    assert (answer.status_code, SAID in answer.content.decode()) == (409, True)
    assert type(project).objects.get().name == "育婴员（新）"


def test_a_budget_and_an_organisation_changed_in_another_tab_are_not_overwritten(browser):
    finance = member(office(kind=OrganisationKind.FINANCE), Role.FINANCE)
    client, page = browser(finance), reverse("budgets")
    version = opened(client, page)
    set_budget(fund_source="employment", year=2026, amount=Decimal(5), source="文1号", by=finance)
    answer = client.post(
        page, {"version": version, "fund_source": "employment", "year": "2026", "amount": "9", "source": "文2号"}
    )
    assert (answer.status_code, SAID in answer.content.decode(), Budget.objects.get().amount) == (409, True, Decimal(5))
    client, page = browser(administrator("150102")), reverse("organisation", args=[finance.organisation_id])
    version = opened(client, page)
    type(finance.organisation).objects.filter(pk=finance.organisation_id).update(short_name="区财政局")
    form = {"version": version, "name": "财政局", "short_name": "财政", "uscc": "", "reason": "更名"}
    answer = client.post(reverse("organisation_change", args=[finance.organisation_id]), form)
    assert (answer.status_code, SAID in answer.content.decode()) == (409, True)
