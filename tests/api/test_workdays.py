"""The working-day calendar through the API: counting, a year, entering its arrangement (R-SEC-3)."""

from datetime import date

import pytest

from casework.models import HolidayArrangement
from tests import factories
from tests.factories import casework as cases
from tests.factories.subsidies import at

pytestmark = pytest.mark.django_db
DAYS = [{"day": "2027-01-04", "works": False}, {"day": "2027-01-09", "works": True}]


def test_a_count_says_whether_it_is_provisional(api):
    program = api(factories.operator(factories.unit()))
    assert program.get("/api/v1/workdays/?start=2026-12-28&number=5").json() == {
        "day": "2027-01-05",
        "waits_for": 2027,
        "is_provisional": True,
    }
    assert program.get("/api/v1/workdays/?start=2026-12-24&number=5").json() == {
        "day": "2026-12-31",
        "waits_for": None,
        "is_provisional": False,
    }
    for wrong in ("start=gestern", "number=1001", "start=9999-12-30&number=9"):
        assert program.get(f"/api/v1/workdays/?{wrong}").status_code == 400
    assert program.get("/api/v1/workdays/?start=9999-12-30&number=9").json()["errors"]["start"] == [
        "日历没有这么远，请核对日期。"
    ]


def test_entering_through_the_api_follows_the_same_rules_and_moves_what_waited(api):
    keeper = api(factories.administrator("150000"))
    with at(date(2026, 12, 28)):
        registration, operator = cases.submitted()
        shown = api(operator).get(f"/api/v1/registrations/{registration.pk}/").json()
        assert (shown["due_on"], shown["due_on_is_provisional"]) == ("2027-01-05", True)
        assert keeper.get("/api/v1/workdays/2027/").json()["is_arranged"] is False
        refused = api(factories.administrator("150100")).put(
            "/api/v1/workdays/2027/", {"document": "文", "days": DAYS}, format="json"
        )
        assert refused.status_code == 403
        wrong = keeper.put(
            "/api/v1/workdays/2027/",
            {"document": "文", "days": [*DAYS, {"day": "2027-02-06", "works": True}]},
            format="json",
        )
        assert wrong.status_code == 400
        assert "法定节假日" in wrong.content.decode()
        early = keeper.put(
            "/api/v1/workdays/2028/", {"document": "文", "days": [{"day": "2028-01-04", "works": False}]}, format="json"
        )
        assert early.status_code == 409
        assert not HolidayArrangement.objects.exists()
        done = keeper.put("/api/v1/workdays/2027/", {"document": "国办发明电〔2026〕9号", "days": DAYS}, format="json")
        assert done.status_code == 200, done.content.decode()
        assert (done.json()["is_arranged"], done.json()["document"]) == (True, "国办发明电〔2026〕9号")
        shown = api(operator).get(f"/api/v1/registrations/{registration.pk}/").json()
        assert (shown["due_on"], shown["due_on_is_provisional"]) == ("2027-01-06", False)
    assert keeper.get("/api/v1/workdays/2100/").status_code == keeper.get("/api/v1/workdays/2003/").status_code == 404
