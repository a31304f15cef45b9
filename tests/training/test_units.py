"""Units: the account on request, the profile, teachers and venues (R-REG-1 … R-REG-5)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.domain.changes import opened as opened_value
from accounts.enums import OrganisationKind, Role
from accounts.models import Event, Organisation, User
from casework.domain.moves import take
from casework.enums import State
from kit.ids import uscc_from
from kit.refusals import NotNow, Refused
from tests import factories
from tests.factories import training as t
from tests.refusals import said_at
from training.domain.units.upkeep import begin_amendment, open_unit, save_teacher, save_venue, update_unit
from training.models import AccountChange, Registration, Teacher, Unit, Venue

pytestmark = pytest.mark.django_db
CODE = uscc_from("150102", 900_001)


def asked(**changes):
    """What an officer types after a telephone call."""
    values = {
        "kind": "institution",
        "name": "新城职业培训学校",
        "uscc": CODE,
        "division": "150102",
        "full_name": "李敏",
        "phone": "13904710001",
        "username": "limin",
        "requested": "phone",
        "note": "",
    }
    return values | changes


@pytest.fixture
def officer():
    return factories.officer()


def test_an_account_is_opened_on_request_and_the_password_is_shown_once(browser, officer):
    page = browser(officer).post(reverse("unit_open"), asked(note="2026-07-01 来电"), follow=True)
    unit, user = Unit.objects.get(), User.objects.get(username="limin")
    password = page.context["password"]
    assert password in page.content.decode()
    assert user.check_password(password)
    assert user.must_change_password
    assert user.memberships.get().role == Role.OPERATOR
    assert (unit.organisation.uscc, unit.organisation.division_id, unit.approved_at) == (CODE, "150102", None)
    assert unit.requested_by_phone == "电话申请：2026-07-01 来电"
    assert Registration.objects.get().state == State.DRAFT
    assert password not in str(list(Event.objects.values_list("data", flat=True)))
    assert Event.objects.filter(act="unit.opened").count() == 1


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"uscc": CODE[:17] + ("A" if CODE[17] != "A" else "B")}, "uscc", "校验码不对"),
        ({"uscc": CODE[:15]}, "uscc", "18 位"),
        ({"uscc": "1234567"}, "uscc", "旧注册号不能代替"),
        ({"phone": "12345"}, "phone", "电话号码不对"),
        ({"kind": "enterprise", "name": "内蒙古某某有限公司呼和浩特分公司"}, "name", "分公司"),
        ({"kind": "enterprise", "name": "某某集团驻呼办事处"}, "name", "95号文 二(二)3"),
        ({"division": "150202"}, "division", ""),
        ({"full_name": "李1"}, "full_name", "数字"),
    ],
)
def test_an_account_that_may_not_be_is_refused_beside_its_field(browser, officer, change, field, says):
    page = browser(officer).post(reverse("unit_open"), asked(**change))
    assert page.status_code == 400
    assert list(said_at(page)) == [field]
    assert says in said_at(page)[field]
    assert Unit.objects.count() == 0


def test_a_code_is_registered_once_and_a_login_name_is_free(browser, officer):
    browser(officer).post(reverse("unit_open"), asked())
    again = browser(officer).post(reverse("unit_open"), asked(username="other"))
    assert "已经开通账号" in said_at(again)["uscc"]
    taken = browser(officer).post(reverse("unit_open"), asked(uscc=uscc_from("150102", 900_002)))
    assert "已有人使用" in said_at(taken)["username"]
    assert Organisation.objects.filter(kind="institution").count() == 1


def test_only_the_hr_office_of_the_place_opens_accounts(browser, officer):
    industry = factories.member(factories.office(kind=OrganisationKind.INDUSTRY, department="emergency"))
    assert browser(industry).post(reverse("unit_open"), asked()).status_code == 403
    operator = factories.operator(factories.unit())
    assert browser(operator).get(reverse("unit_open")).status_code == 403
    with pytest.raises(Refused, match="本辖区"):
        open_unit(
            kind="institution",
            name="外地学校",
            uscc=CODE,
            division=factories.division("150202"),
            username="x",
            full_name="李敏",
            phone="13904710001",
            requested="电话申请",
            by=officer,
        )


@pytest.fixture
def opened(officer):
    return open_unit(
        kind="institution",
        name="新城职业培训学校",
        uscc=CODE,
        division=factories.division(),
        username="limin",
        full_name="李敏",
        phone="13904710001",
        requested="电话申请",
        by=officer,
    )


@pytest.fixture
def clerk(opened):
    User.objects.update(must_change_password=False)
    return opened.user.memberships.select_related("user", "organisation__division").get()


PROFILE = {
    "entity_type": "training_body",
    "legal_representative": "王建国",
    "contact": "李敏",
    "phone": "0471-6511111",
    "address": "新华大街1号",
    "established_on": "2015-03-01",
    "licence_number": "人社民1501020001",
    "licence_valid_to": "2035-01-01",
    "facilities": "教室两间",
    "bank_name": "农业银行",
    "bank_account_name": "新城职业培训学校",
    "bank_account": "0602 0050 0902 4510 000",
}


def test_a_half_filled_profile_is_saved_and_what_is_missing_is_listed(browser, clerk, opened):
    client = browser(clerk)
    assert client.post(reverse("unit_profile"), {"contact": "李敏", "address": "新华大街1号"}).status_code == 302
    page = client.get(reverse("unit_profile"))
    assert (Unit.objects.get().address, Registration.objects.get().values["address"]) == ("", "新华大街1号")
    assert "基本信息还没有填写“银行账号”。" in page.context["missing"]
    assert "还没有登记师资，请至少登记一名教师。" in page.context["missing"]


def test_a_wrong_account_or_phone_is_refused_and_nothing_is_lost(browser, clerk):
    page = browser(clerk).post(reverse("unit_profile"), PROFILE | {"bank_account": "11111111111", "phone": "1"})
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"bank_account", "phone"}
    assert "王建国" in page.content.decode()
    assert Registration.objects.get().values["legal_representative"] == ""


def test_a_complete_profile_goes_to_the_officer_and_is_then_locked(browser, clerk, opened, officer):
    client = browser(clerk)
    client.post(reverse("unit_profile"), PROFILE)
    client.post(
        reverse("teacher_new"),
        {"name": "王老师", "number": t.citizen_number(1), "qualification": "高级技师", "is_active": "on"},
    )
    client.post(reverse("venue_new"), {"name": "一号教室", "address": "新华大街1号", "capacity": 50, "is_active": "on"})
    unit = Unit.objects.get()
    values = Registration.objects.get().values
    assert (values["bank_account"], values["phone"]) == ("0602005009024510000", "0471-6511111")
    assert (unit.teachers.get().number, unit.venues.get().capacity) == (t.citizen_number(1), 50)
    assert client.get(reverse("unit_profile")).context["missing"] == []
    registration = opened.registration
    take(registration, "submit", by=clerk)
    assert client.post(reverse("unit_profile"), PROFILE | {"contact": "别人"}).status_code == 409
    assert Unit.objects.get().contact == "李敏"
    take(registration, "approve", by=officer)
    unit.refresh_from_db()
    assert (unit.approved_at is not None, unit.phone, unit.established_on) == (True, "0471-6511111", date(2015, 3, 1))
    assert (AccountChange.objects.get().state, unit.accounts.count()) == (State.CONFIRMING, 0)
    with pytest.raises(NotNow):
        update_unit(Unit.objects.get(), by=clerk, contact="别人")


def test_an_approved_profile_is_changed_only_through_a_new_registration():
    unit = t.on_file()
    by = factories.operator(unit.organisation)
    begin_amendment(unit, by=by)
    update_unit(unit, by=by, address="新地址")
    assert (Unit.objects.get().address, Unit.objects.get().approved_at) == ("新华大街1号", unit.approved_at)
    registration = Registration.objects.get()
    assert (registration.state, registration.values["address"], registration.former["address"]) == (
        State.DRAFT,
        "新地址",
        "新华大街1号",
    )


def test_a_unit_from_before_without_a_registration_is_asked_to_complete_it(browser):
    unit = t.on_file()
    client = browser(factories.operator(unit.organisation))
    assert reverse("unit_amend") in client.get(reverse("unit_profile")).content.decode()
    client.post(reverse("unit_amend"))
    assert client.get(reverse("unit_profile")).context["editable"]


def test_the_edit_record_keeps_old_and_new_values_and_seals_the_personal_ones(clerk, opened):
    update_unit(opened.unit, by=clerk, bank_account="0602005009024510000", contact="张三")
    changed = Event.objects.get(act="unit.edited").data["changed"]
    assert (set(changed), changed["contact"]) == ({"contact", "bank_account"}, ["李敏", "张三"])
    assert [opened_value(value) for value in changed["bank_account"]] == ["", "0602005009024510000"]
    assert "0602005009024510000" not in str(changed)


def test_a_changed_teacher_and_room_keep_what_they_were(clerk, opened):
    teacher, venue = (
        Teacher(unit=opened.unit, name="王老师", number=t.citizen_number(1)),
        Venue(unit=opened.unit, name="一号", address="路1号", capacity=40),
    )
    save_teacher(teacher, by=clerk)
    save_venue(venue, by=clerk)
    teacher.name, teacher.number, venue.capacity = "王芳", t.citizen_number(2), 60
    save_teacher(teacher, by=clerk)
    save_venue(venue, by=clerk)
    changed = Event.objects.get(act="teacher.changed").data["changed"]
    assert changed["name"] == ["王老师", "王芳"]
    assert [opened_value(value) for value in changed["number"]] == [t.citizen_number(1), t.citizen_number(2)]
    assert Event.objects.get(act="venue.changed").data["changed"] == {"capacity": ["40", "60"]}


def test_a_teacher_with_a_wrong_number_or_twice_is_refused(browser, clerk):
    client = browser(clerk)
    wrong = client.post(reverse("teacher_new"), {"name": "王老师", "number": t.citizen_number(1)[:17] + "?"})
    assert wrong.status_code == 400
    for expected in (302, 400):
        answer = client.post(
            reverse("teacher_new"), {"name": "王老师", "number": t.citizen_number(1).lower(), "is_active": "on"}
        )
        assert answer.status_code == expected
    assert Teacher.objects.count() == 1


def test_another_units_teacher_and_venue_do_not_exist_for_me(browser, clerk):
    other = t.on_file()
    client = browser(clerk)
    assert client.get(reverse("teacher_edit", args=[other.teachers.get().pk])).status_code == 404
    assert client.post(reverse("venue_edit", args=[other.venues.get().pk]), {"name": "x"}).status_code == 404


def test_a_unit_page_is_for_its_own_people_and_its_place(browser, clerk, opened, officer):
    address = reverse("unit", args=[opened.unit.pk])
    league_elsewhere = factories.officer("150200")
    neighbour = factories.operator(t.on_file().organisation)
    assert [
        browser(membership).get(address).status_code for membership in (officer, clerk, factories.officer("150100"))
    ] == [
        200,
        200,
        200,
    ]
    assert [browser(membership).get(address).status_code for membership in (league_elsewhere, neighbour)] == [404, 404]


@pytest.mark.parametrize("units", [1, 3])
def test_the_list_of_units_takes_the_same_queries_for_one_and_three(browser, officer, django_assert_num_queries, units):
    for _n in range(units):
        t.on_file()
    client = browser(officer)
    with django_assert_num_queries(UNIT_LIST_QUERIES):
        page = client.get(reverse("units"))
    assert len(page.context["page"].object_list) == units


def test_units_are_found_by_name_code_kind_and_state(browser, officer, opened):
    works = t.on_file(factories.unit(kind=OrganisationKind.ENTERPRISE, name="钢铁公司"))
    client = browser(officer)

    def found(**query):
        return [unit.pk for unit in client.get(reverse("units"), query).context["page"]]

    assert found(q="钢铁") == [works.pk]
    assert found(q=CODE.lower()) == [opened.unit.pk]
    assert found(kind="enterprise") == [works.pk]
    assert found(state="draft") == [opened.unit.pk]


UNIT_LIST_QUERIES = 6


# ── one teacher, one room, once
# ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("again", ["王老师", " 王 老师 ", "王\u200b老师", "王老师\u3000"])
def test_a_teacher_without_number_is_not_entered_a_second_time_under_the_same_look(browser, api, clerk, opened, again):
    save_teacher(Teacher(unit=opened.unit, name="王老师"), by=clerk)
    page = browser(clerk).post(reverse("teacher_new"), {"name": again, "is_active": "on"})
    assert page.status_code == 409
    assert "本单位已有教师“王老师”（在用）" in page.text
    answer = api(clerk).post("/api/v1/teachers/", {"name": again})
    assert (answer.status_code, "本单位已有教师“王老师”（在用）" in answer.content.decode()) == (409, True)
    assert opened.unit.teachers.count() == 1


def test_two_people_of_one_name_are_told_apart_by_their_numbers_only(clerk, opened):
    first = save_teacher(Teacher(unit=opened.unit, name="王芳"), by=clerk)
    with pytest.raises(Refused, match="两人都要登记公民身份号码"):
        save_teacher(Teacher(unit=opened.unit, name="王芳", number=t.citizen_number(1)), by=clerk)
    first.number = t.citizen_number(2)
    save_teacher(first, by=clerk)
    save_teacher(Teacher(unit=opened.unit, name="王芳", number=t.citizen_number(1)), by=clerk)
    first.number = None
    with pytest.raises(Refused, match="两人都要登记公民身份号码"):
        save_teacher(first, by=clerk)


@pytest.mark.parametrize(
    ("name", "address"),
    [("一号教室", "新华大街1号"), ("一号 教室", "新华大街１号"), ("一号\u200b教室", " 新华大街 1号")],
)
def test_a_room_is_not_entered_a_second_time_and_one_out_of_use_is_pointed_to(
    browser, api, clerk, opened, name, address
):
    room = save_venue(Venue(unit=opened.unit, name="一号教室", address="新华大街1号", capacity=40), by=clerk)
    for standing in ("在用", "已停用，修改那一条可以恢复使用"):
        asked = {"name": name, "address": address, "capacity": "30", "is_active": "on"}
        page = browser(clerk).post(reverse("venue_new"), asked)
        assert page.status_code == 409
        assert f"本单位已有场地“一号教室”，地址新华大街1号（{standing}）" in page.text
        assert api(clerk).post("/api/v1/venues/", asked | {"capacity": 30, "is_active": True}).status_code == 409
        room.is_active = False
        save_venue(room, by=clerk)
    assert opened.unit.venues.count() == 1
    save_venue(Venue(unit=opened.unit, name="一号教室", address="新华大街2号", capacity=40), by=clerk)


def test_the_database_holds_one_teacher_and_one_room(clerk, opened):
    teacher = save_teacher(Teacher(unit=opened.unit, name="王老师"), by=clerk)
    room = save_venue(Venue(unit=opened.unit, name="一号", address="路1号", capacity=40), by=clerk)
    for row in (teacher, room):
        row.pk, row._state.adding = None, True
        with pytest.raises(IntegrityError, match="once"), transaction.atomic():
            row.save()


def test_rows_that_stood_double_before_may_be_put_right_and_not_both_used_again(clerk, opened):
    for active in (True, False):
        Venue.objects.create(unit=opened.unit, name="一号", address="路1号", capacity=40, is_active=active)
    second = opened.unit.venues.get(is_active=False)
    second.capacity = 30
    assert save_venue(second, by=clerk).capacity == 30
    second.is_active = True
    with pytest.raises(Refused, match="不能再登记一次"):
        save_venue(second, by=clerk)
    second.name = "二号"
    assert save_venue(second, by=clerk).room_key
