"""One code is one project however it is typed: page, API, import, database, money (R-CAT-1, R-SUB-3)."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.forms import model_to_dict
from django.urls import reverse
from django.utils import timezone

from kit.refusals import Refused
from subsidies.domain.amounts import standard_for, why_limited
from subsidies.models import Standard
from tests import factories
from tests.factories import subsidies as money
from tests.factories import training as t
from tests.factories.guards import as_the_owner
from tests.training.test_catalogue import line, sent, successor
from tests.training.test_dated_rows import typed
from training.domain.classes.catalogue import keep, project_on
from training.models import Occupation, Project

pytestmark = pytest.mark.django_db
LOOKS = ["mgb-0", "MGB-0\u200b", "ＭＧＢ－０", " M GB\u2011 0", "MGB\u2013\ufeff0"]
TOMORROW = timedelta(days=1)


@pytest.fixture
def region():
    return factories.administrator("150000")


@pytest.mark.parametrize("look", LOOKS)
def test_another_league_does_not_take_the_regions_code_by_another_look(browser, api, region, look):
    theirs, league = t.project(code="MGB-0"), factories.administrator("150200")
    since = (timezone.localdate() + TOMORROW).isoformat()
    form = typed(theirs, code=look, since=since)
    page = browser(league).post(reverse("catalogue_new", args=["projects"]), form)
    assert "由内蒙古自治区维护，其他地区不能修改或接续" in page.text
    answer = api(league).post(
        "/api/v1/projects/", model_to_dict(theirs) | {"code": look, "since": since, "until": None}
    )
    assert (answer.status_code, "由内蒙古自治区维护" in answer.content.decode()) == (409, True)
    preview = sent(browser(league), "projects", [line(code=look, since=since)]).context["preview"]
    assert "由内蒙古自治区维护" in "".join(preview.lines[0].errors)
    with pytest.raises(Refused, match="由内蒙古自治区维护"):
        keep(successor(theirs, date.fromisoformat(since), code=look), by=league)
    assert Project.objects.count() == 1


@pytest.mark.parametrize("look", LOOKS)
def test_its_owner_follows_the_row_by_any_look(region, look):
    old = t.project(code="MGB-0")
    new = keep(successor(old, timezone.localdate() + TOMORROW, code=look), by=region)
    old.refresh_from_db()
    assert (new.code, old.until) == ("MGB-0", new.since)
    assert project_on(look, timezone.localdate()) == old


def test_letters_of_another_script_that_look_the_same_are_refused(browser, region):
    theirs = t.project(code="MGB-0")
    page = browser(region).post(
        reverse("catalogue_new", args=["projects"]), typed(theirs, code="МGB-0", since="2030-01-01")
    )
    assert "看起来相同的其他文字的字母" in page.text
    preview = sent(browser(region), "projects", [line(code="МGB-0")]).context["preview"]
    assert "看起来相同" in "".join(preview.lines[0].errors)


def test_two_looks_of_a_code_in_one_file_are_one_key(browser, region):
    preview = sent(browser(region), "projects", [line(code="M1"), line(code="ｍ１", hours=60)]).context["preview"]
    assert preview.lines[1].errors == ["与第2行重复：项目编码、生效日期相同。"]


def test_an_occupation_is_one_by_any_look(browser, region):
    known = Occupation.objects.first()
    wide = known.code.replace("-", "－")
    page = browser(region).post(
        reverse("catalogue_new", args=["occupations"]), {"code": wide, "name": "又一个", "edition": "2022"}
    )
    assert page.status_code == 400
    assert Occupation.objects.get(pk=wide).name == known.name
    preview = sent(browser(region), "projects", [line(occupation=wide)]).context["preview"]
    assert preview.lines[0].errors == []


def test_a_standard_named_by_another_look_is_the_projects():
    money.standard(project_code="ｓｙｂ-0", amount="800.00")
    made = money.completed_class(project=money.project(code="SYB-0", occupation=None, level=None)).training_class
    assert (standard_for(made).project_code, standard_for(made).amount) == ("SYB-0", 800)


@pytest.mark.parametrize("code", ["mgb-0", "MGB-0\u200b", "ＳＹＢ－０", "MGB 0"])
def test_the_database_takes_normal_codes_only(code):
    t.project(code="MGB-0")
    money.standard()
    for table, column in (
        ("training_project", "code"),
        ("training_occupation", "code"),
        ("subsidies_standard", "project_code"),
    ):
        with pytest.raises(IntegrityError, match="_normal"), transaction.atomic():
            as_the_owner(
                table, f"UPDATE {table} SET {column} = '{code}' WHERE ctid = (SELECT ctid FROM {table} LIMIT 1)"
            )


def test_twins_of_old_data_stay_end_and_count_as_the_same_training():
    """The migration: a twin of the same days keeps standing under the code with its number; whoever had one had the
    other.
    """
    whole, made = (
        t.project(code="SYB-0", occupation=None),
        money.completed_class(project=money.project(code="SYB-1", occupation=None, level=None)),
    )
    twin, alone = made.training_class.project, t.project(code="SYB-2")
    as_the_owner(
        "training_project",
        "ALTER TABLE training_project DROP CONSTRAINT project_code_normal",
        f"UPDATE training_project SET code = 'syb-0' WHERE id = {twin.pk}",
        f"UPDATE training_project SET code = 'ｓｙｂ-2' WHERE id = {alone.pk}",
    )
    with connection.schema_editor(atomic=False) as editor:
        import_module("training.migrations.0025_codes").normalise(apps, editor)
    twin.refresh_from_db()
    alone.refresh_from_db()
    assert alone.code == "SYB-2"
    assert (twin.code, twin.one_code, whole.one_code) == (f"SYB-0#{twin.pk}", "SYB-0", "SYB-0")
    assert made.training_class.first_day < twin.until
    taken = [
        {
            "occupation": None,
            "level": None,
            "code": twin.code,
            "number": "1",
            "first_day": made.training_class.first_day,
        }
    ]
    made.training_class.project = whole
    assert "同一培训项目已享受过补贴" in str(why_limited(made.training_class, taken, 9))
    assert Standard.objects.count() == 0
