"""Subsidy standards without SQL: one administrator drafts, another puts in force; what would change is shown before
(R-SUB-1).
"""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import Event, Membership
from casework.domain.duties import duties_of
from casework.domain.policy import policy_kinds
from casework.domain.proposals import propose, put_in_force, read
from casework.models import PolicyProposal
from kit.refusals import Overtaken
from subsidies.domain.amounts import standard_for
from subsidies.models import Standard
from tests import factories
from tests.factories import subsidies as money
from tests.refusals import said_at

pytestmark = pytest.mark.django_db
FORCE = {"decision": "put_in_force"}


@pytest.fixture
def region():
    return factories.administrator("150000")


@pytest.fixture
def second(region):
    return factories.administrator("150000")


def typed(**changes):
    return {
        "item": "training",
        "hours_from": "0",
        "amount": "1500",
        "without_certificate_percent": "80",
        "first_day": "2020-07-01",
        "source": "内人社发〔2026〕9号",
        "note": "新标准",
    } | changes


def drafted(client, by, **changes):
    client.force_login(by.user)
    return client.post(reverse("policy_add", args=["standards"]), typed(**changes) | {"confirm": "1"})


def decided(client, by, **given):
    client.force_login(by.user)
    return client.post(reverse("policy_decide", args=[PolicyProposal.objects.latest("pk").pk]), FORCE | given)


def draft_by(by, action="add", target=None, **changes):
    return propose(read(policy_kinds()["standards"], action, typed(**changes), target), by=by)


def test_a_standard_is_drafted_by_one_and_put_in_force_by_another_and_then_pays(client, region, second):
    case = money.completed_class()
    client.force_login(region.user)
    assert "没有施行的职业培训补贴标准" in client.get(reverse("policy")).content.decode()
    assert drafted(client, region).status_code == 302
    assert standard_for(case.training_class) is None
    assert decided(client, second, answer="同意").status_code == 302
    row = standard_for(case.training_class)
    assert (row.amount, row.without_certificate_percent, row.source) == (Decimal(1500), 80, "内人社发〔2026〕9号")
    made = PolicyProposal.objects.get()
    assert (made.drafted_by, made.decided_by, made.row) == (region, second, row.pk)
    event = Event.objects.get(act="policy.put_in_force")
    assert (event.membership, event.data["changed"]["standards_amount"]) == (second, ["", "1,500.00"])


def test_whoever_drafted_it_cannot_put_it_in_force_by_any_door(client, region):
    drafted(client, region)
    answer = decided(client, region)
    assert answer.status_code == 403
    assert "起草的人不能自己复核生效" in answer.content.decode()
    page = client.get(reverse("policy_proposal", args=[PolicyProposal.objects.get().pk])).content.decode()
    assert "复核生效</button>" not in page
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyProposal.objects.update(
            state="in_force", decider=region.user, decided_by=region, decided_at="2026-12-01T00:00:00Z"
        )
    assert Standard.objects.count() == 0


def test_another_seat_of_the_same_person_is_no_second_person(client, region):
    other = Membership.objects.create(
        user=region.user, organisation=region.organisation, role=region.role, since=date(2021, 1, 1)
    )
    made = draft_by(region)
    with pytest.raises(Exception, match="起草的人不能自己复核生效"):
        put_in_force(made, by=other)


def test_the_second_person_has_it_in_his_inbox_until_it_is_decided(client, region, second):
    made = draft_by(region)
    (duty,) = [one for one in duties_of(second) if "政策草稿" in one.label]
    assert duty.url == reverse("policy_proposal", args=[made.pk])
    assert [one for one in duties_of(region) if "政策草稿" in one.label] == []
    assert [one for one in duties_of(factories.administrator("150100")) if "政策草稿" in one.label] == []
    decided(client, second)
    assert [one for one in duties_of(second) if "政策草稿" in one.label] == []


def test_it_is_sent_back_with_a_reason_or_withdrawn_and_can_be_drafted_again(client, region, second):
    drafted(client, region)
    assert "请写明退回的理由" in decided(client, second, decision="send_back").content.decode()
    assert decided(client, second, decision="send_back", answer="文号有误").status_code == 302
    assert PolicyProposal.objects.get().answer == "文号有误"
    drafted(client, region)
    assert decided(client, second, decision="withdraw").status_code == 403
    assert decided(client, region, decision="withdraw").status_code == 302
    assert decided(client, second).status_code == 409
    assert Standard.objects.count() == 0


@pytest.mark.parametrize("code", ["150100", "150781"])
def test_a_league_neither_drafts_nor_decides_a_standard(client, region, code):
    league = factories.administrator(code)
    assert drafted(client, league).status_code == 403
    draft_by(region)
    assert decided(client, league).status_code == 404


def test_a_standard_that_overlaps_is_refused_at_the_draft_and_by_the_database(client, region, second):
    money.standard("1200.00", since=date(2020, 7, 1))
    answer = drafted(client, region, first_day="2026-01-01")
    assert answer.status_code == 409
    assert "已有一条2020-07-01 起施行" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        money.standard("1300.00", since=date(2026, 1, 1))


def test_two_drafts_of_one_standard_the_second_is_refused_when_the_first_is_in_force(client, region, second):
    first, other = draft_by(region), draft_by(region, amount="1600")
    put_in_force(first, by=second)
    with pytest.raises(Overtaken, match="已被他人修改"):
        put_in_force(other, by=second)
    client.force_login(second.user)
    page = client.get(reverse("policy_proposal", args=[other.pk])).content.decode()
    assert "日期不能重叠" in page
    assert Standard.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("amount", "-1", "0"),
        ("amount", "1500.001", "2"),
        ("amount", "一千五", "数字"),
        ("without_certificate_percent", "101", "100"),
        ("project_code", "没有这个", "目录中没有编码"),
        ("occupation", "9-99-99-99", "不在职业目录中"),
        ("last_day", "2020-06-30", "不能早于第一天"),
        ("source", "　", "文号"),
    ],
)
def test_a_wrong_value_is_said_at_its_field_and_nothing_is_kept(client, region, field, value, words):
    answer = drafted(client, region, **{field: value})
    assert answer.status_code in (400, 422)
    assert words in said_at(answer).get(field, "") or field == "source"
    assert field in said_at(answer)
    assert PolicyProposal.objects.count() == 0


def test_the_preview_says_which_classes_and_claims_would_get_another_amount(client, region, second):
    money.budget("90000.00")
    old = money.standard("1200.00", since=date(2020, 7, 1))
    project = money.project()
    paid, waiting, fresh = (money.completed_class(2, project=project) for _ in range(3))
    paid.approved()
    waiting.submitted()
    client.force_login(region.user)
    first = fresh.training_class.first_day
    page = client.post(
        reverse("policy_act", args=["standards", old.pk, "follow"]), typed(first_day=first.isoformat(), amount="1500")
    )
    assert "已有" in said_at(page)["first_day"]  # the paid class rests on the old row
    page = client.post(
        reverse("policy_add", args=["standards"]),
        typed(first_day=first.isoformat(), project_code=project.code, amount="1500"),
    ).content.decode()
    for case, more in ((waiting, "申请已提交，金额已固定"), (fresh, "")):
        number = case.training_class.number
        assert f"班次{number}" in page
        assert "每人1,200.00元 → 1,500.00元（无证书80%），现有合格2人" in page
        assert more in page
    assert f"已批准的补贴不变：{paid.training_class.number}" in page


def test_a_used_standard_keeps_its_values_and_the_days_it_was_used_on(client, region, second):
    money.budget("90000.00")
    old = money.standard("1200.00", since=date(2020, 7, 1))
    case = money.completed_class(1)
    case.approved()
    first = case.training_class.first_day
    with pytest.raises(DatabaseError), transaction.atomic():
        Standard.objects.filter(pk=old.pk).update(amount=1)
    made = draft_by(region, "follow", old, first_day=(first + timedelta(days=1)).isoformat())
    put_in_force(made, by=second)
    old.refresh_from_db()
    assert (old.last_day, standard_for(case.training_class).pk) == (first, old.pk)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_of_one_and_of_three_standards_asks_alike(client, region, rows, django_assert_num_queries):
    for level in (5, 4, 3)[:rows]:
        money.standard(level=level)
    client.force_login(region.user)
    client.get(reverse("policy_of", args=["standards"]))
    with django_assert_num_queries(10):
        client.get(reverse("policy_of", args=["standards"]))


@pytest.mark.django_db(transaction=True)
def test_two_people_putting_in_force_the_same_draft_at_once_make_one_standard():
    region = factories.administrator("150000")
    others = [factories.administrator("150000") for _ in range(2)]
    made, barrier, results = draft_by(region), threading.Barrier(2), [None, None]

    def run(place):
        try:
            barrier.wait(timeout=10)
            results[place] = put_in_force(PolicyProposal.objects.get(pk=made.pk), by=others[place])
        except Exception as problem:  # noqa: BLE001 - looked at below
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(type(one).__name__ for one in results) == ["Overtaken", "PolicyProposal"]
    assert (Standard.objects.count(), Event.objects.filter(act="policy.put_in_force").count()) == (1, 1)
