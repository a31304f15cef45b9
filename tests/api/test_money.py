"""Money through the API: objections from everyone, within limits; batches of one office; budgets never below their word
(R-SUB-4, R-SUB-5).
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.enums import OrganisationKind, Role
from casework.enums import State
from subsidies.models import Objection, Publicity, Subsidy
from tests import factories
from tests.factories import training as make
from tests.factories.guards import as_the_owner, forced
from tests.kit.files import PDF

pytestmark = pytest.mark.django_db
BUDGET = {"fund_source": "employment", "year": 2026, "amount": "5000.00", "source": "示例文号"}


@pytest.fixture
def finance(api):
    return api(factories.member(factories.office(kind=OrganisationKind.FINANCE), Role.FINANCE))


@pytest.fixture
def published(world):
    """The claim of the world, in publicity."""
    subsidy = Subsidy.objects.get(pk=world.things["subsidy"][0])
    forced(Subsidy.objects.filter(pk=subsidy.pk), state=State.PUBLICITY)
    today = subsidy.publicities.get().begins
    return Publicity.objects.create(
        subsidy=subsidy,
        round=2,
        begins=today,
        ends=today,
        working_days=1,
        digest="0" * 64,
        snapshot={
            "number": "S-1",
            "class": "育婴员一班",
            "applicant": "学校",
            "payee": "学校",
            "fund": "就业补助资金",
            "amount": "100.00",
            "rows": [],
        },
    )


def test_anybody_may_object_and_only_the_office_reads_who_did(published, world, api):
    path = f"/api/v1/publicities/{published.pk}/"
    assert APIClient().get(path).json()["applicant"] == "学校"
    filed = APIClient().post(
        f"{path}objections/", {"text": "此人没有上课", "contact": "13904710009", "sequence": 1}, format="json"
    )
    assert (filed.status_code, list(filed.json())) == (201, ["id", "filed_at"])
    assert Objection.objects.get(pk=filed.json()["id"]).line.enrolment.sequence == 1
    shown = api(world.memberships["officer"]).get("/api/v1/objections/").json()["results"]
    assert (shown[0]["text"], shown[0]["contact"]) == ("此人没有上课", "13904710009")
    assert "13904710009" not in APIClient().get(path).content.decode()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "x" * 2001},
        {"text": "a\x00"},
        {"text": "x", "sequence": 0},
        {"text": "x", "sequence": "all"},
    ],
)
def test_an_objection_that_says_nothing_is_refused(published, body):
    answer = APIClient().post(f"/api/v1/publicities/{published.pk}/objections/", body, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_an_objection_to_nobody_of_the_list_or_after_the_end_is_refused(published, world):
    assert (
        APIClient()
        .post(f"/api/v1/publicities/{published.pk}/objections/", {"text": "x", "sequence": 99}, format="json")
        .status_code
        == 409
    )
    over = world.things["publicity"][0]
    assert APIClient().post(f"/api/v1/publicities/{over}/objections/", {"text": "x"}, format="json").status_code == 409


def test_a_flood_of_objections_is_slowed_down_whatever_it_says_of_its_origin(published, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    path = f"/api/v1/publicities/{published.pk}/objections/"
    answers = [
        APIClient().post(path, {"text": "x"}, format="json", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}") for n in range(11)
    ]
    assert [answer.status_code for answer in answers] == [201] * 10 + [429]
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert int(answers[-1]["Retry-After"]) > 0


def test_an_objection_is_answered_once_by_the_office_that_decides(published, world, api):
    filed = APIClient().post(f"/api/v1/publicities/{published.pk}/objections/", {"text": "x"}, format="json").json()
    officer, path = api(world.memberships["officer"]), f"/api/v1/objections/{filed['id']}/answer/"
    assert officer.post(path, {"outcome": "", "answer": "已核实"}).status_code == 400
    assert officer.post(path, {"outcome": "dismissed", "answer": ""}).status_code == 400
    assert officer.post(path, {"outcome": "dismissed", "answer": "已核实"}).json()["outcome_label"] == "异议不成立"
    assert officer.post(path, {"outcome": "upheld", "answer": "改判"}).status_code == 409


def test_a_budget_is_kept_for_the_own_place_and_never_below_what_is_promised(finance):
    assert finance.post("/api/v1/budgets/", BUDGET).json() | {"id": 0} == {
        "id": 0,
        "fund_source": "employment",
        "division": "150102",
        "year": 2026,
        "amount": "5000.00",
        "committed": "0.00",
        "left": "5000.00",
        "source": "示例文号",
    }
    as_the_owner("subsidies_budget", "UPDATE subsidies_budget SET committed = 4000")
    assert finance.post("/api/v1/budgets/", BUDGET | {"amount": "3999.99"}).status_code == 409
    assert finance.post("/api/v1/budgets/", BUDGET | {"amount": "4000.00"}).json()["left"] == "0.00"


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "-1"},
        {"amount": "1.005"},
        {"amount": "NaN"},
        {"amount": "1e20"},
        {"year": 1990},
        {"fund_source": "gold"},
        {"source": ""},
    ],
)
def test_a_budget_that_cannot_be_is_refused_by_field(finance, change):
    answer = finance.post("/api/v1/budgets/", BUDGET | change)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(change))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"subsidies": []}, 400),
        ({"subsidies": ["x"]}, 400),
        ({"subsidies": [10**30]}, 400),
        ({"subsidies": [999999]}, 404),
    ],
)
def test_a_batch_of_nothing_is_refused(finance, body, code):
    assert finance.post("/api/v1/batches/", body).status_code == code


def test_a_claim_that_is_not_approved_is_not_paid(world, api):
    answer = api(world.memberships["finance"]).post("/api/v1/batches/", {"subsidies": world.things["subsidy"]})
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")


@pytest.mark.parametrize("content", [PDF, b"", make.workbook([["a"]], heads=["b"])], ids=["pdf", "empty", "other"])
def test_a_bank_answer_that_is_none_books_nothing(world, api, content):
    body = {"file": SimpleUploadedFile("回执.xlsx", content)}
    answer = api(world.memberships["finance"]).post(
        f"/api/v1/batches/{world.things['batch'][0]}/result/", body, format="multipart"
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["file"])


def test_a_line_is_refused_with_a_reason_and_put_back(world, api):
    officer, path = api(world.memberships["officer"]), f"/api/v1/lines/{world.things['line'][0]}/"
    assert officer.post(f"{path}refuse/", {"reason": ""}).status_code == 409
    assert officer.post(f"{path}refuse/", {"reason": "证书不符"}).json()["state"] == "refused"
    assert officer.post(f"{path}restore/", {"reason": "误剔除"}).json()["state"] == "claimed"
