"""A unit's file and the draft beside it: the file stays in force until the draft is agreed to (R-REG-1)."""

import pytest
from django.urls import reverse

from accounts.domain.changes import opened
from accounts.models import Event
from casework.domain.moves import take
from casework.enums import State
from casework.models import WorkItem
from kit.refusals import NotNow
from tests import factories
from tests.factories import casework as cases
from tests.factories import training as t
from tests.training import walk as walks
from training.domain.units.registrations import open_registration
from training.domain.units.upkeep import begin_amendment, update_unit
from training.models import AccountChange, Registration, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return t.on_file()


@pytest.fixture
def clerk(unit):
    return factories.operator(unit.organisation)


@pytest.fixture
def officer():
    return factories.officer()


def amended(unit, clerk, **fields):
    begin_amendment(unit, by=clerk)
    return update_unit(unit, by=clerk, **fields)


def test_a_school_with_an_open_change_still_submits_a_class(registries):
    walk = walks.laid_off_class()
    unit = walk.applicant.organisation.unit
    registration = amended(unit, walk.applicant, address="新地址")
    assert walk.submit().state == State.CHECKING
    take(registration, "submit", by=walk.applicant)
    assert Unit.objects.get(pk=unit.pk).address == "新城区1号"


def test_the_officer_sees_old_and_new_side_by_side_for_every_field(browser, unit, clerk, officer):
    registration = amended(unit, clerk, address="新地址", legal_representative="赵红", phone="13904719999")
    take(registration, "submit", by=clerk)
    page = browser(officer).get(reverse("case", args=["registration", registration.pk])).content.decode()
    for words in ("新华大街1号", "新地址", "王建国", "赵红", "139****0001", "139****9999", "有变更"):
        assert words in page
    assert "13904719999" not in page


def test_outside_the_drafts_own_pages_everything_shows_the_approved_file(browser, api, unit, clerk, officer):
    amended(unit, clerk, address="新地址")
    for page in (
        browser(officer).get(reverse("unit", args=[unit.pk])),
        browser(clerk).get(reverse("unit", args=[unit.pk])),
    ):
        assert ("新地址" in page.content.decode(), "新华大街1号" in page.content.decode()) == (False, True)
    assert api(officer).get(f"/api/v1/units/{unit.pk}/").json()["address"] == "新华大街1号"
    assert "新地址" in browser(clerk).get(reverse("unit_profile")).content.decode()


def test_agreement_makes_the_draft_the_file_and_keeps_both_values(unit, clerk, officer):
    registration = amended(unit, clerk, address="新地址", phone="13904719999")
    take(registration, "submit", by=clerk)
    take(registration, "approve", by=officer)
    unit.refresh_from_db()
    assert (unit.address, unit.phone, unit.contact) == ("新地址", "13904719999", "李敏")
    changed = Event.objects.get(act="registration.approve").data["changed"]
    assert changed["address"] == ["新华大街1号", "新地址"]
    assert [opened(value) for value in changed["phone"]] == ["13904710001", "13904719999"]
    assert "13904719999" not in str(Event.objects.values_list("data", flat=True))
    assert not AccountChange.objects.exists()


@pytest.mark.parametrize("move", ["refuse", "return"])
def test_a_refused_or_returned_change_leaves_the_file_as_it_was(unit, clerk, officer, move):
    registration = amended(unit, clerk, address="新地址")
    take(registration, "submit", by=clerk)
    take(registration, move, by=officer, reason="材料不清")
    assert (Unit.objects.get().address, Unit.objects.get().approved_at) == ("新华大街1号", unit.approved_at)


def test_a_change_is_dropped_and_another_begun_from_the_file(browser, unit, clerk):
    registration = amended(unit, clerk, address="新地址")
    address = reverse("move", args=["registration", registration.pk, "drop"])
    assert browser(clerk).post(address, {"expected_version": 0}).status_code == 302
    registration.refresh_from_db()
    assert (registration.state, Unit.objects.get().address) == (State.WITHDRAWN, "新华大街1号")
    assert begin_amendment(unit, by=clerk).values["address"] == "新华大街1号"


def test_a_first_registration_cannot_be_dropped():
    registration, membership = cases.draft()
    with pytest.raises(NotNow, match="单位注册还没有通过，不能放弃"):
        take(registration, "drop", by=membership)


def test_the_home_page_shows_the_open_change_and_where_it_is(browser, unit, clerk, officer):
    registration = amended(unit, clerk, address="新地址")
    client = browser(clerk)
    assert registration.number in client.get(reverse("home")).content.decode()
    take(registration, "submit", by=clerk)
    page = client.get(reverse("home")).content.decode()
    assert registration.number in page
    assert officer.organisation.name in page


def test_two_changes_at_once_are_one_draft(unit, clerk):
    assert begin_amendment(unit, by=clerk) == begin_amendment(unit, by=clerk) == open_registration(unit, by=clerk)
    assert (Registration.objects.count(), WorkItem.objects.filter(kind="registration").count()) == (1, 1)


def test_the_account_does_not_come_with_an_amendment(unit, clerk):
    registration = amended(unit, clerk, bank_account="6222020602000099999", bank_account_name="张三")
    assert {"bank_account", "bank_account_name"} & set(registration.values) == set()


def test_another_holder_is_refused_with_the_first_registration():
    registration, membership = cases.draft()
    registration.values |= {"bank_account_name": "张三"}
    registration.save()
    with pytest.raises(NotNow, match="账户名称“张三”与单位名称"):
        take(registration, "submit", by=membership)
