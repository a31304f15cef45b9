"""Every edit keeps what was and what is, sealed where it is personal (R-SEC-2)."""

import pytest
from django.urls import reverse

from accounts.domain.changes import opened
from accounts.domain.labels import describe_data
from accounts.models import Event
from tests.factories import training as t
from training.domain.classes.timetable import save_lesson
from training.domain.roster.enrolling import add_trainee, edit_trainee, remove_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return t.draft_class()


def cells(n, **given):
    values = {
        "name": "乌云其木格",
        "number": t.citizen_number(n),
        "ethnicity": "蒙古族",
        "household": "城镇",
        "phone": "13904710001",
    }
    return values | given


def changed(act):
    return Event.objects.filter(act=act).latest("id").data["changed"]


def test_a_trainee_put_in_changed_and_taken_out(draft):
    clerk = t.clerk(draft)
    enrolment = add_trainee(draft, cells(1), by=clerk)
    assert [opened(value) for value in changed("roster.added")["number"]] == ["", t.citizen_number(1)]
    edit_trainee(enrolment, cells(1, phone="13904710002", household="农村牧区"), by=clerk)
    found = changed("roster.edited")
    assert (set(found), found["household"]) == ({"phone", "household"}, ["城镇", "农村牧区"])
    assert [opened(value) for value in found["phone"]] == ["13904710001", "13904710002"]
    remove_trainee(enrolment, by=clerk)
    assert [opened(value) for value in changed("roster.removed")["phone"]] == ["13904710002", ""]
    kept = str(list(Event.objects.values_list("data", flat=True)))
    assert not any(personal in kept for personal in ("13904710001", "13904710002", t.citizen_number(1), "乌云其木格"))


def test_another_number_names_both_people(draft):
    clerk = t.clerk(draft)
    edit_trainee(add_trainee(draft, cells(1), by=clerk), cells(2), by=clerk)
    assert [opened(value) for value in changed("roster.edited")["number"]] == [t.citizen_number(1), t.citizen_number(2)]


def test_a_class_and_its_lesson(browser, draft):
    clerk = t.clerk(draft)
    lesson = t.lesson(draft)
    lesson.content, lesson.hours = "理论", 3
    save_lesson(lesson, by=clerk)
    assert changed("lesson.saved") == {"hours": ["4.0", "3"], "content": ["实操", "理论"]}


def test_codes_and_places_of_a_list_are_said_in_words():
    ((_label, said),) = describe_data(
        {
            "changed": {
                "12.result": ["", "pass"],
                "category": ["laid_off_unemployed", "veteran"],
                "3.mark": ["absent", "present"],
            }
        }
    )
    assert said == "12. 结果 “” → “合格”；人员类别 “下岗失业人员” → “退役军人”；3. 考勤 “缺勤” → “出勤”"


def test_the_page_of_the_unit_does_not_lose_what_is_saved(browser, draft):
    assert browser(t.clerk(draft)).get(reverse("class", args=[draft.pk])).status_code == 200
