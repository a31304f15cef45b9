"""The catalogues: dated rows, who keeps them, in and out as xlsx (R-CAT-1, R-CAT-2)."""

import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Event
from kit.refusals import Refused
from tests import factories
from tests.factories import training as t
from tests.refusals import said_at
from training.domain.classes.catalogue import keep, listed_on, project_on
from training.models import Listing, Occupation, Project

pytestmark = pytest.mark.django_db
REGION = "150000"


@pytest.fixture
def keeper():
    return factories.administrator(REGION)


def successor(project, since, **changes):
    values = {
        name: getattr(project, name)
        for name in (
            "code",
            "name",
            "occupation",
            "level",
            "training_type",
            "hours",
            "certificate_kind",
            "categories",
            "source",
        )
    }
    return Project(**values | {"since": since} | changes)


def test_a_new_row_of_a_project_ends_the_one_before_and_each_day_has_one(keeper):
    old = t.project(code="A1")
    keep(successor(old, date(2026, 1, 1), hours=60), by=keeper)
    old.refresh_from_db()
    assert old.until == date(2026, 1, 1)
    assert [project_on("A1", day).hours for day in (date(2020, 7, 1), date(2025, 12, 31), date(2026, 1, 1))] == [
        40,
        40,
        60,
    ]
    assert project_on("A1", date(2020, 6, 30)) is None


def test_a_row_put_before_a_later_one_ends_where_that_begins(keeper):
    later = t.project(code="A1", since=date(2026, 1, 1))
    keep(successor(later, date(2024, 1, 1), hours=20), by=keeper)
    assert [project_on("A1", day).hours for day in (date(2025, 12, 31), date(2026, 1, 1))] == [20, 40]


def test_the_same_project_on_the_same_day_is_refused(keeper):
    old = t.project(code="A1")
    with pytest.raises(Refused, match="已有一条记录"):
        keep(successor(old, old.since), by=keeper)


def test_an_institution_is_listed_from_day_to_day_both_ways():
    school = t.on_file().organisation
    Listing.objects.update(until=date(2026, 1, 1))
    days = [date(2020, 6, 30), date(2020, 7, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [school in listed_on(day) for day in days] == [False, True, True, False]


def test_only_region_and_league_administrators_keep_the_catalogues():
    project = t.project()
    for by in (factories.officer("150100"), factories.administrator("150102"), factories.operator(factories.unit())):
        with pytest.raises(Refused):
            keep(project, by=by)
    assert keep(project, by=factories.administrator("150000")).pk == project.pk


def test_a_league_lists_only_its_own_institutions():
    school = factories.unit("150202")
    with pytest.raises(Refused, match="本辖区"):
        keep(Listing(organisation=school, since=t.SINCE, source="示例"), by=factories.administrator("150100"))


@pytest.mark.parametrize("name", ["catalogue_new", "catalogue_upload", "catalogue_export"])
def test_pages_that_change_catalogues_are_refused_to_others(browser, name):
    for membership in (factories.officer(), factories.operator(factories.unit())):
        assert browser(membership).get(reverse(name, args=["projects"])).status_code == 403


def test_everyone_with_a_post_reads_the_catalogues_and_sees_the_example_mark(browser):
    t.project(name="电工培训")
    t.on_file()
    for membership in (factories.officer(), factories.operator(factories.unit())):
        page = browser(membership).get(reverse("catalogue")).content.decode()
        assert "电工培训" in page
        assert "示例" in page
        for what in ("listings", "occupations", "assessments"):
            assert browser(membership).get(reverse("catalogue_of", args=[what])).status_code == 200
    assert browser(factories.officer()).get(reverse("catalogue_of", args=["secrets"])).status_code == 404


def test_projects_are_found_by_name_type_category_and_day(browser):
    t.project("emp_upskill", code="B1", name="电工提升", training_type="on_the_job")
    t.project(code="B2", name="育婴", until=date(2022, 1, 1))
    client = browser(factories.officer())

    def found(**query):
        return [project.code for project in client.get(reverse("catalogue"), query).context["page"]]

    assert found(q="电工") == ["B1"]
    assert found(training_type="on_the_job") == ["B1"]
    assert found(category="laid_off_unemployed") == ["B2"]
    assert found(on="2023-01-01") == ["B1"]


def test_what_holds_what_will_hold_and_what_held_are_told_apart(browser):
    today = timezone.localdate()
    for code, since, until in (("N", -9, None), ("C", 1, None), ("P", -9, 0), ("E", -9, 1)):
        t.project(code=code, since=today + timedelta(since), until=None if until is None else today + timedelta(until))
        Listing.objects.create(
            organisation=factories.unit(name=code),
            source="示例",
            since=today + timedelta(since),
            until=None if until is None else today + timedelta(until),
        )
    client = browser(factories.officer())
    for standing, codes in (("now", ["E", "N"]), ("coming", ["C"]), ("past", ["P"]), ("", ["C", "E", "N", "P"])):
        projects = client.get(reverse("catalogue"), {"standing": standing}).context["page"]
        listings = client.get(reverse("catalogue_of", args=["listings"]), {"standing": standing}).context["page"]
        assert sorted(one.code for one in projects) == sorted(one.organisation.name for one in listings) == codes


def test_a_project_is_added_on_the_page_and_recorded(browser, keeper):
    form = {
        "code": "N1",
        "name": "砌筑工初级",
        "training_type": "employment_skills",
        "level": 5,
        "hours": 120,
        "certificate_kind": "skill_level",
        "certificate_required": "on",
        "categories": ["laid_off_unemployed"],
        "since": "2026-01-01",
        "until": "",
        "source": "示例文件",
        "is_example": "on",
        "occupation": "",
    }
    unseen = browser(keeper).post(reverse("catalogue_new", args=["projects"]), form | {"source": "\u200b\u2800"})
    assert (unseen.status_code, "请填写依据文件。" in unseen.content.decode(), Project.objects.exists()) == (
        400,
        True,
        False,
    )
    assert browser(keeper).post(reverse("catalogue_new", args=["projects"]), form).status_code == 302
    assert (Project.objects.get().hours, Event.objects.get(act="catalogue.added").data["what"]) == (
        120,
        "N1 砌筑工初级",
    )
    again = browser(keeper).post(reverse("catalogue_new", args=["projects"]), form)
    assert (again.status_code, "这个编码在这一生效日期已有一条。" in again.content.decode()) == (400, True)
    assert Project.objects.count() == 1


def test_an_institution_is_listed_on_the_page_with_its_occupations(browser):
    school, keeper = t.on_file().organisation, factories.administrator("150100")
    with factories.world_as_it_was():
        Listing.objects.all().delete()
    occupation = Occupation.objects.first()
    form = {"organisation": school.pk, "occupations": [occupation.pk], "since": "2026-01-01", "source": "示例"}
    assert browser(keeper).post(reverse("catalogue_new", args=["listings"]), form).status_code == 302
    assert list(Listing.objects.get().occupations.all()) == [occupation]


# ── in and out as xlsx
# ──────────────────────────────────────────────────────────────────────────────────────────────────

HEADS = [
    "项目编码",
    "项目名称",
    "培训类别",
    "职业编码",
    "等级",
    "课时",
    "证书类别",
    "须取证",
    "人员类别",
    "生效日期",
    "失效日期",
    "依据文件",
    "示例",
]


def line(**cells):
    values = {
        "code": "M1",
        "name": "电工",
        "type": "就业技能培训",
        "occupation": Occupation.objects.first().pk,
        "level": "初级",
        "hours": 120,
        "kind": "职业技能等级证书",
        "required": "是",
        "categories": "下岗失业人员、残疾人",
        "since": date(2026, 1, 1),
        "until": None,
        "source": "示例文件",
        "example": "是",
    }
    return list((values | cells).values())


def sent(client, what, rows, heads=HEADS):
    return client.post(reverse("catalogue_upload", args=[what]), {"file": t.file(t.workbook(rows, heads=heads))})


def test_an_upload_is_previewed_row_by_row_and_applied_only_when_confirmed(browser, keeper):
    known = t.project(code="K1", name="旧名", since=timezone.localdate() + timedelta(days=30))
    client = browser(keeper)
    same = line(code="K1", name="新名", since=known.since)
    page = sent(client, "projects", [line(), same])
    preview = page.context["preview"]
    assert [(one.row, one.change, one.errors) for one in preview.lines] == [(2, "new", []), (3, "update", [])]
    assert (Project.objects.count(), Event.objects.filter(act__startswith="catalogue").count()) == (1, 0)
    client.post(reverse("catalogue_upload", args=["projects"]), {"confirm": preview.token})
    assert sorted(Project.objects.values_list("code", "name")) == [("K1", "新名"), ("M1", "电工")]
    new = Project.objects.get(code="M1")
    assert (new.categories, new.level, new.certificate_required) == (["laid_off_unemployed", "disabled"], 5, True)
    assert Event.objects.get(act="catalogue.imported").data == {"catalogue": "projects", "new": 1, "update": 1}


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"type": "厨艺"}, "不在可选值中"),
        ({"occupation": "9-99-99-99"}, "不在职业目录中"),
        ({"hours": "很多"}, "不是大于零的整数"),
        ({"since": "明天"}, "不是日期"),
        ({"categories": "火星人"}, "没有“火星人”这一人员类别"),
        ({"name": ""}, "项目名称"),
    ],
)
def test_a_wrong_row_is_named_and_the_whole_file_waits(browser, keeper, cells, says):
    client = browser(keeper)
    preview = sent(client, "projects", [line(), line(code="M2", **cells)]).context["preview"]
    assert preview.wrong == 1
    assert says in "".join(preview.lines[1].errors)
    client.post(reverse("catalogue_upload", args=["projects"]), {"confirm": preview.token})
    assert Project.objects.count() == 0


def test_a_preview_belongs_to_who_made_it(browser, keeper):
    token = sent(browser(keeper), "projects", [line()]).context["preview"].token
    other = factories.administrator("150100")
    browser(other).post(reverse("catalogue_upload", args=["projects"]), {"confirm": token})
    assert Project.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "says"), [(b"code,name", "不是 Excel 工作簿"), (t.workbook([["x"]], heads=["甲"]), "没有找到表头")]
)
def test_a_file_that_is_no_catalogue_is_refused_with_a_sentence(browser, keeper, content, says):
    page = browser(keeper).post(reverse("catalogue_upload", args=["projects"]), {"file": t.file(content)})
    assert page.status_code == 400
    assert says in said_at(page)["file"]


@pytest.mark.parametrize("what", ["projects", "listings", "occupations", "assessments"])
def test_an_export_can_be_uploaded_again_and_changes_nothing(browser, keeper, what):
    t.project()
    t.on_file()
    Listing.objects.get().occupations.set(Occupation.objects.all()[:2])
    with factories.world_as_it_was():
        Occupation.objects.exclude(pk__in=Occupation.objects.values("pk")[:3]).exclude(projects__isnull=False).delete()
    client = browser(keeper)
    content = client.get(reverse("catalogue_export", args=[what])).content
    assert "超级管理员" not in str(load_workbook(io.BytesIO(content)).active["A1"].value or "")
    page = client.post(reverse("catalogue_upload", args=[what]), {"file": t.file(content)})
    assert page.context["preview"], page.context["form"].errors
    assert {one.change for one in page.context["preview"].lines} == {"skip"}
    assert Event.objects.filter(act="catalogue.exported").count() == 1


def test_listings_come_in_by_credit_code(browser):
    keeper = factories.administrator("150100")
    school, stranger = factories.unit("150102"), factories.unit("150202")
    heads = ["统一社会信用代码", "核定职业", "生效日期", "依据文件"]
    rows = [
        [school.uscc, Occupation.objects.first().pk, "2026-01-01", "示例"],
        [stranger.uscc, "", "2026-01-01", "示例"],
        ["91150102MA00000000", "", "2026-01-01", "示例"],
    ]
    preview = sent(browser(keeper), "listings", rows, heads).context["preview"]
    assert [bool(one.errors) for one in preview.lines] == [False, True, True]
    assert "本辖区" in preview.lines[1].errors[0]
    assert "请先为它开通账号" in preview.lines[2].errors[0]


def test_closing_a_row_by_its_successor_is_on_record_with_the_old_and_the_new_end(browser, keeper):
    old = t.project(code="A1")
    assert (
        browser(keeper)
        .post(reverse("catalogue_new", args=["projects"]), typed(successor(old, date(2026, 12, 10))))
        .status_code
        == 302
    )
    event = Event.objects.get(act="catalogue.changed")
    assert (event.subject_id, event.data["changed"]) == (old.pk, {"until": ["", "2026-12-10"]})
    page = browser(keeper).get(reverse("catalogue_row", args=["projects", old.pk])).text
    assert "“” → “2026-12-10”" in page
    assert "2020-07-01 至 2026-12-09" in page, "the last day it holds, not the first it does not"
    assert "2026-12-10 起" in page


def test_an_end_shortened_by_a_later_row_is_told_by_page_preview_and_import(browser, keeper):
    later, client = t.project(code="M1", since=date(2026, 6, 1)), browser(keeper)
    told = "之后已有一条于2026-06-01生效，这一条的有效期缩短到前一天2026-05-31。"
    preview = sent(client, "projects", [line(code="M1", until="2027-01-01"), line(code="M2")]).context["preview"]
    assert [one.note for one in preview.lines] == [told, ""]
    page = client.post(reverse("catalogue_upload", args=["projects"]), {"confirm": preview.token}, follow=True).text
    assert f"第2行：{told}" in page
    assert Project.objects.get(code="M1", since=date(2026, 1, 1)).until == later.since
    form = typed(successor(later, date(2025, 1, 1), until=date(2026, 5, 5)))
    assert "缩短到前一天2025-12-31" in client.post(reverse("catalogue_new", args=["projects"]), form, follow=True).text


def typed(project):
    """A new row of a project as the page's form is sent."""
    values = {
        name: getattr(project, name)
        for name in ("code", "name", "level", "training_type", "hours", "certificate_kind", "categories", "source")
    }
    return values | {
        "occupation": project.occupation_id,
        "since": project.since.isoformat(),
        "until": project.until.isoformat() if project.until else "",
    }


def test_a_listings_end_is_told_to_the_public_as_the_last_day_it_holds(client):
    Listing.objects.create(
        organisation=factories.unit(name="到期机构"), since=t.SINCE, until=date(2027, 12, 31), source="示例"
    )
    assert "2020-07-01 至 2027-12-30" in client.get(reverse("public_institutions")).text


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("what", ["projects", "listings", "occupations", "assessments"])
def test_catalogue_pages_take_the_same_queries_for_one_and_three(browser, django_assert_num_queries, what, rows):
    with factories.world_as_it_was():
        Occupation.objects.exclude(pk__in=list(Occupation.objects.values_list("pk", flat=True)[:rows])).delete()
    for _n in range(rows):
        t.project()
        t.on_file()
    client = browser(factories.officer())
    with django_assert_num_queries(CATALOGUE_QUERIES):
        assert len(client.get(reverse("catalogue_of", args=[what])).context["page"].object_list) == rows


CATALOGUE_QUERIES = 6
