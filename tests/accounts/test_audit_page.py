"""R-SEC-2: who reads the trail, how it is found, and the check on the page and by command."""

import re
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain import labels
from accounts.domain.audit import digest_of_the_day, record, verify
from accounts.domain.authority import grant
from accounts.domain.unmask import unmask
from accounts.enums import Act, Role
from accounts.models import Event
from accounts.views.guard import PER_PAGE
from devtools.folders import PROJECT
from kit.refusals import Refused
from tests.accounts.test_audit import tamper
from tests.factories import administrator, division, member, office, operator, unit

pytestmark = pytest.mark.django_db
ROOMS = ("accounts", "casework", "eligibility", "training", "subsidies", "reports")
AUDIT, CHECK = "/office/audit/", "/office/audit/verify/"


def numbers(answer) -> list[int]:
    return [event.data.get("n") for event in answer.context["page"].events if event.act == "test.act"]


def read_by(client, membership):
    client.force_login(membership.user)
    return client


def test_each_level_reads_its_own_subtree(client):
    for code in ("150102", "150103", "150202", "150781", "150000"):
        record("test.act", by=None, division=code, n=int(code))
    everything = numbers(read_by(client, member(office("150000"), Role.AUDITOR)).get(AUDIT))
    assert sorted(everything) == [150000, 150102, 150103, 150202, 150781]
    assert sorted(numbers(read_by(client, member(office("150100"), Role.AUDITOR)).get(AUDIT))) == [150102, 150103]
    assert numbers(read_by(client, administrator("150102")).get(AUDIT)) == [150102]
    assert client.get(AUDIT, {"division": "150103"}).status_code == 404


def test_it_is_found_by_person_act_thing_and_day(client):
    membership, other = member(office(), full_name="乌兰", username="wulan"), member(office(), full_name="巴图")
    record("test.act", by=membership, on=membership.organisation, n=1)
    record("test.act", by=other, on=other, n=2)
    record("other.act", by=other, on=other)
    read_by(client, administrator("150102"))
    assert numbers(client.get(AUDIT, {"person": "乌兰"})) == [1]
    assert numbers(client.get(AUDIT, {"person": "wulan"})) == [1]
    assert numbers(client.get(AUDIT, {"person": "nobody"})) == []
    assert [e.act for e in client.get(AUDIT, {"act": "other.act"}).context["page"].events] == ["other.act"]
    assert numbers(client.get(AUDIT, {"act": "test"})) == [2, 1]
    assert numbers(client.get(AUDIT, {"kind": "membership", "subject": other.pk, "act": "test.act"})) == [2]
    today = datetime.now().date().isoformat()
    assert numbers(client.get(AUDIT, {"act": "test", "since": "2000-01-01", "until": "2001-01-01"})) == []
    assert numbers(client.get(AUDIT, {"act": "test", "since": today})) == [2, 1]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"subject": "x"},
        {"since": "yesterday"},
        {"after": "x"},
        {"before": "9" * 40},
        {"subject": "-1"},
        {"after": "0"},
        {"person": "%"},
    ],
)
def test_nonsense_in_the_address_breaks_nothing(client, nonsense):
    assert read_by(client, administrator("150102")).get(AUDIT, nonsense).status_code == 200


def test_pages_turn_forth_and_back_and_lose_nothing(client):
    for n in range(2 * PER_PAGE + 10):
        record("test.act", by=None, division="150102", n=n)
    read_by(client, administrator("150102"))
    seen, url, pages = [], {"act": "test.act"}, []
    while url:
        page = client.get(AUDIT, url).context["page"]
        pages.append(page)
        seen += [event.data["n"] for event in page.events]
        url = {"act": "test.act", "after": page.after} if page.after else None
    assert seen == list(range(2 * PER_PAGE + 9, -1, -1))
    back = client.get(AUDIT, {"act": "test.act", "before": pages[2].before}).context["page"]
    assert [e.pk for e in back.events] == [e.pk for e in pages[1].events]
    assert pages[0].before is None
    assert client.get(AUDIT, {"act": "test.act", "before": back.before}).context["page"].before is None


def test_a_page_asks_the_same_number_of_questions_for_one_and_many(client):
    read_by(client, administrator("150102"))
    client.get(AUDIT)
    with CaptureQueriesContext(connection) as few:
        client.get(AUDIT)
    for n in range(20):
        record("test.act", by=member(office()), n=n)
    with CaptureQueriesContext(connection) as many:
        client.get(AUDIT)
    assert len(many) == len(few)


def test_the_check_on_the_page_says_what_does_not_hold_and_is_itself_recorded(client):
    auditor = member(office("150100"), Role.AUDITOR)
    spoilt = record("test.act", by=None, division="150102", n=1)
    elsewhere = record("test.act", by=None, division="150202", n=1)
    read_by(client, auditor)
    assert client.post(CHECK).context["flaws"] == []
    tamper("UPDATE accounts_event SET reason = 'x' WHERE id = ANY(%s)", [spoilt.pk, elsewhere.pk])
    answer = client.post(CHECK)
    assert [(name, flaw.chain, flaw.number) for name, flaw in answer.context["flaws"]] == [
        ("新城区", "150102", spoilt_number(spoilt))
    ]
    assert "内容被改动" in answer.content.decode()
    assert [e.data["flaws"] for e in Event.objects.filter(act="audit.verified", membership=auditor).order_by("pk")] == [
        0,
        1,
    ]
    assert client.get(CHECK).status_code == 302


def spoilt_number(event: Event) -> int:
    event.refresh_from_db()
    return event.number


def test_the_command_prints_the_digest_and_fails_on_flaws():
    record("test.act", by=None, division="150102")
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert digest_of_the_day() in out.getvalue()
    tamper("UPDATE accounts_event SET actor = 'x' WHERE act = 'test.act'")
    out = StringIO()
    with pytest.raises(CommandError, match="1 flaws"):
        call_command("verify_audit", stdout=out)
    assert "150102 #1" in out.getvalue()


def test_a_whole_chain_removed_is_found():
    record("test.act", by=None, division="150102")
    tamper("DELETE FROM accounts_event")
    assert [flaw.chain for flaw in verify()] == ["150102"]
    assert verify(["150103"]) == []


def test_words_come_from_every_app_and_the_code_stands_in_where_none_does(client, monkeypatch):
    monkeypatch.setattr(labels, "_words", dict(labels._words))
    labels.register_act_labels({"test.act": "试办"})
    record("test.act", by=None, division="150102")
    record("unknown.act", by=None, division="150102")
    page = read_by(client, administrator("150102")).get(AUDIT).content.decode()
    assert "试办" in page
    assert "unknown.act" in page


def test_unmasking_needs_the_grant_and_a_purpose_and_is_recorded_either_way():
    league, membership, clerk = administrator("150100"), member(office()), operator(unit())
    what = clerk.organisation
    with pytest.raises(Refused, match="没有"):
        unmask(membership, "电话回访核实身份", on=what, division=division())
    grant(Act.UNMASK_PERSONS, to=membership.user, division=division(), by=league)
    with pytest.raises(Refused, match="用途"):
        unmask(membership, " 看 ", on=what, division=division())
    event = unmask(membership, "电话回访核实身份", on=what, division=division(), what=("phone", "number"))
    assert (event.act, event.reason, event.data, event.subject_id) == (
        "person.unmasked",
        "电话回访核实身份",
        {"fields": ["number", "phone"]},
        what.pk,
    )
    for nobody in (clerk, None):
        with pytest.raises(Refused):
            unmask(nobody, "电话回访核实身份", on=what, division=division())
    assert Event.objects.filter(act="person.unmask_refused").count() == 4


def test_data_is_said_in_words():
    assert labels.describe_data({"to": "乌兰", "act": "export_persons", "category": "", "expires_on": "", "n": 0}) == [
        ("授予", "乌兰"),
        ("权限", "人员数据导出"),
        ("人员类别", "全部人员类别"),
        ("n", "0"),
    ]
    assert labels.describe_data({"changed": {"name": ["青成", "青城"]}, "fields": ["number", "phone"]}) == [
        ("修改", "名称 “青成” → “青城”"),
        ("查看的内容", "number、phone"),
    ]


def test_the_marks_of_a_lesson_are_counted_in_words_and_the_page_opens(client):
    record(
        "attendance.recorded",
        by=None,
        division="150102",
        day="2026-08-25",
        changed={"1": "present", "2": "present", "3": "absent"},
    )
    answer = read_by(client, administrator("150102")).get(AUDIT)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "登记考勤" in page
    assert "出勤 2；缺勤 1" in page


def test_every_act_the_code_records_has_words():
    known = dict(labels.known_acts())
    written = {
        act
        for room in ROOMS
        for path in (PROJECT / room).rglob("*.py")
        if "migrations" not in path.parts
        for act in re.findall(r'\brecord\(\s*"([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(written) > 40
    assert sorted(written - set(known)) == []


@pytest.mark.parametrize("asked", ["until=9999-12-31", "since=0001-01-01", "since=0001-01-01&until=9999-12-31"])
def test_the_first_and_the_last_day_there_are_may_be_asked_for(client, asked):
    client.force_login(administrator("150000").user)
    assert client.get(f"{AUDIT}?{asked}").status_code == 200
