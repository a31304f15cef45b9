"""Officers are told of new work once a day and person, last days are chased once, the digest says what there is to do
(R-SEC-3).
"""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Act
from accounts.models import Membership
from casework.domain.digest import digest
from casework.domain.moves import take
from casework.domain.reminding import remind, tell_of_work
from casework.enums import Pace, Topic
from casework.models import Contact, Delivery, Notice, Parameter, WorkItem
from casework.tasks import deliver, good_morning
from tests.casework.messages import mails, texts
from tests.factories import member, office, officer, operator, unit, world_as_it_was
from tests.factories.casework import draft, submitted

pytestmark = pytest.mark.django_db
DAY = "2026-12-01T10:00:00+08:00"  # a Tuesday


@pytest.fixture(autouse=True)
def _by_day():
    with time_machine.travel(DAY, tick=False):
        yield


def at(day: str, clock: str = "08:00") -> time_machine.travel:
    return time_machine.travel(f"{day}T{clock}:00+08:00", tick=False)


def reachable(membership: Membership, n: int = 1, **choices: object) -> Membership:
    membership.user.phone = f"139471{n:05d}"
    membership.user.save(update_fields=["phone"])
    Contact.objects.create(user=membership.user, **choices)
    return membership


def notices_of(membership: Membership, topic: str) -> list[str]:
    rows = Notice.objects.filter(organisation=membership.organisation, topic=topic)
    return list(rows.filter(reader=membership.user).values_list("text", flat=True))


def unseen(browser, membership: Membership) -> int:
    return browser(membership).get(reverse("home")).context["frame"].notices


# ── new work ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_officer_is_told_of_new_work_once_a_day_and_again_inside_the_portal(browser, to_files):
    who = reachable(officer(), paces={Topic.WORK: Pace.NOW})
    submitted(name="甲校")
    deliver()
    assert notices_of(who, Topic.WORK) == ["今天新到待办 1 件。最早的办理期限是 2026-12-08。"]
    browser(who).post(reverse("notices_seen"))
    deliver()
    assert unseen(browser, who) == 0
    with at("2026-12-01", "11:00"):
        for n in range(50):
            submitted(operator(unit(name=f"{n}校")))
        deliver()
        assert notices_of(who, Topic.WORK) == ["今天新到待办 51 件。最早的办理期限是 2026-12-08。"]
        assert unseen(browser, who) == 1
    ((_to, text),) = texts(to_files / "sms")  # not fifty
    assert text.startswith("今天新到待办 1 件。")


def test_only_who_may_decide_it_is_told(to_files):
    mine, elsewhere = officer(), officer("150103")
    without = member(office())
    Membership.objects.filter(pk=without.pk).update(until=timezone.localdate())
    looks_on = member(office(), "inspector")
    submitted(name="甲校")
    tell_of_work()
    told = {membership: notices_of(membership, Topic.WORK) for membership in (mine, elsewhere, without, looks_on)}
    assert [bool(told[one]) for one in (mine, elsewhere, without, looks_on)] == [True, False, False, False]


def test_an_officer_without_the_grant_is_not_told():
    who = officer(acts=(Act.FIRST_REVIEW_OPENING,))
    submitted(name="甲校")
    assert (tell_of_work(), notices_of(who, Topic.WORK)) == (0, [])


def test_whoever_decided_first_is_not_told_of_the_second_step():
    first, second = officer(), member(office())
    submitted(name="甲校")
    WorkItem.objects.update(barred=[first.user_id])
    tell_of_work()
    assert (notices_of(first, Topic.WORK), len(notices_of(second, Topic.WORK))) == ([], 1)


def test_whoever_sits_there_twice_is_told_once(to_files):
    who = reachable(officer())
    Membership.objects.create(user=who.user, organisation=who.organisation, role=who.role, since=date(2021, 1, 1))
    for name in ("甲校", "乙校"):
        submitted(operator(unit(name=name)))
    deliver()
    assert notices_of(who, Topic.WORK) == ["今天新到待办 2 件。最早的办理期限是 2026-12-08。"]
    with at("2026-12-02"):
        assert digest() == 1
    assert Delivery.objects.get().text == "2026-12-02：您有待办 2 件。"


def test_thirty_officers_cost_the_queries_of_one():
    def asked(code: str, people: int) -> int:
        officer(code)
        for _number in range(people - 1):
            member(office(code))
        submitted(code=code, name=f"{code}校")
        with CaptureQueriesContext(connection) as captured:
            tell_of_work()
        return len(captured)

    assert asked("150102", 1) == asked("150103", 30)


# ── last days ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_case_is_chased_two_working_days_before_its_last_day_and_once(to_files):
    who = reachable(officer())
    registration, _applicant = submitted(name="甲校")  # due 8 December, a Tuesday
    with at("2026-12-03"):
        assert remind() == 0
    with at("2026-12-04"):  # a Friday: two working days are Monday and Tuesday
        assert (remind(), remind()) == (1, 0)
        deliver()
    with at("2026-12-07"):
        assert remind() == 0
    registration.refresh_from_db()
    text = f"1 件待办将到办理期限，最早的是 {registration.number}（2026-12-08）。"
    assert notices_of(who, Topic.DEADLINE) == [text]
    assert [said for _to, said in texts(to_files / "sms")] == [f"{text}"]


def test_a_league_that_sets_more_days_is_chased_earlier(to_files):
    officer()
    submitted(name="甲校")
    Parameter.objects.create(
        code="chase_workdays",
        division_id="150100",
        value=4,
        since=date(2026, 1, 1),
        source="示例：盟市",
        is_example=True,
    )
    with at("2026-12-02"):
        assert remind() == 1


def test_without_the_number_of_policy_nobody_is_chased():
    officer()
    submitted(name="甲校")
    with world_as_it_was():
        Parameter.objects.filter(code="chase_workdays").delete()
    with at("2026-12-08"):
        assert remind() == 0


def test_nobody_is_chased_on_a_day_off():
    officer()
    submitted(name="甲校")
    with at("2026-12-05"):  # Saturday
        assert (remind(), digest()) == (0, 0)


def test_a_unit_that_lets_a_returned_case_lie_is_reminded_once(to_files):
    registration, applicant = submitted(name="甲校")
    neighbour = reachable(operator(unit(name="乙校")), 2)
    reachable(applicant, 1)
    take(registration, "return", by=officer(), reason="许可证看不清", expected_version=1)
    for day in ("2026-12-07", "2026-12-08", "2026-12-09"):
        with at(day):
            good_morning()
            deliver()
    registration.refresh_from_db()
    text = f"单位注册 {registration.number} 自 2026-12-01 退回补正后还没有重新提交，请补正后提交。"
    told = [(to, said) for to, said in texts(to_files / "sms") if "还没有重新提交" in said]
    assert told == [(applicant.user.phone, text)]
    assert neighbour.user.phone not in {to for to, _said in texts(to_files / "sms")}


# ── the digest ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_digest_says_how_much_until_when_and_since_when(to_files):
    who = reachable(officer(), mail="li@example.com")
    for name in ("甲校", "乙校", "丙校"):
        submitted(operator(unit(name=name)))
    first, second, _third = WorkItem.objects.order_by("id")
    WorkItem.objects.filter(pk=first.pk).update(due_on=date(2026, 11, 27))
    WorkItem.objects.filter(pk=second.pk).update(due_on=date(2026, 12, 4))
    with at("2026-12-02"):
        assert (digest(), digest()) == (1, 1)
        deliver()
    text = "2026-12-02：您有待办 3 件，1 件两个工作日内到期，1 件已超期（最早的期限是 2026-11-27）。"
    assert texts(to_files / "sms") == [(who.user.phone, text)]
    assert mails(to_files / "mail") == [("li@example.com", "凡补：每日摘要", text)]


def test_who_has_nothing_to_do_and_nothing_to_read_gets_nothing(to_files):
    reachable(officer())
    reachable(operator(unit()), 2)
    assert digest() == 0
    assert not Delivery.objects.exists()


def test_the_digest_of_a_unit_counts_what_came_back_and_what_it_has_not_read(browser, to_files):
    registration, applicant = submitted(name="甲校")
    reachable(applicant)
    reachable(operator(unit(name="乙校")), 2)
    take(registration, "return", by=officer(), reason="赵铁柱的证件看不清", expected_version=1)
    with at("2026-12-02"):
        digest()
        deliver()
    assert texts(to_files / "sms") == [(applicant.user.phone, "2026-12-02：您有退回待补正 1 件；未读消息 1 条。")]
    browser(applicant).post(reverse("notices_seen"))
    with at("2026-12-03"):
        digest()
    assert Delivery.objects.latest("id").text == "2026-12-03：您有退回待补正 1 件。"


def test_a_draft_is_nobodys_work():
    who = officer()
    draft(name="甲校")
    assert (tell_of_work(), notices_of(who, Topic.WORK), digest()) == (0, [], 0)


def test_thirty_digests_cost_the_queries_of_one(to_files):
    def asked(code: str, people: int) -> int:
        seats = [officer(code), *(member(office(code)) for _number in range(people - 1))]
        for n, seat in enumerate(seats):
            reachable(seat, n)
        submitted(code=code, name=f"{code}校")
        with CaptureQueriesContext(connection) as captured:
            digest()
        return len(captured)

    assert asked("150102", 1) == asked("150103", 30)
