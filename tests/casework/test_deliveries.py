"""Mail and SMS: nothing is lost, nothing comes twice, nobody is told who should not be (R-SEC-3, R-SEC-1)."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.domain.readiness import readiness
from accounts.enums import OrganisationKind, Role
from accounts.models import Membership
from casework.domain.deliveries import send_due, spread
from casework.domain.moves import take
from casework.enums import Channel, DeliveryState, Pace, Topic
from casework.models import Contact, Delivery, Notice
from casework.tasks import deliver
from tests.casework.messages import mails, texts
from tests.factories import administrator, member, office, officer, operator, unit
from tests.factories.casework import submitted

pytestmark = pytest.mark.django_db
DAY, NIGHT = "2026-12-01T10:00:00+08:00", "2026-12-01T22:30:00+08:00"
AT_ONCE = dict.fromkeys(Topic.values, Pace.NOW)


@pytest.fixture(autouse=True)
def _by_day():
    with time_machine.travel(DAY, tick=False):
        yield


def reachable(membership: Membership, n: int = 1, **choices: object) -> Membership:
    """Somebody with a telephone and a confirmed mail address, who wants everything at once."""
    user = membership.user
    user.phone = f"139471{n:05d}"
    user.save(update_fields=["phone"])
    Contact.objects.create(user=user, **{"mail": f"zhang{n}@example.com", "paces": AT_ONCE} | choices)
    return membership


def told(membership: Membership, text: str = "已退回：赵铁柱的证件看不清", **fields: object) -> Notice:
    values = {"url": "/", "kind": "other", "object_id": 1} | fields
    return Notice.objects.create(organisation=membership.organisation, text=text, **values)


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Delivery.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


# ── what goes out ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_returned_case_is_told_by_mail_and_sms_with_its_number_and_without_names(to_files, settings):
    settings.PORTAL_URL = "https://fanbu.example"
    registration, applicant = submitted(name="甲校")
    reachable(applicant)
    take(registration, "return", by=officer(), reason="赵铁柱（15010219900307804X）的证件看不清", expected_version=1)
    deliver()
    registration.refresh_from_db()
    text = f"单位注册 {registration.number} 有新进展，请登录门户查看。 https://fanbu.example/notices/"
    assert mails(to_files / "mail") == [("zhang1@example.com", "凡补：办理进展", text)]
    assert texts(to_files / "sms") == [("13947100001", text)]
    assert "赵铁柱" in Notice.objects.get(organisation=applicant.organisation).text


def test_a_neighbour_and_whoever_left_get_nothing(to_files):
    here = unit(name="甲校")
    gone, stays, neighbour = (reachable(operator(one), n) for n, one in enumerate((here, here, unit(name="乙校"))))
    told(stays)
    spread()
    Membership.objects.filter(pk=gone.pk).update(until=timezone.localdate())
    deliver()
    assert {to for to, _text in texts(to_files / "sms")} == {stays.user.phone}
    assert states() == {DeliveryState.SENT: 2, DeliveryState.DROPPED: 2}
    assert neighbour.user.phone not in str(texts(to_files / "sms"))


def test_a_notice_to_one_person_is_read_and_sent_to_nobody_else(browser, to_files):
    here = unit(name="甲校")
    one, other = (reachable(operator(here), n) for n in (1, 2))
    told(one, "只给一个人", reader=one.user)
    deliver()
    assert [to for to, _text in texts(to_files / "sms")] == [one.user.phone]
    page = browser(other).get(reverse("notices"))
    assert "只给一个人" not in page.content.decode()
    assert "只给一个人" in browser(one).get(reverse("notices")).content.decode()
    assert browser(other).post(reverse("notice", args=[Notice.objects.get().pk])).status_code == 404


def test_what_was_chosen_for_the_digest_or_the_portal_alone_does_not_leave_at_once(to_files):
    slow = reachable(operator(unit()), paces={Topic.CASE: Pace.DIGEST, Topic.DEADLINE: Pace.PORTAL})
    told(slow)
    told(slow, topic=Topic.DEADLINE)
    deliver()
    assert states() == {}
    told(slow, topic=Topic.ANNOUNCEMENT, text="请于周五前核对账户。")
    deliver()
    assert states() == {DeliveryState.SENT: 2}


def test_a_channel_switched_off_and_an_address_never_confirmed_are_not_used(to_files):
    told(reachable(operator(unit()), by_sms=False, mail=None, pending_mail="zhang@example.com"))
    deliver()
    assert states() == {}


def test_no_sms_at_night_it_comes_in_the_morning(to_files):
    with time_machine.travel(NIGHT, tick=False):
        told(reachable(operator(unit())))
        deliver()
        assert len(mails(to_files / "mail")) == 1
        assert texts(to_files / "sms") == []
    with time_machine.travel("2026-12-02T08:00:01+08:00", tick=False):
        deliver()
        assert len(texts(to_files / "sms")) == 1


def test_one_recipient_and_thirty_cost_the_same_queries(to_files):
    def asked(people: int) -> int:
        here = unit()
        for n in range(people):
            reachable(operator(here), n)
        told(operator(here))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            spread()
        return len(captured)

    assert asked(1) == asked(30)
    assert Delivery.objects.count() == 62


# ── nothing lost, nothing twice ───────────────────────────────────────────────────────────────────────────────────────


def test_a_gateway_that_is_down_for_an_hour_loses_nothing_and_doubles_nothing(gateway):
    people = [reachable(operator(unit()), n, by_mail=False) for n in range(3)]
    for person in people:
        told(person)
    gateway.answer = 503
    start = timezone.now()
    for minute in range(0, 60, 5):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            deliver()
    assert (gateway.taken, states()) == ({}, {DeliveryState.QUEUED: 3})
    gateway.answer = 200
    for minute in (70, 100, 130):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            deliver()
    assert sorted(to for to, _text in gateway.texts) == [person.user.phone for person in people]
    assert states() == {DeliveryState.SENT: 3}
    asked = gateway.asked
    deliver()
    assert gateway.asked == asked


def test_one_silent_gateway_is_not_asked_for_every_message(gateway):
    for n in range(10):
        told(reachable(operator(unit()), n, by_mail=False))
    gateway.answer = 503
    deliver()
    assert gateway.asked == 1
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {0, 1}


def test_a_message_whose_answer_was_lost_goes_again_under_the_same_key(gateway):
    told(reachable(operator(unit()), by_mail=False))
    gateway.cuts = True
    deliver()
    assert gateway.asked == 2  # tried twice at once
    gateway.cuts = False
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        deliver()
    assert (gateway.asked, len(gateway.taken), states()) == (3, 1, {DeliveryState.SENT: 1})


def test_a_message_left_by_a_dead_worker_is_taken_up_after_a_while(to_files):
    told(reachable(operator(unit()), by_mail=False))
    spread()
    Delivery.objects.update(state=DeliveryState.SENDING, claimed_at=timezone.now())
    deliver()
    assert states() == {DeliveryState.SENDING: 1}
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        deliver()
    assert states() == {DeliveryState.SENT: 1}


def test_a_number_the_gateway_refuses_is_not_tried_again_and_stands_on_the_operations_page(gateway, browser):
    told(reachable(operator(unit()), by_mail=False))
    gateway.answer = 422
    deliver()
    assert states() == {DeliveryState.FAILED: 1}
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        deliver()
        assert gateway.asked == 1
        shown = browser(administrator("150000")).get(reverse("operations")).content.decode()
    assert "一周内 1 条没有送达，最早的自 2026-12-01 10:00 起。短信网关没有接受（422）。" in shown


def test_what_waits_stands_on_the_operations_page_with_the_reason(gateway, browser):
    told(reachable(operator(unit()), by_mail=False))
    gateway.answer = 503
    deliver()
    shown = browser(administrator("150000")).get(reverse("operations")).content.decode()
    assert "1 条等待发送，最早的自 2026-12-01 10:00 起。短信网关没有接受（503）。" in shown


def test_a_wrong_signature_is_the_portals_fault_and_loses_nothing(gateway, settings):
    told(reachable(operator(unit()), by_mail=False))
    settings.SMS_SECRET = "another"
    deliver()
    row = Delivery.objects.get()
    assert (row.state, row.said) == (DeliveryState.QUEUED, "短信网关不接受门户的签名（403）。")


def test_after_a_day_it_is_given_up(gateway):
    told(reachable(operator(unit()), by_mail=False))
    gateway.answer = 503
    spread()
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        deliver()
    assert states() == {DeliveryState.FAILED: 1}


def test_a_mail_server_that_does_not_answer_keeps_the_mail_and_lets_the_sms_go(to_files, settings):
    settings.MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAIL_OPTIONS = {"host": "127.0.0.1", "port": 1}
    told(reachable(operator(unit())))
    deliver()
    said = dict(Delivery.objects.values_list("channel", "said"))
    assert said == {Channel.MAIL: "邮件服务器没有应答。", Channel.SMS: ""}
    assert len(texts(to_files / "sms")) == 1


def test_without_adapters_messages_stay_inside_and_the_readiness_says_so(settings):
    settings.MAIL_BACKEND, settings.SMS_ADAPTER = "", ""
    told(reachable(operator(unit())))
    deliver()
    assert states() == {}
    (found,) = [one for one in readiness() if one.check.code == "channels"]
    assert len(found.missing) == 2
    assert not found.check.blocks


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(gateway):
    for n in range(30):
        told(reachable(operator(unit()), n, by_mail=False))
    spread()
    start = threading.Barrier(2)

    def work() -> None:
        try:
            start.wait()
            while send_due():
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (gateway.asked, len(gateway.taken), states()) == (30, 30, {DeliveryState.SENT: 30})


def test_roles_and_kinds_that_look_on_are_told_like_others(to_files):
    finance = reachable(member(office(kind=OrganisationKind.FINANCE), Role.FINANCE))
    told(finance)
    deliver()
    assert len(texts(to_files / "sms")) == 1
