"""A row in use is closed and followed by a new one of its owner, never rewritten: page, API, import, database (R-CAT-1,
R-CAT-2).
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.forms import model_to_dict
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.domain.tokens import issue_token
from accounts.models import Event
from casework.models import Parameter, RouteStep
from kit.refusals import Refused
from subsidies.models import Standard
from tests import factories
from tests.factories import subsidies as money
from tests.factories import training as t
from tests.training.test_catalogue import line, sent, successor
from training.domain.classes.catalogue import keep, project_on
from training.models import Assessment, Listing, Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return factories.administrator("150000")


@pytest.fixture
def used():
    """A project of the region on which a class of 新城区 rests, whose first day has come."""
    project = money.project(code="Y1", name="育婴员")
    money.completed_class(project=project)
    return project


def program(membership):
    key, _token = issue_token(membership.user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}", HTTP_X_MEMBERSHIP=str(membership.pk))
    return client


def typed(project, **changed):
    """The page's form as a browser sends it."""
    values = model_to_dict(project) | changed
    return {name: "" if value is None else value for name, value in values.items() if value is not False}


def day(offset):
    return timezone.localdate() + timedelta(days=offset)


# ── whose row
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_leagues_administrator_cannot_edit_a_project_that_classes_of_huhhot_use(browser, used):
    baotou = factories.administrator("150200")
    address = reverse("catalogue_edit", args=["projects", used.pk])
    assert browser(baotou).get(address).status_code == 403
    assert browser(baotou).post(address, typed(used, training_type="on_the_job")).status_code == 403
    assert (
        program(baotou)
        .patch(f"/api/v1/projects/{used.pk}/", {"training_type": "on_the_job"}, format="json")
        .status_code
        == 403
    )
    assert (
        program(baotou).patch(f"/api/v1/projects/{used.pk}/", {"until": day(1).isoformat()}, format="json").status_code
        == 403
    )
    preview = sent(browser(baotou), "projects", [line(code="Y1", name="育婴员", since=used.since)]).context["preview"]
    assert "由内蒙古自治区维护，其他地区不能修改或接续" in "".join(preview.lines[0].errors)
    follows = line(code="Y1", name="育婴员", since=day(1))
    assert "由内蒙古自治区维护" in "".join(
        sent(browser(baotou), "projects", [follows]).context["preview"].lines[0].errors
    )
    with pytest.raises(Refused, match="由内蒙古自治区维护"):
        keep(successor(used, day(1)), by=baotou)
    assert Project.objects.get(pk=used.pk).training_type == used.training_type
    assert not Event.objects.filter(act="catalogue.changed").exists()


def test_a_league_keeps_its_own_projects_and_the_region_leaves_them(region):
    baotou = factories.administrator("150200")
    own = keep(successor(t.project(code="Z9"), day(1), code="B1"), by=baotou)
    assert own.owner_id == "150200"
    keep(successor(own, day(9), hours=60), by=baotou)
    for other in (region, factories.administrator("150100")):
        with pytest.raises(Refused, match="由包头市维护"):
            keep(successor(own, day(20)), by=other)


def test_occupations_are_the_regions(browser):
    occupation = t.project().occupation
    baotou = factories.administrator("150200")
    assert browser(baotou).get(reverse("catalogue_edit", args=["occupations", occupation.pk])).status_code == 403


# ── a row in use
# ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_a_row_in_use_even_its_owner_sets_only_the_end(browser, region, used):
    client, address = browser(region), reverse("catalogue_edit", args=["projects", used.pk])
    page = client.get(address).content.decode()
    assert "只能填写失效日期" in page
    client.post(address, typed(used, hours=8, level=1, until=day(3).isoformat()))
    kept = Project.objects.get(pk=used.pk)
    assert (kept.hours, kept.level, kept.until) == (used.hours, used.level, day(3))
    assert Event.objects.get(act="catalogue.changed").data["changed"] == {"until": ["", day(3).isoformat()]}
    answer = program(region).patch(f"/api/v1/projects/{used.pk}/", {"hours": 8}, format="json")
    assert answer.status_code == 409
    assert "不能修改：课时" in answer.content.decode()
    cells = line(code="Y1", name="育婴员初级", since=used.since)
    assert "不能修改" in "".join(sent(client, "projects", [cells]).context["preview"].lines[0].errors)
    used.hours = 8
    with pytest.raises(Refused, match="不能修改：课时"):
        keep(used, by=region)


def test_a_row_in_force_since_before_today_is_kept_though_no_class_used_it(region):
    project = t.project(code="A1")
    project.name = "别的"
    with pytest.raises(Refused, match="不能修改：名称"):
        keep(project, by=region)


def test_a_row_that_is_not_in_force_yet_may_be_edited_with_old_and_new_values_on_record(browser, region):
    coming = keep(successor(t.project(code="A1"), day(5), hours=60), by=region)
    assert (
        browser(region)
        .post(reverse("catalogue_edit", args=["projects", coming.pk]), typed(coming, hours=64))
        .status_code
        == 302
    )
    assert Event.objects.filter(act="catalogue.changed").latest("pk").data["changed"] == {"hours": ["60", "64"]}
    assert program(region).patch(f"/api/v1/projects/{coming.pk}/", {"hours": 66}, format="json").json()["hours"] == 66
    page = browser(factories.officer()).get(reverse("catalogue_row", args=["projects", coming.pk])).content.decode()
    assert "课时 “60” → “64”" in page
    assert "未生效" in page
    assert "有效" in page


def test_a_successor_begins_with_the_values_of_the_row_before_and_ends_it(browser, region, used):
    client = browser(region)
    page = client.get(reverse("catalogue_new", args=["projects"]), {"after": used.pk})
    assert page.context["form"]["name"].value() == "育婴员"
    assert page.context["form"]["since"].value() is None
    assert (
        client.post(
            reverse("catalogue_new", args=["projects"]), typed(used, since=day(1).isoformat(), hours=60)
        ).status_code
        == 302
    )
    assert [project_on("Y1", when).hours for when in (day(0), day(1))] == [used.hours, 60]
    made = program(region).post(
        "/api/v1/projects/",
        model_to_dict(used) | {"since": day(9).isoformat(), "hours": 70, "until": None},
        format="json",
    )
    assert made.status_code == 201, made.content.decode()
    assert [project_on("Y1", when).hours for when in (day(8), day(9))] == [60, 70]


def test_no_end_and_no_successor_reach_back_before_the_last_use(region, used):
    first_day = used.classes.get().first_day
    used.until = first_day
    with pytest.raises(Refused, match=f"已有班次按这一条于{first_day}开班"):
        keep(used, by=region)
    with pytest.raises(Refused, match="已有班次按这一条于"):
        keep(successor(used, first_day, hours=60), by=region)
    assert keep(successor(used, first_day + timedelta(days=1), hours=60), by=region).pk


def test_a_row_that_has_ended_stays_as_it_is(region):
    project = t.project(code="A1", until=day(-3))
    project.until = None
    with pytest.raises(Refused, match="失效，不能再改"):
        keep(project, by=region)


def test_a_listing_in_use_keeps_its_occupations(browser, region, used):
    listing = Listing.objects.get(organisation=used.classes.get().institution)
    occupation = used.occupation
    with pytest.raises(Refused, match="不能修改：核定职业"):
        keep(listing, by=region, occupations=[occupation])
    with pytest.raises(IntegrityError, match="closed and followed"), transaction.atomic():
        listing.occupations.add(occupation)
    heads = ["统一社会信用代码", "核定职业", "生效日期", "依据文件", "示例"]
    rows = [[listing.organisation.uscc, occupation.pk, listing.since, listing.source, "否"]]
    assert "不能修改：核定职业" in "".join(
        sent(browser(region), "listings", rows, heads).context["preview"].lines[0].errors
    )
    listing.until = day(2)
    assert keep(listing, by=region).until == day(2)


# ── the database
# ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rows", "change"),
    [
        (lambda: Project.objects.all(), {"training_type": "on_the_job"}),
        (lambda: Listing.objects.all(), {"source": "别的"}),
        (lambda: Assessment.objects.filter(occupation__projects__isnull=False), {"status": "none"}),
        (lambda: Standard.objects.all(), {"amount": "9999.00"}),
        (lambda: Parameter.objects.filter(code="attendance_percent"), {"value": 1}),
        (lambda: RouteStep.objects.filter(kind="opening"), {"working_days": 1}),
    ],
)
def test_the_database_itself_refuses_to_rewrite_delete_or_overlap_a_row_in_use(rows, change):
    money.standard()
    money.completed_class()
    for refused in (lambda: rows().update(**change), lambda: rows().delete(), lambda: rows().update(since=day(-9999))):
        with (
            pytest.raises((IntegrityError, ProtectedError), match=r"closed and followed|protected"),
            transaction.atomic(),
        ):
            refused()
    copy = rows().first()
    copy.pk, copy.since, copy._state.adding = None, day(-1), True
    with pytest.raises(IntegrityError, match="one_a_day"), transaction.atomic():
        copy.save()


def test_the_database_lets_a_row_end_after_its_last_use_and_not_before():
    project = money.completed_class().training_class.project
    first_day = project.classes.get().first_day
    with pytest.raises(IntegrityError, match="was in force on these days"), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(until=first_day)
    assert Project.objects.filter(pk=project.pk).update(until=first_day + timedelta(days=1)) == 1
    with pytest.raises(IntegrityError, match="was in force on these days"), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(until=None)


def test_a_parameter_is_never_closed_for_days_that_are_over():
    rows = Parameter.objects.filter(code="attendance_percent")
    with pytest.raises(IntegrityError, match="was in force on these days"), transaction.atomic():
        rows.update(until=day(-1))
    assert rows.update(until=day(0)) == 1
    Parameter.objects.create(code="attendance_percent", value=70, since=day(0), source="示例")


# ── files
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"until": "#N/A"}, "K3 失效日期：单元格是公式错误 #N/A"),
        ({"example": "#REF!"}, "M3 示例：单元格是公式错误 #REF!"),
        ({"until": "=TODAY()"}, "K3 失效日期：单元格是没有计算结果的公式"),
        ({"hours": "=60*2"}, "F3 课时：单元格是没有计算结果的公式"),
    ],
)
def test_an_error_cell_or_an_uncomputed_formula_is_an_error_of_its_row(browser, region, cells, says):
    client = browser(region)
    preview = sent(client, "projects", [line(), line(code="M2", **cells)]).context["preview"]
    assert preview.wrong == 1
    assert says in "".join(preview.lines[1].errors)
    client.post(reverse("catalogue_upload", args=["projects"]), {"confirm": preview.token})
    assert Project.objects.count() == 0


def test_a_key_twice_in_one_file_is_an_error(browser, region):
    preview = sent(browser(region), "projects", [line(), line(code="m1", since="2026/1/1", hours=60)]).context[
        "preview"
    ]
    assert preview.lines[1].errors == ["与第2行重复：项目编码、生效日期相同。"]


def test_no_constraint_name_reaches_a_reader(browser, region):
    client = browser(region)
    backwards = sent(client, "projects", [line(until="2025-01-01")]).context["preview"].lines[0].errors
    assert backwards == ["失效日期须晚于生效日期。"]
    project = t.project(code="A1", since=day(3))
    answers = [
        client.post(reverse("catalogue_new", args=["projects"]), typed(project)),
        client.post(reverse("catalogue_edit", args=["projects", project.pk]), typed(project, until=day(1).isoformat())),
        program(region).post(
            "/api/v1/projects/", model_to_dict(project) | {"until": None, "since": day(3).isoformat()}, format="json"
        ),
    ]
    for answer in answers:
        text = answer.content.decode()
        assert answer.status_code in (400, 409), text
        assert not any(name in text for name in ("project_once", "one_a_day", "dates_in_order", "Project", "Since")), (
            text
        )
