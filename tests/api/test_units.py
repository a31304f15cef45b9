"""Units through the API: who opens them, who keeps them, what is never shown (R-REG-1 … R-REG-5, R-SEC-1)."""

import pytest

from accounts.enums import OrganisationKind
from accounts.models import Event, Organisation, User
from casework.domain.moves import take
from kit.ids import uscc_from
from tests import factories
from tests.factories import casework as cases
from tests.factories import training as make
from training.models import Registration, Unit

pytestmark = pytest.mark.django_db
ASKED = {
    "kind": "institution",
    "name": "新学校",
    "uscc": uscc_from("150102", 901),
    "division": "150102",
    "full_name": "李敏",
    "phone": "13904710001",
    "username": "newschool",
    "requested": "phone",
    "note": "上午来电",
}


def errors(answer) -> list[str]:
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), answer.content.decode()
    return sorted(answer.json()["errors"])


def test_an_officer_opens_an_account_and_sees_the_password_once(api):
    officer = api(factories.officer())
    opened = officer.post("/api/v1/units/", ASKED)
    assert opened.status_code == 201
    user = User.objects.get(username="newschool")
    assert user.check_password(opened.json()["password"])
    assert opened.json()["password"] not in str(list(Event.objects.values()))
    unit = officer.get(f"/api/v1/units/{opened.json()['unit']['id']}/").json()
    assert (unit["name"], unit["phone"], "password" in unit) == ("新学校", "139****0001", False)
    assert Registration.objects.get(pk=opened.json()["registration"]).state == "draft"
    assert Unit.objects.get().requested_by_phone == "电话申请：上午来电"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"uscc": "91150100MA0N0J0A1X"}, "uscc"),
        ({"phone": "12"}, "phone"),
        ({"division": "150203"}, "division"),
        ({"kind": "hr_office"}, "kind"),
        ({"username": "a b"}, "username"),
        ({"name": ""}, "name"),
        ({"kind": "enterprise", "name": "某公司呼和浩特分公司"}, "name"),
        ({"requested": "fax"}, "requested"),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_field(api, change, field):
    assert errors(api(factories.officer()).post("/api/v1/units/", ASKED | change)) == [field]
    assert not Organisation.objects.filter(name=ASKED["name"]).exists()


def test_a_second_account_for_the_same_legal_person_is_refused(api):
    officer = api(factories.officer())
    officer.post("/api/v1/units/", ASKED)
    assert errors(officer.post("/api/v1/units/", ASKED | {"username": "again"})) == ["uscc"]
    assert errors(officer.post("/api/v1/units/", ASKED | {"uscc": uscc_from("150102", 902)})) == ["username"]


def test_a_first_password_opens_nothing_but_the_way_to_change_it(api):
    opened = api(factories.officer()).post("/api/v1/units/", ASKED).json()
    answer = api(User.objects.get(username=opened["username"]).memberships.get()).get("/api/v1/openings/")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_the_unit_keeps_its_own_profile_and_account_numbers_stay_masked(api):
    registration, membership = cases.draft()
    path = f"/api/v1/units/{registration.unit_id}/draft/"
    values = (
        api(membership).patch(path, {"contact": "王敏", "bank_account": "6222 0202 0011 2233 445"}).json()["values"]
    )
    assert (values["contact"], values["bank_account"], values["address"]) == ("王敏", "****3445", "新华大街1号")
    registration.refresh_from_db()
    assert (registration.values["bank_account"], registration.values["phone"]) == ("6222020200112233445", "13904710001")
    assert Unit.objects.get(pk=registration.unit_id).contact == "李敏"
    assert (
        "6222020200112233445"
        not in api(factories.officer()).get(f"/api/v1/registrations/{registration.pk}/").content.decode()
    )
    assert errors(api(membership).patch(path, {"bank_account": "12", "established_on": "soon"})) == ["established_on"]
    assert errors(api(membership).patch(path, {"bank_account": "12", "entity_type": "castle"})) == [
        "bank_account",
        "entity_type",
    ]


def test_the_profile_is_closed_while_the_office_decides_and_opened_again_by_an_amendment(api):
    registration, membership = cases.submitted()
    program, path = api(membership), f"/api/v1/units/{registration.unit_id}/"
    assert program.patch(f"{path}draft/", {"contact": "王敏"}).status_code == 409
    take(registration, "approve", by=factories.officer())
    assert program.patch(f"{path}draft/", {"contact": "王敏"}).status_code == 409
    amended = program.post(f"{path}amendment/")
    assert (amended.status_code, amended.json()["state"]) == (201, "draft")
    account = program.patch(f"{path}draft/", {"bank_account": "6222020200112233"})
    assert (account.status_code, account.json()["errors"]["bank_account"]) == (
        400,
        ["收款账户不随单位信息修改，请提交账户变更。"],
    )
    draft = program.patch(f"{path}draft/", {"contact": "王敏"}).json()
    assert (draft["values"]["contact"], draft["changed"], program.get(path).json()["contact"]) == (
        "王敏",
        ["contact"],
        "李敏",
    )
    assert (
        program.post(f"/api/v1/registrations/{draft['registration']}/moves/drop/", {"expected_version": 0}).json()[
            "state"
        ]
        == "withdrawn"
    )
    assert program.get(f"{path}draft/").status_code == 409


def test_an_enterprises_operator_sees_its_own_unit_only(api):
    works = make.on_file(factories.unit(kind=OrganisationKind.ENTERPRISE))
    make.on_file()
    program = api(factories.operator(works.organisation))
    assert [one["id"] for one in program.get("/api/v1/units/").json()["results"]] == [works.pk]
    assert [one["unit"] for one in program.get("/api/v1/teachers/").json()["results"]] == [works.pk]


def test_an_enterprise_has_no_licence_to_fill_in_and_is_told_so(api):
    registration, membership = cases.draft(factories.operator(factories.unit(kind=OrganisationKind.ENTERPRISE)))
    answer = api(membership).patch(f"/api/v1/units/{registration.unit_id}/draft/", {"licence_number": "教民1号"})
    assert errors(answer) == ["licence_number"]
    assert answer.json()["errors"]["licence_number"] == ["企业没有这一项，不用填写。"]


def test_a_teachers_number_is_checked_masked_and_taken_once(api):
    program = api(factories.operator(make.on_file().organisation))
    number = make.citizen_number(3)
    made = program.post("/api/v1/teachers/", {"name": "赵师傅", "number": number})
    assert (made.status_code, made.json()["masked_number"]) == (201, f"{number[:3]}***********{number[-4:]}")
    assert number not in made.content.decode()
    assert errors(program.post("/api/v1/teachers/", {"name": "赵师傅", "number": number})) == ["number"]
    assert errors(program.post("/api/v1/teachers/", {"name": "赵师傅", "number": "123"})) == ["number"]
    path = f"/api/v1/teachers/{made.json()['id']}/"
    assert program.patch(path, {"is_active": False}).json()["is_active"] is False
    assert program.get(path).json()["masked_number"] == made.json()["masked_number"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "二号"},
        {"name": "二号", "address": "新城区", "capacity": 0},
        {"name": "二号", "address": "新城区", "capacity": 10**9},
    ],
)
def test_a_room_for_nobody_is_refused(api, body):
    program = api(factories.operator(make.on_file().organisation))
    assert set(errors(program.post("/api/v1/venues/", body))) <= {"", "address", "capacity"}
