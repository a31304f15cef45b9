"""Units registered before come in from Excel with teachers and rooms; each is told what its file lacks (R-REG-1)."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.enums import OrganisationKind, Role
from accounts.models import Event, Membership, Organisation
from casework.enums import State
from casework.models import Notice
from kit.ids import uscc_from
from kit.sheets import read_table
from tests import factories
from tests.factories import eligibility as people
from tests.factories import training as make
from training.enums import EntityType
from training.imports.units import REASONS, columns_of, template
from training.models import Teacher, Unit, Venue

pytestmark = pytest.mark.django_db
CODE, SECOND = uscc_from("150102", 9001), uscc_from("150102", 9002)
SCHOOL = {
    "uscc": CODE,
    "name": "塞北职业培训学校",
    "kind": "培训机构",
    "division": "新城区",
    "entity_type": "民办职业培训机构",
    "legal_representative": "云志远",
    "contact": "李敏",
    "phone": "13904710001",
    "address": "示范街1号",
    "established_on": "2012年5月8日",
    "operator_full_name": "李敏",
    "operator_phone": "13904710002",
    "operator_username": "saibei",
}


def sheet(what: str, *rows: dict[str, Any]) -> bytes:
    """A workbook with these rows under the import's headings."""
    columns = columns_of(what)
    workbook = openpyxl.Workbook()
    workbook.active.append(list(columns.values()))
    for row in rows:
        workbook.active.append([row.get(name, "") for name in columns])
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def client_of(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user)
    return client


def upload(membership: Membership, what: str, *rows: dict[str, Any], content: bytes = b"") -> Any:
    """The preview of these rows."""
    file = SimpleUploadedFile("导入.xlsx", content or sheet(what, *rows))
    return client_of(membership).post(reverse("unit_import", args=[what]), {"file": file})


def took(membership: Membership, what: str, *rows: dict[str, Any], follow: bool = True) -> Any:
    token = upload(membership, what, *rows).context["preview"].token
    return client_of(membership).post(reverse("unit_import_take", args=[what]), {"token": token}, follow=follow)


def said(answer: Any) -> list[list[str]]:
    """What is wrong, row by row."""
    return [sentences for _line, sentences in answer.context["lines"]]


def entity_type() -> str:
    return str(EntityType.TRAINING_BODY.label)


@pytest.fixture
def officer() -> Membership:
    return factories.officer("150102")


@pytest.fixture
def row() -> dict[str, Any]:
    return SCHOOL | {"entity_type": entity_type()}


def test_a_unit_comes_in_as_a_draft_with_its_account_and_is_not_approved(officer, row):
    page = took(officer, "units", row)
    unit = Unit.objects.get(organisation__uscc=CODE)
    assert unit.approved_at is None
    registration = unit.registrations.get()
    assert registration.state == State.DRAFT
    assert registration.values["established_on"] == "2012-05-08"
    assert registration.values["address"] == "示范街1号"
    held = Membership.objects.get(organisation=unit.organisation)
    assert (held.role, held.user.username, held.user.must_change_password) == (Role.OPERATOR, "saibei", True)
    password = re.findall(r"<code>(\w{4}-\w{4}-\w{4})</code>", page.content.decode())
    assert [held.user.check_password(one) for one in password] == [True]
    again = client_of(officer).get(reverse("unit_import_passwords"), follow=True).content.decode()
    assert password[0] not in again
    assert password[0] not in str(list(Event.objects.values_list("data", "reason")))


def test_nothing_is_done_before_it_is_confirmed(officer, row):
    answer = upload(officer, "units", row)
    assert answer.context["preview"].counts == {"new": 1, "fills": 0, "same": 0, "wrong": 0}
    assert not Unit.objects.exists()


def test_a_league_brings_in_the_units_of_its_banners_and_of_no_other_league(row):
    league = factories.administrator("150100")
    answer = upload(league, "units", row, row | {"uscc": SECOND, "division": "东河区", "operator_username": "donghe"})
    assert said(answer)[0] == []
    assert said(answer)[1] == ["D3 所在地：东河区不在您的管辖范围（呼和浩特市）内。"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"uscc": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "A2 统一社会信用代码："),
        ({"kind": "学校"}, "C2 单位类别：“学校”不在可选值中"),
        ({"division": "新华区"}, "D2 所在地：没有“新华区”这个地区"),
        ({"phone": "12345"}, "H2 联系电话："),
        ({"established_on": "二〇一二"}, "J2 成立日期："),
        ({"name": ""}, "B2 单位名称："),
        ({"operator_phone": ""}, "经办人电话：要开设账户的"),
        ({"name": "=A1&B1"}, "B2 单位名称：单元格是没有计算结果的公式"),
    ],
)
def test_a_wrong_cell_is_named_with_its_place_and_the_row_is_not_taken(officer, row, changed, expected):
    answer = upload(officer, "units", row | changed)
    assert any(sentence for sentence in said(answer)[0] if expected in sentence), said(answer)
    assert answer.context["preview"].to_take == 0
    took(officer, "units", row | changed, follow=False)
    assert not Unit.objects.exists()


def test_a_branch_is_refused_as_on_the_page(officer, row):
    kind = {"kind": "企业", "name": "塞北公司包头分公司", "entity_type": ""}
    answer = took(officer, "units", row | kind)
    assert any("分公司" in sentence for sentence in said(answer)[0])
    assert not Organisation.objects.filter(uscc=CODE).exists()


def test_a_unit_twice_in_the_file_is_taken_once_or_not_at_all(officer, row):
    answer = upload(officer, "units", row, row)
    assert [bool(sentences) for sentences in said(answer)] == [False, True]
    answer = upload(officer, "units", row, row | {"address": "另一条街"})
    assert [bool(sentences) for sentences in said(answer)] == [True, True]
    assert "与第3行是同一个而内容不同" in said(answer)[0][0]


def test_good_rows_are_taken_and_bad_rows_come_back_as_a_file_that_can_be_mended(officer, row):
    bad = row | {"uscc": SECOND, "name": "第二所学校", "phone": "12345", "operator_username": "second"}
    seen = upload(officer, "units", row, bad).context["preview"]
    client = client_of(officer)
    client.post(reverse("unit_import_take", args=["units"]), {"token": seen.token})
    assert Unit.objects.count() == 1
    back = client.get(reverse("unit_import_bad", args=["units", seen.token]))
    table = read_table(back.content, [*columns_of("units").values(), REASONS])
    rows = [values for _number, values in table.rows]
    assert [values["单位名称"] for values in rows] == ["第二所学校"]
    assert "原第3行" in rows[0][REASONS]
    assert "联系电话" in rows[0][REASONS]
    took(officer, "units", bad | {"phone": "13904710009"})
    assert Unit.objects.count() == 2


def test_a_unit_on_file_is_filled_in_only_where_it_is_empty_and_differences_are_shown(officer, row):
    took(
        officer, "units", row | {"address": "", "operator_full_name": "", "operator_phone": "", "operator_username": ""}
    )
    answer = upload(officer, "units", row | {"name": "塞北学校", "contact": "另一人"})
    line = answer.context["preview"].lines[0]
    assert line.change == "fills"
    assert any("单位名称登记的是“塞北职业培训学校”，表中是“塞北学校”，不改" in note for note in line.notes)
    assert any("联系人登记的是“李敏”，表中是“另一人”，不改" in note for note in line.notes)
    took(officer, "units", row | {"name": "塞北学校", "contact": "另一人"})
    unit = Unit.objects.get()
    values = unit.registrations.get().values
    assert (unit.organisation.name, values["contact"], values["address"]) == ("塞北职业培训学校", "李敏", "示范街1号")
    assert Membership.objects.get(organisation=unit.organisation).user.username == "saibei"
    assert upload(officer, "units", row | {"operator_username": "other"}).context["preview"].counts["same"] == 1


def test_an_approved_file_is_never_changed_its_gaps_go_into_a_draft(officer, row):
    unit = make.on_file()
    Unit.objects.filter(pk=unit.pk).update(facilities="", address="老地址")
    mine = {
        "uscc": unit.organisation.uscc,
        "name": unit.organisation.name,
        "kind": "培训机构",
        "division": "新城区",
        "facilities": "电焊机10台",
        "address": "新地址",
    }
    assert said(upload(officer, "units", mine)) == [[]]
    took(officer, "units", mine)
    unit.refresh_from_db()
    assert (unit.facilities, unit.address) == ("", "老地址")
    draft = unit.registrations.order_by("-id").first()
    assert (draft.state, draft.values["facilities"], draft.values["address"]) == (State.DRAFT, "电焊机10台", "老地址")


def test_a_unit_of_another_place_is_not_touched(officer, row):
    unit = make.on_file(factories.unit("150203"))
    answer = upload(officer, "units", row | {"uscc": unit.organisation.uscc})
    assert "不在您的管辖范围内" in said(answer)[0][0]
    assert unit.organisation.name not in answer.content.decode()


def test_only_the_office_that_opens_accounts_imports(row):
    operator = factories.operator(factories.unit())
    finance = factories.member(factories.office("150102", OrganisationKind.FINANCE), Role.FINANCE)
    for membership in (operator, finance):
        assert client_of(membership).get(reverse("unit_import", args=["units"])).status_code == 403


# ── teachers and rooms
# ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_teachers_and_rooms_come_in_for_the_unit_and_are_never_changed(officer, row):
    took(officer, "units", row)
    number = people.number()
    teacher = {"uscc": CODE, "name": "布和", "number": number, "qualification": "高级技师"}
    room = {"uscc": CODE, "name": "第一实训室", "address": "示范街1号", "capacity": 60}
    took(officer, "teachers", teacher)
    took(officer, "venues", room)
    assert Teacher.objects.get().number == number
    assert Venue.objects.get().capacity == 60
    took(officer, "teachers", teacher | {"qualification": "技师"})
    answer = upload(officer, "venues", room | {"capacity": 90, "name": "第一 实训室"})
    assert answer.context["preview"].lines[0].notes == ["容纳人数登记的是60，表中是90，不改。"]
    assert Teacher.objects.get().qualification == "高级技师"
    event = Event.objects.get(act="teacher.added")
    assert (event.membership, event.chain) == (officer, "150102")
    assert number not in str(event.data)


@pytest.mark.parametrize(
    ("what", "changed", "expected"),
    [
        ("teachers", {"number": "150102800101001"}, "C2 公民身份号码："),
        ("teachers", {"uscc": SECOND}, "A2 统一社会信用代码：没有这个统一社会信用代码的单位"),
        ("teachers", {"name": "=1/0"}, "B2 姓名：单元格"),
        ("teachers", {"qualification_valid_to": "明年"}, "E2 资格有效期至："),
        ("venues", {"capacity": "许多"}, "D2 容纳人数："),
        ("venues", {"capacity": 0}, "D2 容纳人数："),
    ],
)
def test_a_wrong_cell_of_a_teacher_or_a_room_is_named(officer, row, what, changed, expected):
    took(officer, "units", row)
    good = {"uscc": CODE, "name": "布和", "address": "示范街1号", "capacity": 60}
    answer = upload(officer, what, good | changed)
    assert any(expected in sentence for sentence in said(answer)[0]), said(answer)
    assert not Teacher.objects.exists()
    assert not Venue.objects.exists()


def test_a_fifteen_digit_number_is_refused_with_its_reason(officer, row):
    took(officer, "units", row)
    answer = upload(officer, "teachers", {"uscc": CODE, "name": "布和", "number": "150102800101001"})
    assert any("15" in sentence for sentence in said(answer)[0])


# ── who is incomplete
# ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_is_incomplete_is_listed_with_what_is_missing_and_told(officer, row):
    took(officer, "units", row)
    client = client_of(officer)
    page = client.get(reverse("units_incomplete")).content.decode()
    for lack in ("办学许可证号", "银行账号", "还没有登记师资", "还没有登记培训场地"):
        assert lack in page
    unit = Unit.objects.get()
    client.post(reverse("units_remind"), {"unit": [unit.pk]})
    notice = Notice.objects.get(organisation=unit.organisation)
    assert "还没有登记师资" in notice.text
    assert Event.objects.filter(act="unit.reminded", subject_id=unit.pk).count() == 1
    assert client.post(reverse("units_remind"), {}).status_code == 400


def test_a_unit_nobody_can_log_in_for_is_listed(officer):
    make.on_file()
    assert "还没有能登录的经办人" in client_of(officer).get(reverse("units_incomplete")).content.decode()


def test_a_complete_and_approved_unit_is_not_listed(officer):
    unit = make.on_file()
    factories.operator(unit.organisation)
    client = client_of(officer)
    assert unit.organisation.name not in client.get(reverse("units_incomplete")).content.decode()
    Unit.objects.filter(pk=unit.pk).update(facilities="")
    assert "设施设备" in client.get(reverse("units_incomplete")).content.decode()


def test_one_unit_and_three_take_the_same_queries(officer, row, django_assert_num_queries):
    took(officer, "units", row)
    client = client_of(officer)
    client.get(reverse("units_incomplete"))
    counted = []
    for place in range(2):
        with django_assert_num_queries(QUERIES):
            counted.append(client.get(reverse("units_incomplete")).status_code)
        for n in range(2):
            code = uscc_from("150102", 9100 + place * 10 + n)
            took(officer, "units", row | {"uscc": code, "name": f"学校{place}{n}", "operator_username": f"s{place}{n}"})
    assert counted == [200, 200]


QUERIES = 12


# ── through the API
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def program(officer) -> APIClient:
    client = APIClient()
    client.force_login(officer.user)
    return client


def test_a_program_imports_the_same_way(program, officer, row):
    bad = row | {"uscc": SECOND, "phone": "12345", "operator_username": "second"}
    file = SimpleUploadedFile("导入.xlsx", sheet("units", row, bad))
    answer = program.post(reverse("api_unit_imports"), {"sheet": "units", "file": file}, format="multipart")
    assert answer.status_code == 200, answer.content.decode()
    seen = answer.json()
    assert seen["counts"] == {"new": 1, "fills": 0, "same": 0, "wrong": 1}
    assert seen["lines"][1]["errors"][0].startswith("H3 联系电话：")
    taken = program.post(
        reverse("api_unit_import_take"), {"sheet": "units", "token": seen["token"]}, format="json"
    ).json()
    assert taken["counts"]["new"] == 1
    assert [one["username"] for one in taken["accounts"]] == ["saibei"]
    assert [one["row"] for one in taken["left"]] == [3]
    lacking = program.get(reverse("api_units_incomplete")).json()["results"]
    assert any("还没有登记师资" in sentence for sentence in lacking[0]["lacks"])
    told = program.post(reverse("api_units_incomplete"), {"units": [lacking[0]["id"]]}, format="json").json()
    assert told == {"reminded": 1}


def test_a_preview_that_has_gone_is_said(program):
    answer = program.post(reverse("api_unit_import_take"), {"sheet": "units", "token": "none"}, format="json")
    assert answer.status_code == 400
    assert "预览已过期" in answer.content.decode()


@pytest.mark.parametrize("what", ["units", "teachers", "venues"])
def test_the_template_is_what_the_import_reads(what):
    table = read_table(template(what), list(columns_of(what).values()))
    assert list(table.headers) == list(columns_of(what).values())
