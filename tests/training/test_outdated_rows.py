"""What a colleague just entered is neither removed nor replaced from an older page, sheet or reading, and a blank says
nothing (R-SEC-4, R-CMP-1).
"""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests import factories
from tests.factories import training as make
from tests.training import walk as walks
from tests.training.test_completion import change
from training.models import Enrolment, Lesson

pytestmark = pytest.mark.django_db
VERSION = 'action="{}".*?name="version" value="([0-9a-f]+)"'


def drawn(client, page: str, action: str) -> str:
    """The version a row's small form was drawn for."""
    return re.search(VERSION.format(action), client.get(page).content.decode(), re.DOTALL)[1]


# ── removed
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_trainee_whose_row_a_colleague_put_right_is_not_removed_from_the_older_page(browser):
    walk = walks.laid_off_class()
    client, one = browser(make.clerk(walk.training_class)), walk.enrolments[0]
    page, address = (
        reverse(name, args=args)
        for name, args in (
            ("class_roster", [walk.training_class.pk]),
            ("trainee_remove", [walk.training_class.pk, one.pk]),
        )
    )
    version = drawn(client, page, address)
    one.phone = "13904719999"
    one.save()
    answer = client.post(address, {"version": version})
    assert (
        answer.status_code,
        "已被他人修改" in answer.content.decode(),
        Enrolment.objects.filter(pk=one.pk).exists(),
    ) == (409, True, True)
    assert client.post(address, {"version": drawn(client, page, address)}).status_code == 302
    assert not Enrolment.objects.filter(pk=one.pk).exists()


def test_a_lesson_a_colleague_moved_is_not_removed_from_the_older_page(browser):
    training_class = make.draft_class()
    lesson, client = make.lesson(training_class), browser(make.clerk(training_class))
    page, address = (
        reverse("class_timetable", args=[training_class.pk]),
        reverse("lesson_remove", args=[training_class.pk, lesson.pk]),
    )
    version = drawn(client, page, address)
    Lesson.objects.update(content="理论")
    assert (client.post(address, {"version": version}).status_code, Lesson.objects.count()) == (409, 1)
    assert (client.post(address, {"version": drawn(client, page, address)}).status_code, Lesson.objects.count()) == (
        302,
        0,
    )


def test_a_program_that_read_an_older_row_removes_nothing(api):
    walk = walks.laid_off_class()
    program, one, lesson = api(make.clerk(walk.training_class)), walk.enrolments[0], walk.training_class.lessons.first()
    paths = [f"/api/v1/enrolments/{one.pk}/", f"/api/v1/lessons/{lesson.pk}/"]
    read = [program.get(path)["ETag"] for path in paths]
    one.phone = "13904719999"
    one.save()
    Lesson.objects.filter(pk=lesson.pk).update(content="理论")
    assert [
        program.delete(path, headers={"If-Match": tag}).status_code for path, tag in zip(paths, read, strict=True)
    ] == [412, 412]
    assert (Enrolment.objects.filter(pk=one.pk).exists(), Lesson.objects.filter(pk=lesson.pk).exists()) == (True, True)
    assert [program.delete(path, headers={"If-Match": program.get(path)["ETag"]}).status_code for path in paths] == [
        204,
        204,
    ]
    stranger = api(factories.operator(factories.unit()))
    assert stranger.get(f"/api/v1/lessons/{walk.training_class.lessons.first().pk}/").status_code == 404


def test_the_description_names_the_version_of_every_removal(api):
    program = api(factories.operator(make.on_file().organisation))
    document = program.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    ways = {
        path: "If-Match" in str(way["delete"].get("parameters"))
        for path, way in document["paths"].items()
        if "delete" in way
    }
    assert {path for path, says in ways.items() if not says} == {"/api/v1/auth/token/"}  # a token does not change


# ── results
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def held(registries):
    return walks.held(registries)


def sent(client, walk, sheet: bytes, **fields: str):
    address = reverse("results_upload", args=[walk.training_class.pk])
    return client.post(address, {"file": SimpleUploadedFile("r.xlsx", sheet), **fields})


def sheet_of(client, walk) -> bytes:
    return client.get(reverse("results_download", args=[walk.training_class.pk])).content


def test_a_sheet_with_results_only_leaves_the_scores_that_are_saved(browser, held):
    client, one = browser(held.applicant), held.enrolments[0]
    Enrolment.objects.filter(pk=one.pk).update(theory_score=Decimal(88), practice_score=Decimal(77))
    sheet = change(sheet_of(client, held), {"乌云": {"结果": "合格", "理论成绩": None, "实操成绩": None}})
    assert sent(client, held, sheet).status_code == 302
    one = held.enrolments[0]
    assert (one.result, one.theory_score, one.practice_score) == ("pass", Decimal(88), Decimal(77))


def test_a_row_changed_since_the_sheet_was_downloaded_is_refused_with_both_values_even_from_a_fresh_page(browser, held):
    client, (one, _two, _three) = browser(held.applicant), held.enrolments
    sheet = change(sheet_of(client, held), {"乌云": {"理论成绩": 61}, "巴特尔": {"理论成绩": 70}})
    Enrolment.objects.filter(pk=one.pk).update(theory_score=Decimal(88))
    page = client.get(reverse("completion_results", args=[held.training_class.pk])).content.decode()
    answer = sent(client, held, sheet, version=re.search(r'name="version" value="([0-9a-f]+)"', page)[1])
    shown = answer.content.decode()
    assert (answer.status_code, "乌云的理论成绩，表中是“61”，现在登记的是“88.0”" in shown, "巴特尔的" in shown) == (
        409,
        True,
        False,
    )
    assert [e.theory_score for e in held.enrolments][:2] == [Decimal(88), None]
    again = change(sheet_of(client, held), {"乌云": {"理论成绩": 61}, "巴特尔": {"理论成绩": 70}})
    assert sent(client, held, again).status_code == 302
    assert [e.theory_score for e in held.enrolments][:2] == [Decimal(61), Decimal(70)]


def test_a_program_that_gives_only_the_result_keeps_the_scores_and_clears_what_it_says(api, held):
    program, path, one = api(held.applicant), f"/api/v1/classes/{held.training_class.pk}/results/", held.enrolments[0]
    program.put(path, {"rows": [{"enrolment": one.pk, "theory_score": "88", "practice_score": "77"}]})
    program.put(path, {"rows": [{"enrolment": one.pk, "result": "pass", "practice_score": None}]})
    one = held.enrolments[0]
    assert (one.result, one.theory_score, one.practice_score) == ("pass", Decimal(88), None)
