"""任务目标: the region sets its leagues', a league its banners', by year and category or training type (R-RPT-9)."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from casework.models import PolicyProposal
from tests import factories
from tests.refusals import said_at
from training.models import Target

pytestmark = pytest.mark.django_db


def entered(client, by, *, confirm=True, **changes):
    client.force_login(by.user)
    given = {"division": "150100", "year": "2026", "people": "22000", "first_day": "2026-01-01"} | changes
    given |= {"source": "内人社发〔2026〕2号"} | ({"confirm": "1"} if confirm else {})
    return client.post(reverse("policy_add", args=["targets"]), given)


@pytest.fixture
def region():
    return factories.administrator("150000")


def test_the_region_sets_a_league_s_target_and_the_league_its_banners(client, region):
    league = factories.administrator("150100")
    assert entered(client, region).status_code == 302
    page = entered(client, league, confirm=False, division="150102", people="9000").content.decode()
    assert "呼和浩特市2026年目标22000人次，所辖各地合计9000人次" in page
    assert entered(client, league, division="150102", people="9000").status_code == 302
    page = entered(client, league, confirm=False, division="150103", people="14000").content.decode()
    assert "合计23000人次" in page
    assert set(Target.objects.values_list("division", "people")) == {("150100", 22000), ("150102", 9000)}
    client.force_login(factories.member(factories.office("150102")).user)
    assert "9000" in client.get(reverse("policy_of", args=["targets"])).content.decode()


@pytest.mark.parametrize(("by", "place"), [("150100", "150100"), ("150100", "150202"), ("150781", "150781")])
def test_nobody_sets_his_own_target_or_another_league_s(client, by, place):
    answer = entered(client, factories.administrator(by), division=place)
    assert (answer.status_code, "由上一级下达" in answer.content.decode()) == (403, True)
    assert Target.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "emp_upskill", "training_type": "on_the_job"}, "training_type"),
        ({"people": "0"}, "people"),
        ({"year": "2050"}, "year"),
        ({"year": "二〇二六"}, "year"),
        ({"last_day": "2025-12-31"}, "last_day"),
    ],
)
def test_a_target_that_cannot_be_is_refused_at_its_field(client, region, changes, field):
    answer = entered(client, region, **changes)
    assert answer.status_code == 400
    assert field in said_at(answer)
    assert PolicyProposal.objects.count() == 0


def test_a_target_is_raised_in_the_year_by_a_row_that_follows(client, region):
    entered(client, region)
    row = Target.objects.get()
    assert entered(client, region).status_code == 409
    given = {"people": "25000", "first_day": "2026-07-01", "source": "内人社发〔2026〕8号", "confirm": "1"}
    assert client.post(reverse("policy_act", args=["targets", row.pk, "follow"]), given).status_code == 302
    assert list(Target.objects.order_by("since").values_list("people", flat=True)) == [22000, 25000]
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.filter(pk=row.pk).update(people=1)
    same = {"division_id": "150100", "year": 2026, "since": "2026-08-01", "source": "x", "people": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.create(**same)
