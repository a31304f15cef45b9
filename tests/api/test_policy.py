"""Policy through the API: the same rows, refusals and two people as on the pages (R-SUB-1, R-OPN-5)."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from casework.domain.routing import parameter
from casework.models import Parameter, PolicyProposal
from subsidies.models import Standard
from tests import factories

pytestmark = pytest.mark.django_db
ROWS = reverse("api_policy_rows", args=["parameters"])
STANDARD = {
    "action": "add",
    "values": {"item": "training", "hours_from": 0, "amount": "1500.00", "without_certificate_percent": 80},
    "first_day": "2020-07-01",
    "source": "内人社发〔2026〕9号",
}


@pytest.fixture
def region():
    return factories.administrator("150000")


def most(answer):
    return next(row for row in answer.json() if row["values"]["code"] == "class_most_people")


def test_a_program_reads_what_holds_on_a_day_and_follows_it(api, region):
    program = api(region)
    row = most(program.get(ROWS))
    body = {
        "action": "follow",
        "target": row["id"],
        "version": row["version"],
        "values": {"value": 50},
        "first_day": "2027-01-01",
        "source": "内人社办发〔2026〕1号",
        "note": "按新办法",
    }
    answer = program.post(ROWS, body, format="json")
    assert (answer.status_code, answer.json()["state"], answer.json()["changed"]["value"]) == (
        201,
        "in_force",
        ["60", "50"],
    )
    assert [most(program.get(ROWS, {"on": day}))["values"]["value"] for day in ("2026-12-31", "2027-01-01")] == [
        "60.00",
        "50.00",
    ]
    assert parameter("class_most_people", day=date(2027, 1, 1)) == 50
    again = program.post(ROWS, body | {"first_day": "2028-01-01"}, format="json")
    assert (again.status_code, again.json()["type"]) == (409, "urn:fanbu:overtaken")


def test_a_program_is_told_by_field_what_is_wrong(api, region):
    row = most(api(region).get(ROWS))
    body = {"action": "follow", "target": row["id"], "values": {"value": 0}, "first_day": "2027-01-01", "source": "x"}
    answer = api(region).post(ROWS, body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["value"])
    ends = {"action": "close", "target": row["id"], "last_day": "2019-01-01", "source": "x", "note": "x"}
    assert list(api(region).post(ROWS, ends, format="json").json()["errors"]) == ["last_day"]
    missing = {"action": "close", "target": 999999, "last_day": "2027-01-01", "source": "x", "note": "x"}
    assert api(region).post(ROWS, missing, format="json").status_code == 404
    assert PolicyProposal.objects.count() == 0


def test_two_people_are_asked_for_through_the_api_too(api, region):
    rows = reverse("api_policy_rows", args=["standards"])
    made = api(region).post(rows, STANDARD, format="json").json()
    door = reverse("api_policy_proposal", args=[made["id"]])
    assert (made["state"], Standard.objects.count()) == ("drafted", 0)
    assert api(region).post(door, {"decision": "put_in_force"}, format="json").status_code == 403
    second = api(factories.administrator("150000"))
    assert second.post(door, {"decision": "send_back"}, format="json").status_code == 400
    assert second.post(door, {"decision": "put_in_force"}, format="json").json()["state"] == "in_force"
    assert second.post(door, {"decision": "put_in_force"}, format="json").status_code == 409
    assert [row["values"]["amount"] for row in second.get(rows).json()] == ["1500.00"]


def test_a_league_and_an_officer_change_nothing_of_the_region_s(api, region):
    row = most(api(region).get(ROWS))
    body = {"action": "follow", "target": row["id"], "values": {"value": 9}, "first_day": "2027-01-01", "source": "x"}
    for by in (factories.administrator("150100"), factories.member(factories.office("150000"))):
        assert api(by).post(ROWS, body, format="json").status_code == 403
    own = {"action": "add", "values": {"code": "class_most_people", "division": "150100", "value": 9}} | {
        "first_day": "2027-01-01",
        "source": "x",
    }
    answer = api(factories.administrator("150100")).post(ROWS, own, format="json")
    assert (answer.status_code, "没有放开" in answer.content.decode()) == (403, True)
    assert Parameter.objects.filter(code="class_most_people").count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_one_row_and_three_ask_alike(api, region, rows, django_assert_num_queries):
    for level in (5, 4, 3)[:rows]:
        Standard.objects.create(level=level, amount="1500.00", since=date(2020, 7, 1), source="示例")
    program = api(region)
    program.get(reverse("api_policy_rows", args=["standards"]))
    with django_assert_num_queries(4):
        assert len(program.get(reverse("api_policy_rows", args=["standards"])).json()) == rows


def test_a_program_looks_at_a_file_and_takes_it(api, region):
    door = reverse("api_policy_sheet", args=["parameters"])
    book = load_workbook(io.BytesIO(api(region).get(door).content))
    book.active.append(["班级人数上限", "全区", 50, "否", "2027-01-01", "", "内人社办发〔2026〕1号", "否", ""])
    target = io.BytesIO()
    book.save(target)

    def sent(**given):
        file = SimpleUploadedFile("政策.xlsx", target.getvalue())
        return api(region).post(door, {"file": file} | given, format="multipart")

    assert sent().status_code == 200, sent().content.decode()
    assert (sent().json()["taken"], PolicyProposal.objects.count()) == (0, 0)
    assert sent(take=True).json()["taken"] == 1
    assert parameter("class_most_people", day=date(2027, 1, 1)) == 50
