"""通知公告: looked at first, sent to exactly those, within the scope, once (R-SEC-1, R-SEC-2)."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.enums import OrganisationKind, Role
from accounts.models import Event, Membership
from casework.domain import announcing
from casework.domain.announcing import Announcement, preview
from casework.enums import JobState, Pace, Topic
from casework.models import Contact, Job, Notice
from casework.tasks import announce, deliver
from tests.casework.messages import texts
from tests.factories import administrator, division, member, office, operator, unit

pytestmark = pytest.mark.django_db
TEXT = "请于12月10日前核对本单位账户。"
CHOICE = {"text": TEXT, "division": "150100", "kinds": [OrganisationKind.INSTITUTION], "roles": [Role.OPERATOR]}


@pytest.fixture
def league():
    return administrator("150100")


def reachable(membership: Membership, n: int, **choices: object) -> Membership:
    membership.user.phone = f"139471{n:05d}"
    membership.user.save(update_fields=["phone"])
    Contact.objects.create(user=membership.user, **choices)
    return membership


def previewed(browser, by, **other):
    page = browser(by).post(reverse("announcements"), CHOICE | other)
    assert page.status_code == 200, page.content.decode()
    return page


def send(browser, by, page, **other):
    token = page.context["found"].token
    return browser(by).post(reverse("announcement_send"), CHOICE | {"token": token} | other)


def words(page) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.content.decode())))


def test_the_preview_says_how_many_by_which_ways_and_who_has_no_address_and_sends_nothing(browser, league, to_files):
    here, there = unit(name="甲校"), unit("150105", name="乙校")
    reachable(operator(here), 1)
    reachable(operator(there), 2, paces={Topic.ANNOUNCEMENT: Pace.PORTAL})
    nobody = member(here, Role.OPERATOR, full_name="无电话")
    shown = words(previewed(browser, league))
    assert "发给 2 个单位和部门的 3 人。" in shown
    assert "短信：1" in shown
    assert "只在门户内看到 ：2" in shown or "只在门户内看到：2" in shown
    assert str(nobody) in shown
    assert TEXT in shown
    assert (Notice.objects.count(), Job.objects.count()) == (0, 0)


def test_what_was_previewed_is_sent_once_to_those_and_to_no_neighbour(browser, league, to_files):
    mine = reachable(operator(unit(name="甲校")), 1)
    away = reachable(operator(unit("150203", name="外盟校")), 2)
    firm = reachable(operator(unit(kind=OrganisationKind.ENTERPRISE, name="企业")), 3)
    page = previewed(browser, league)
    assert send(browser, league, page).status_code == 302
    job = Job.objects.get()
    announce(job.pk)
    announce(job.pk)  # a job that comes twice
    deliver()
    job.refresh_from_db()
    assert (job.state, job.message, job.percent) == (JobState.DONE, "已通知1人。", 100)
    assert list(Notice.objects.values_list("reader", "text")) == [(mine.user_id, TEXT)]
    assert texts(to_files / "sms") == [(mine.user.phone, TEXT)]
    assert TEXT in browser(mine).get(reverse("notices")).content.decode()
    for other in (away, firm):
        assert TEXT not in browser(other).get(reverse("notices")).content.decode()
    event = Event.objects.get(act="announcement.sent")
    assert (event.data["people"], event.data["text"], event.membership_id) == (1, TEXT, league.pk)
    again = send(browser, league, page)
    assert again.status_code == 409
    assert "这次预览已经发送过" in again.content.decode()
    assert Job.objects.count() == 1


def test_what_has_changed_since_the_preview_is_told_and_nothing_is_sent(browser, league):
    operator(unit(name="甲校"))
    page = previewed(browser, league)
    operator(unit(name="新校"))
    answer = send(browser, league, page)
    assert answer.status_code == 409
    shown = words(answer)
    assert "收件人由 1 变为 2。" in shown
    assert "单位和部门由 1 变为 2。" in shown
    assert not Job.objects.exists()


def test_another_text_than_the_previewed_one_is_not_sent(browser, league):
    operator(unit(name="甲校"))
    answer = send(browser, league, previewed(browser, league), text="另一段话")
    assert (answer.status_code, Job.objects.count()) == (409, 0)
    assert "不是预览时的" in answer.content.decode()


def test_without_a_preview_or_with_anothers_nothing_is_sent(browser, league):
    operator(unit(name="甲校"))
    assert browser(league).post(reverse("announcement_send"), CHOICE).status_code == 409
    assert browser(league).post(reverse("announcement_send"), CHOICE | {"token": "x:y:z"}).status_code == 409
    page = previewed(browser, league)
    colleague = administrator("150100")
    assert send(browser, colleague, page).status_code == 409
    assert not Job.objects.exists()


def test_a_league_cannot_write_to_another_league_nor_to_the_region(browser, league):
    operator(unit("150203", name="外盟校"))
    for place in ("150200", "150000"):
        assert browser(league).post(reverse("announcements"), CHOICE | {"division": place}).status_code == 400
        answer = browser(league).post(reverse("announcement_send"), CHOICE | {"division": place})
        assert answer.status_code == 400
    assert (
        browser(administrator("150000")).post(reverse("announcements"), CHOICE | {"division": "150000"}).status_code
        == 200
    )


def test_a_banners_administrator_and_other_people_send_nothing(browser):
    for who in (administrator("150102"), member(office("150100")), operator(unit())):
        assert browser(who).get(reverse("announcements")).status_code == 403
        assert browser(who).post(reverse("announcement_send"), CHOICE).status_code == 403


def test_numbers_of_people_are_refused_where_they_were_typed(browser, league):
    operator(unit(name="甲校"))
    answer = browser(league).post(reverse("announcements"), CHOICE | {"text": "赵铁柱 15010219900307804X 请来补件"})
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert "请删去" in shown
    assert "请来补件" in shown


def test_nobody_and_too_many_are_refused(browser, league, monkeypatch):
    assert browser(league).post(reverse("announcements"), CHOICE).status_code == 400
    monkeypatch.setattr(announcing, "MOST", 1)
    here = unit(name="甲校")
    for _number in range(2):
        operator(here)
    answer = browser(league).post(reverse("announcements"), CHOICE)
    assert answer.status_code == 400
    assert "收件人超过1人" in answer.content.decode()


def test_whoever_left_between_the_click_and_the_job_gets_nothing(browser, league):
    stays, gone = operator(unit(name="甲校")), operator(unit(name="乙校"))
    send(browser, league, previewed(browser, league))
    Membership.objects.filter(pk=gone.pk).update(until=timezone.localdate())
    announce(Job.objects.get().pk)
    assert list(Notice.objects.values_list("reader", flat=True)) == [stays.user_id]


def test_thirty_recipients_cost_the_queries_of_one(league, to_files):
    asked = Announcement(TEXT, division("150100"), [OrganisationKind.INSTITUTION], [Role.OPERATOR])

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            preview(asked, by=league)
        return len(captured)

    reachable(operator(unit()), 1)
    one = queries()
    for n in range(29):
        reachable(operator(unit()), n + 2)
    assert queries() == one


def test_a_program_looks_first_and_sends_with_the_token_exactly_those(league):
    program = APIClient()
    program.force_login(league.user)
    seat, address = operator(unit(name="甲校")), reverse("api_announcements")
    seen = program.post(address, CHOICE, format="json")
    assert (seen.status_code, seen.json()["people"], seen.json()["job"]) == (200, 1, None)
    sent = program.post(address, CHOICE | {"token": seen.json()["token"]}, format="json")
    assert sent.status_code == 200
    announce(sent.json()["job"])
    assert list(Notice.objects.values_list("reader", flat=True)) == [seat.user_id]
    assert program.post(address, CHOICE | {"token": seen.json()["token"]}, format="json").status_code == 409
    operator(unit(name="新校"))
    late = program.post(address, CHOICE | {"token": seen.json()["token"]}, format="json")
    assert "收件人由 1 变为 2。" in str(late.json())


def test_a_program_of_a_banner_or_for_another_league_sends_nothing(league):
    operator(unit("150203", name="外盟校"))
    for who, place, status in ((administrator("150102"), "150102", 403), (league, "150200", 400)):
        program = APIClient()
        program.force_login(who.user)
        answer = program.post(reverse("api_announcements"), CHOICE | {"division": place}, format="json")
        assert answer.status_code == status
    assert not Job.objects.exists()
