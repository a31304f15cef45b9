"""消息设置: a mail address counts once its code was typed in; what is chosen holds and is on record (R-SEC-1, R-SEC-2)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Event
from casework.domain.deliveries import reached_by
from casework.enums import Channel, Pace, Topic
from casework.models import Contact
from tests.casework.messages import mails
from tests.factories import officer, operator, unit

pytestmark = pytest.mark.django_db
CHOICES = {f"pace_{topic}": Pace.NOW for topic in Topic.values} | {"by_mail": "on"}


def post(browser, membership, name, **fields):
    return browser(membership).post(reverse(name), fields)


def code_in(folder) -> str:
    return re.search(r"\d{6}", mails(folder / "mail")[-1][2])[0]


def test_an_address_counts_once_its_code_was_typed_in(browser, to_files):
    who = operator(unit())
    assert post(browser, who, "contact_mail", mail="li@example.com").status_code == 302
    contact = Contact.objects.get(user=who.user)
    assert (contact.mail, reached_by(who.user)) == (None, [])
    code = code_in(to_files)
    wrong = "000000" if code != "000000" else "111111"
    answer = post(browser, who, "contact_confirm", code=wrong)
    assert answer.status_code == 400
    assert "验证码不对，请核对邮件里的六位数字。" in answer.content.decode()
    assert post(browser, who, "contact_confirm", code=code).status_code == 302
    who.user.refresh_from_db()
    assert reached_by(who.user) == [Channel.MAIL]
    assert "li@example.com" in browser(who).get(reverse("contact")).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT mail FROM casework_contact")
        assert b"example" not in bytes(cursor.fetchone()[0])
    event = Event.objects.get(act="contact.changed")
    assert "example" not in str(event.data)


def test_five_wrong_codes_are_enough(browser, to_files):
    who = operator(unit())
    post(browser, who, "contact_mail", mail="li@example.com")
    code = code_in(to_files)
    for n in range(5):
        post(browser, who, "contact_confirm", code="000000" if code != "000000" else "111111", n=n)
    answer = post(browser, who, "contact_confirm", code=code)
    assert (answer.status_code, Contact.objects.get().mail) == (409, None)
    assert "验证码输错次数过多，请重新获取。" in answer.content.decode()


def test_a_code_ends_after_a_quarter_of_an_hour_and_is_sent_once_a_minute(browser, to_files):
    who = operator(unit())
    post(browser, who, "contact_mail", mail="li@example.com")
    assert post(browser, who, "contact_mail", mail="wang@example.com").status_code == 409
    assert len(mails(to_files / "mail")) == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert post(browser, who, "contact_confirm", code=code_in(to_files)).status_code == 409
    assert Contact.objects.get().mail is None


def test_anothers_code_confirms_nothing(browser, to_files):
    who, other = operator(unit()), operator(unit())
    post(browser, who, "contact_mail", mail="li@example.com")
    assert post(browser, other, "contact_confirm", code=code_in(to_files)).status_code == 409
    assert not Contact.objects.filter(mail__isnull=False).exists()


def test_a_mail_server_that_is_down_is_said_and_keeps_nothing(browser, settings):
    settings.MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAIL_OPTIONS = {"host": "127.0.0.1", "port": 1}
    answer = post(browser, operator(unit()), "contact_mail", mail="li@example.com")
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "验证码没有发出：邮件服务器没有应答。请稍后再试。" in shown
    assert "li@example.com" in shown
    assert not Contact.objects.exists()


def test_no_address_is_an_address_that_is_none(browser, to_files):
    answer = post(browser, operator(unit()), "contact_mail", mail="li@@example")
    assert answer.status_code == 400
    assert "li@@example" in answer.content.decode()


def test_what_was_chosen_holds_and_is_on_record(browser, to_files):
    who = officer()
    who.user.phone = "13947100001"
    who.user.save()
    assert post(browser, who, "contact_choose", **CHOICES).status_code == 302
    who.user.refresh_from_db()
    assert reached_by(who.user) == []
    contact = Contact.objects.get(user=who.user)
    assert {contact.pace(topic) for topic in Topic.values} == {Pace.NOW}
    (event,) = Event.objects.filter(act="contact.changed")
    assert event.data["changed"]["by_sms"] == ["True", "False"]
    assert post(browser, who, "contact_choose", **CHOICES | {"pace_case": "sometime"}).status_code == 400


def test_a_forgotten_address_is_not_written_to(browser, to_files):
    who = operator(unit())
    Contact.objects.create(user=who.user, mail="li@example.com")
    post(browser, who, "contact_forget")
    assert Contact.objects.get().mail is None
    assert reached_by(type(who.user).objects.get(pk=who.user_id)) == []


def test_a_unit_is_not_asked_about_work_it_never_has(browser, to_files):
    school, clerk = operator(unit()), officer()
    assert "pace_work" not in browser(school).get(reverse("contact")).content.decode()
    assert "pace_work" in browser(clerk).get(reverse("contact")).content.decode()
    choices = {name: pace for name, pace in CHOICES.items() if name != "pace_work"}
    assert post(browser, school, "contact_choose", **choices).status_code == 302
    assert post(browser, clerk, "contact_choose", **choices).status_code == 400


def test_a_program_reads_and_chooses_the_same(to_files):
    who = operator(unit())
    Contact.objects.create(user=who.user, mail="li@example.com")
    program, address = APIClient(), reverse("api_contact")
    program.force_login(who.user)
    read = program.get(address).json()
    assert (read["reached_by"], read["pace_deadline"], read["pace_case"]) == ([Channel.MAIL], Pace.NOW, Pace.DIGEST)
    chosen = {f"pace_{topic}": Pace.PORTAL for topic in ("case", "deadline", "announcement")}
    answer = program.put(address, chosen | {"by_mail": False, "by_sms": True}, format="json")
    assert (answer.status_code, answer.json()["reached_by"]) == (200, [])
    assert Contact.objects.get().pace("case") == Pace.PORTAL
    assert program.put(address, {"pace_case": "sometime"}, format="json").status_code == 400
