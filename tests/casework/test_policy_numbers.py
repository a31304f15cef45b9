"""Numbers of policy are entered on a page, followed and ended, never rewritten; a league within what the region leaves
open (R-SUB-1, R-SEC-2).
"""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Event
from casework.domain.policy import differences, policy_kinds, standings
from casework.domain.routing import parameter
from casework.models import Parameter, PolicyProposal
from tests import factories
from tests.refusals import said_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return factories.administrator("150000")


@pytest.fixture
def kind():
    return policy_kinds()["parameters"]


def number(code="class_most_people", **changes):
    return Parameter.objects.create(
        **{"code": code, "value": 60, "since": date(2020, 7, 1), "source": "示例", "is_example": True} | changes
    )


def the(code):
    return Parameter.objects.filter(code=code, division=None).order_by("since")


def typed(**changes):
    today = timezone.localdate()
    return {
        "code": "class_most_people",
        "division": "",
        "value": "50",
        "first_day": (today + timedelta(days=31)).isoformat(),
        "source": "内人社办发〔2026〕1号",
        "note": "按新办法",
    } | changes


def act(client, action, row=None, confirm=True, **given):
    url = (
        reverse("policy_act", args=["parameters", row.pk, action])
        if row
        else reverse("policy_add", args=["parameters"])
    )
    return client.post(url, given | ({"confirm": "1"} if confirm else {}))


def followed(client, row, **changes):
    given = typed(**changes)
    del given["code"], given["division"]
    return act(client, "follow", row, **given)


def test_a_number_is_followed_from_a_day_and_the_old_one_ends_the_day_before(client, region):
    client.force_login(region.user)
    (old,) = the("class_most_people")
    answer = act(
        client, "follow", old, confirm=False, value="50", first_day="2027-01-01", source="内人社办发〔2026〕1号"
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "还没有作任何改动" in page
    assert the("class_most_people").count() == 1
    assert followed(client, old, first_day="2027-01-01").status_code == 302
    old, new = the("class_most_people")
    assert (old.last_day, new.since, new.value, new.source) == (
        date(2026, 12, 31),
        date(2027, 1, 1),
        Decimal(50),
        "内人社办发〔2026〕1号",
    )
    assert parameter("class_most_people", day=date(2026, 12, 31)) == 60
    assert parameter("class_most_people", day=date(2027, 1, 1)) == 50


def test_who_when_and_why_are_in_the_history_and_old_and_new_values_in_the_trail(client, region):
    client.force_login(region.user)
    followed(client, the("class_most_people")[0])
    made = PolicyProposal.objects.get()
    assert (made.drafted_by, made.decided_by, made.state, made.note) == (region, region, "in_force", "按新办法")
    event = Event.objects.get(act="policy.put_in_force")
    assert event.data["changed"]["parameters_value"] == ["60", "50"]
    assert event.data["document"] == "内人社办发〔2026〕1号"
    page = client.get(reverse("policy_line", args=["parameters", made.row])).content.decode()
    assert "按新办法" in page
    assert "60 → 50" in page
    audit = client.get(reverse("audit")).content.decode()
    assert "政策生效" in audit
    assert "数值" in audit


def test_what_holds_will_hold_and_held_stand_apart(client, region, kind):
    client.force_login(region.user)
    (old,) = the("class_most_people")
    followed(client, old)
    today = timezone.localdate()
    with factories.world_as_it_was():
        number("class_least_people", since=date(2010, 1, 1), until=date(2011, 1, 1))
    found = standings(kind, today)
    assert (old.pk in {row.pk for row in found.now}, [row.value for row in found.coming], len(found.past)) == (
        True,
        [50],
        1,
    )
    page = client.get(reverse("policy_of", args=["parameters"])).content.decode()
    assert page.index("现行") < page.index("将施行") < page.index("已失效")
    assert "2010-01-01 至 2010-12-31" in page


def test_an_end_before_its_beginning_is_refused_at_its_field(client, region):
    client.force_login(region.user)
    answer = followed(client, the("class_most_people")[0], first_day="2027-01-01", last_day="2026-12-31")
    assert answer.status_code == 400
    assert "不能早于第一天2027-01-01" in said_at(answer)["last_day"]
    assert PolicyProposal.objects.count() == 0


def test_a_second_number_on_the_same_days_is_refused_and_names_the_first(client, region):
    client.force_login(region.user)
    answer = act(client, "add", **typed())
    assert answer.status_code == 409
    assert "2020-07-01 起" in answer.content.decode()
    assert the("class_most_people").count() == 1


def test_what_has_been_counted_is_not_changed_backwards(client, region):
    client.force_login(region.user)
    (old,) = the("class_most_people")
    answer = followed(client, old, first_day="2021-01-01")
    assert "不能早于今天" in said_at(answer)["first_day"]
    answer = act(client, "close", old, last_day="2021-01-01", source="示例", note="废止")
    assert "最早只能终止到昨天" in said_at(answer)["last_day"]


def test_a_number_nobody_set_yet_may_begin_before_today(client, region):
    with factories.world_as_it_was():
        the("class_most_people").delete()
    client.force_login(region.user)
    assert "没有施行的“班级人数上限”" in client.get(reverse("policy")).content.decode()
    assert act(client, "add", **typed(first_day="2026-01-01")).status_code == 302
    assert parameter("class_most_people", day=date(2026, 1, 1)) == 50


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("attendance_percent", "101", "不能超过百分之百"),
        ("class_most_people", "0", "至少为一"),
        ("class_most_people", "-1", "0"),
        ("class_most_people", "五十", "整数"),
    ],
)
def test_a_number_out_of_its_range_is_refused_and_what_was_typed_stays(client, region, code, value, words):
    client.force_login(region.user)
    answer = followed(client, the(code)[0], value=value)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert "内人社办发〔2026〕1号" in answer.content.decode()


def test_the_most_people_are_not_fewer_than_the_least(client, region):
    client.force_login(region.user)
    followed(client, the("class_least_people")[0], value="20", first_day="2027-01-01")
    answer = followed(client, the("class_most_people")[0], value="19", first_day="2027-02-01")
    assert "下限不能大于上限（现为20）" in said_at(answer)["value"]


def test_a_number_is_ended_and_the_next_holder_is_told_that_none_holds(client, region):
    client.force_login(region.user)
    (old,) = the("opening_lead_workdays")
    page = act(client, "close", old, confirm=False, last_day="2026-12-31", source="废止文件", note="不再要求").content
    assert "要用到这个数值的办理都会停下" in page.decode()
    act(client, "close", old, last_day="2026-12-31", source="废止文件", note="不再要求")
    assert the("opening_lead_workdays").get().last_day == date(2026, 12, 31)


def test_a_row_that_has_not_begun_is_cancelled_and_the_one_before_holds_on(client, region):
    client.force_login(region.user)
    (old,) = the("class_most_people")
    followed(client, old)
    act(client, "cancel", the("class_most_people")[1], note="录错了")
    (row,) = the("class_most_people")
    assert (row.pk, row.until) == (old.pk, None)
    assert act(client, "cancel", row, note="录错了").status_code == 409


def test_a_league_enters_its_own_number_only_where_the_region_leaves_it_open(client, region):
    league = factories.administrator("150100")
    client.force_login(league.user)
    answer = act(client, "add", **typed(division="150100"))
    assert answer.status_code == 403
    assert "自治区没有放开“班级人数上限”" in answer.content.decode()
    with factories.world_as_it_was():
        the("class_most_people").update(leagues_may=True)
    assert act(client, "add", **typed(division="150100")).status_code == 302
    day = timezone.localdate() + timedelta(days=40)
    assert parameter("class_most_people", division=factories.division("150102"), day=day) == 50
    assert parameter("class_most_people", division=factories.division("150203"), day=day) == 60


@pytest.mark.parametrize("place", ["", "150200", "150203"])
def test_a_league_enters_neither_the_region_s_number_nor_another_league_s(client, place):
    with factories.world_as_it_was():
        the("class_most_people").update(leagues_may=True)
    client.force_login(factories.administrator("150100").user)
    assert act(client, "add", **typed(division=place)).status_code == 403
    (row,) = the("class_most_people")
    assert followed(client, row).status_code == 403
    assert act(client, "close", row, last_day="2027-01-01", source="x", note="x").status_code == 403
    assert PolicyProposal.objects.count() == 0


def test_whoever_does_not_keep_policy_reads_it_and_enters_nothing(client):
    (row,) = the("class_most_people")
    for by in (
        factories.member(factories.office("150000")),
        factories.administrator("150102"),
        factories.member(factories.office("150000", OrganisationKind.FINANCE), Role.FINANCE),
    ):
        client.force_login(by.user)
        page = client.get(reverse("policy_of", args=["parameters"]))
        assert (page.status_code, bool(re.search(r">\s*接续\s*<", page.content.decode()))) == (200, False)
        assert followed(client, row).status_code == 403
    client.force_login(factories.operator(factories.unit()).user)
    assert client.get(reverse("policy")).status_code == 403


def test_an_open_form_loses_against_a_change_made_meanwhile(client, region):
    client.force_login(region.user)
    (old,) = the("class_most_people")
    url = reverse("policy_act", args=["parameters", old.pk, "follow"])
    version = client.get(url).context["version"]
    followed(client, old)
    given = typed(version=version, first_day="2028-01-01", confirm="1")
    answer = client.post(url, given)
    assert answer.status_code == 409
    assert "已被他人修改" in answer.content.decode()
    assert the("class_most_people").count() == 2


def test_the_database_keeps_rows_in_force_and_decided_proposals(client, region):
    client.force_login(region.user)
    (old,) = the("class_most_people")
    followed(client, old)
    made = PolicyProposal.objects.get()
    for change in (
        lambda: Parameter.objects.filter(pk=old.pk).update(value=1),
        lambda: Parameter.objects.filter(pk=old.pk).delete(),
        lambda: PolicyProposal.objects.filter(pk=made.pk).update(note="改写"),
        lambda: PolicyProposal.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_difference_of_two_days_says_what_is_new_what_changed_and_what_ended(client, region, kind):
    client.force_login(region.user)
    followed(client, the("class_most_people")[0], first_day="2027-01-01")
    act(client, "close", the("numbers_a_day")[0], last_day="2026-12-31", source="废止", note="不再要求")
    found = {one.what: one for one in differences(kind, date(2026, 12, 31), date(2027, 1, 1))}
    assert found["班级人数上限"].fields[0] == ("数值", "60", "50")
    assert found["每单位每日录入的公民身份号码上限"].after is None
    assert len(found) == 2
    page = client.get(reverse("policy_changes"), {"first": "2026-12-31", "second": "2027-01-01"}).content.decode()
    assert "60 → 50" in page
    assert "不再施行" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_of_one_and_of_three_rows_asks_alike(client, rows, django_assert_num_queries):
    league = factories.administrator("150100")
    with factories.world_as_it_was():
        Parameter.objects.all().delete()
    for place in ("150100", "150102", "150103")[:rows]:
        number(division_id=place)
    client.force_login(league.user)
    client.get(reverse("policy_of", args=["parameters"]))
    with django_assert_num_queries(QUERIES):
        client.get(reverse("policy_of", args=["parameters"]))


QUERIES = 12


def test_the_index_leads_to_every_kind_and_to_the_pages_that_stand_elsewhere(client, region):
    client.force_login(region.user)
    page = client.get(reverse("policy")).content.decode()
    for address in (
        *(reverse("policy_of", args=[code]) for code in policy_kinds()),
        *map(reverse, ("workdays", "catalogue", "rules")),
    ):
        assert f'href="{address}"' in page
    assert set(policy_kinds()) == {"parameters", "routes", "reasons", "standards", "targets"}
