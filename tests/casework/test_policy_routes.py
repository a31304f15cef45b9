"""Routes, deadlines and ready reasons are entered on pages: open cases keep their route, later ones take the new one
(R-AUT-2, R-SEC-3).
"""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from casework.domain.moves import take
from casework.domain.reasons import ready_reasons
from casework.domain.routing import route
from casework.models import Reason, RouteStep
from tests import factories
from tests.factories import casework as cases
from tests.refusals import said_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def region(client):
    by = factories.administrator("150000")
    client.force_login(by.user)
    return by


def act(client, code, action, row=None, *, confirm=True, **given):
    url = reverse("policy_act", args=[code, row.pk, action]) if row else reverse("policy_add", args=[code])
    day = (timezone.localdate() + timedelta(days=1)).isoformat()
    typed = {"first_day": day, "source": "内人社办发〔2026〕3号"} | given | ({"confirm": "1"} if confirm else {})
    return client.post(url, typed)


def step(**changes):
    return {
        "kind": "registration",
        "category": "",
        "variant": "",
        "amount_from": "0",
        "position": "2",
        "need": "review_registration",
        "level": "league",
        "working_days": "3",
    } | changes


def test_open_cases_keep_their_route_and_later_ones_take_the_new_one(client, region):
    registration, _clerk = cases.submitted()
    due = registration.due_on
    page = act(client, "routes", "add", confirm=False, **step()).content.decode()
    assert "现有1件在办的环节和期限都不变" in page
    act(client, "routes", "add", **step())
    today = timezone.localdate()
    assert [one.level for one in route("registration", day=today)] == ["banner"]
    assert [one.level for one in route("registration", day=today + timedelta(days=1))] == ["banner", "league"]
    registration.refresh_from_db()
    assert registration.due_on == due
    officer = factories.officer("150102")
    take(registration, "approve", by=officer, expected_version=registration.version)
    registration.refresh_from_db()
    assert registration.state == "approved"


def test_a_new_limit_of_working_days_follows_the_old_one(client, region):
    row = RouteStep.objects.get(kind="completion")
    act(client, "routes", "follow", row, need=row.need, level=row.level, working_days="10")
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert [one.working_days for one in route("completion", day=tomorrow)] == [10]
    row.refresh_from_db()
    assert row.last_day == timezone.localdate()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"position": "3"}, "position", "没有第2环节"),
        ({"working_days": "0"}, "working_days", "1"),
        ({"need": "export_persons"}, "need", "export_persons"),
        ({"kind": "nothing"}, "kind", "nothing"),
        ({"level": "village"}, "level", "village"),
    ],
)
def test_a_step_that_cannot_be_is_refused_at_its_field(client, region, changes, field, words):
    answer = act(client, "routes", "add", **step(**changes))
    assert answer.status_code == 400
    assert words in said_at(answer)[field]


def test_a_step_is_not_ended_from_under_the_one_behind_it(client, region):
    first = RouteStep.objects.get(kind="subsidy", position=1)
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    answer = act(client, "routes", "close", first, last_day=day, note="并为一级")
    assert "先终止后面的环节" in said_at(answer)["last_day"]
    second = RouteStep.objects.get(kind="subsidy", position=2)
    assert act(client, "routes", "close", second, last_day=day, note="并为一级").status_code == 302


def test_only_the_region_sets_routes(client, region):
    client.force_login(factories.administrator("150100").user)
    assert act(client, "routes", "add", **step()).status_code == 403
    assert client.get(reverse("policy_of", args=["routes"])).status_code == 200


def test_a_reason_is_offered_from_its_first_day_for_its_kind_and_category(client, region):
    today = timezone.localdate()
    for category, text in (("", "证照过期"), ("emp_upskill", "职业不在目录内")):
        answer = act(
            client, "reasons", "add", move="refuse", kind="opening", category=category, text=text, first_day=today
        )
        assert answer.status_code == 302
    act(client, "reasons", "add", move="refuse", kind="", category="", text="明天才用")
    offered = [text for _move, text in ready_reasons(("refuse",), kind="opening", category="emp_upskill")]
    assert offered[:2] == ["职业不在目录内", "证照过期"]
    assert "明天才用" not in offered
    others = [text for _move, text in ready_reasons(("refuse",), kind="completion", category="emp_upskill")]
    assert "证照过期" not in others
    registration, _clerk = cases.submitted()
    client.force_login(factories.officer("150102").user)
    page = client.get(reverse("case", args=["registration", registration.pk])).content.decode()
    assert "不具备培训条件" in page
    assert "证照过期" not in page


def test_a_reason_is_ended_and_what_was_written_with_it_stays(client, region):
    row = Reason.objects.get(text="附件不清晰或缺失，请重新上传")
    with pytest.raises(DatabaseError), transaction.atomic():
        Reason.objects.filter(pk=row.pk).update(text="另一句")
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert act(client, "reasons", "close", row, last_day=day, note="太笼统").status_code == 302
    assert row.text not in [text for _move, text in ready_reasons(("return",))]


def test_a_reason_of_a_move_the_kind_does_not_have_is_refused(client, region):
    answer = act(client, "reasons", "add", move="send_back", kind="registration", category="", text="x")
    assert "move" in said_at(answer)


def test_the_same_reason_twice_on_the_same_days_is_refused(client, region):
    answer = act(client, "reasons", "add", move="refuse", kind="", category="", text="培训机构或项目不在目录清单内")
    assert answer.status_code == 409
