"""Home, notices, comments, late work, the frame and the doors (R-SEC-3)."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, User
from casework.domain.moves import take
from casework.menu import menu_for
from casework.models import Comment, Notice, WorkItem
from tests.factories import administrator, member, office, officer, operator, unit
from tests.factories.casework import draft, submitted

pytestmark = pytest.mark.django_db


def page(registration) -> str:
    return reverse("case", args=["registration", registration.pk])


def late(registration, days: int = 3) -> None:
    WorkItem.objects.filter(object_id=registration.pk).update(due_on=timezone.localdate() - timedelta(days=days))


# ── home ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_applicant_sees_first_what_was_returned_and_why(browser):
    registration, membership = submitted(name="甲校")
    take(registration, "return", by=officer(), reason="许可证看不清有效期", expected_version=1)
    shown = browser(membership).get(reverse("home")).content.decode()
    assert "许可证看不清有效期" in shown
    assert "去补正" in shown


def test_the_applicant_sees_where_a_case_is_and_until_when(browser):
    registration, membership = submitted(name="甲校")
    registration.refresh_from_db()
    shown = browser(membership).get(reverse("home")).content.decode()
    assert registration.desk.name in shown
    assert registration.due_on.strftime("%m-%d") in shown


def test_a_refused_case_tells_its_reason_on_the_home_page(browser):
    registration, membership = submitted(name="甲校")
    take(registration, "refuse", by=officer(), reason="场地不符合要求", expected_version=1)
    assert "场地不符合要求" in browser(membership).get(reverse("home")).content.decode()


def test_the_officer_sees_what_is_late_and_what_is_soon_due(browser):
    first, second = submitted(name="甲校")[0], submitted(name="乙校")[0]
    late(first)
    late(second, days=-1)
    answer = browser(officer()).get(reverse("home"))
    assert (answer.context["late"], answer.context["soon"]) == (1, 1)
    assert "甲校" in answer.content.decode()


def test_the_level_above_sees_late_work_below_and_the_banner_beside_does_not(browser):
    registration, _seat = submitted(name="甲校")
    late(registration)
    assert "甲校" in browser(administrator("150100")).get(reverse("home")).content.decode()
    assert "甲校" in browser(administrator("150100")).get(reverse("overdue")).content.decode()
    assert "甲校" not in browser(administrator("150200")).get(reverse("overdue")).content.decode()
    assert "甲校" not in browser(officer("150103")).get(reverse("overdue")).content.decode()


def test_late_work_is_counted_and_filtered_by_place(browser):
    for code in ("150102", "150103"):
        late(submitted(code=code, name=f"校{code}")[0])
    client = browser(administrator("150100"))
    shown = client.get(reverse("overdue"), {"place": "150103"}).context
    assert [item.title for item in shown["page"].rows] == ["校150103"]
    assert {place["division_id"]: place["n"] for place in shown["places"]} == {"150102": 1, "150103": 1}


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrganisationKind.HR_OFFICE, Role.OFFICER),
        (OrganisationKind.HR_OFFICE, Role.ADMINISTRATOR),
        (OrganisationKind.HR_OFFICE, Role.AUDITOR),
        (OrganisationKind.HR_OFFICE, Role.INSPECTOR),
        (OrganisationKind.FINANCE, Role.FINANCE),
    ],
)
def test_every_role_has_a_home_page_with_and_without_cases(browser, kind, role):
    client = browser(member(office("150102", kind), role))
    assert client.get(reverse("home")).status_code == 200
    submitted()
    assert client.get(reverse("home")).status_code == 200


def test_units_have_no_page_of_late_work(browser):
    assert browser(operator(unit())).get(reverse("overdue")).status_code == 403


# ── case page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_school_asking_for_another_schools_case_finds_nothing(browser):
    registration, _seat = submitted()
    assert browser(operator(unit())).get(page(registration)).status_code == 404
    assert browser(officer("150103")).get(page(registration)).status_code == 404


def test_the_decision_page_takes_few_queries(browser, django_assert_max_num_queries):
    registration, _seat = submitted()
    client = browser(officer())
    client.get(page(registration))
    with django_assert_max_num_queries(26):
        client.get(page(registration))


def test_decision_buttons_are_for_the_desk_only(browser):
    registration, membership = submitted()
    assert "请您决定：单位注册审核" in browser(officer()).get(page(registration)).content.decode()
    for other in (membership, member(office("150100"), Role.AUDITOR)):
        shown = browser(other).get(page(registration)).content.decode()
        assert reverse("move", args=["registration", registration.pk, "approve"]) not in shown


def test_the_story_of_the_case_is_told_with_its_reasons(browser):
    registration, membership = submitted()
    take(registration, "return", by=officer(), reason="许可证看不清", expected_version=1)
    take(registration, "submit", by=membership, expected_version=2)
    answer = browser(membership).get(page(registration))
    assert [entry.step.move for entry in answer.context["entries"] if entry.step] == ["submit", "return", "submit"]
    assert answer.context["verdict"] is None
    assert "许可证看不清" in answer.content.decode()


# ── comments and notices ──────────────────────────────────────────────────────────────────────────────────────────────


def test_internal_notes_never_reach_the_unit(browser):
    registration, membership = submitted()
    client = browser(officer())
    client.post(
        reverse("case_comments", args=["registration", registration.pk]), {"text": "已电话核实", "internal": "on"}
    )
    client.post(reverse("case_comments", args=["registration", registration.pk]), {"text": "请补传扫描件"})
    shown = browser(membership).get(page(registration)).content.decode()
    assert "请补传扫描件" in shown
    assert "已电话核实" not in shown
    assert [notice.text for notice in Notice.objects.filter(organisation=membership.organisation)] == [
        f"{registration.number} 有新留言：请补传扫描件"
    ]


def test_a_unit_cannot_write_internal_notes_nor_empty_ones(browser):
    registration, membership = submitted()
    client, address = browser(membership), reverse("case_comments", args=["registration", registration.pk])
    assert client.post(address, {"text": "内部", "internal": "on"}).status_code == 400
    assert client.post(address, {"text": "  "}).status_code == 400
    assert client.post(address, {"text": "长" * 2001}).status_code == 400
    assert Comment.objects.count() == 0


def test_outsiders_and_readers_cannot_comment(browser):
    registration, _seat = submitted()
    address = reverse("case_comments", args=["registration", registration.pk])
    assert browser(operator(unit())).post(address, {"text": "问"}).status_code == 404
    assert browser(member(office("150100"), Role.AUDITOR)).post(address, {"text": "问"}).status_code == 403
    assert Comment.objects.count() == 0


def test_the_badge_is_there_until_the_notice_is_opened(browser):
    registration, membership = submitted()
    take(registration, "approve", by=officer(), expected_version=1)
    client = browser(membership)
    assert client.get(reverse("home")).context["frame"].notices == 1
    notice = Notice.objects.get(organisation=membership.organisation)
    assert client.post(reverse("notice", args=[notice.pk])).url == page(registration)
    assert client.get(reverse("home")).context["frame"].notices == 0
    assert browser(operator(membership.organisation)).get(reverse("home")).context["frame"].notices == 1


def test_opening_the_case_itself_makes_its_notices_seen(browser):
    registration, membership = submitted()
    take(registration, "approve", by=officer(), expected_version=1)
    client = browser(membership)
    assert 'hx-trigger="load"' in client.get(page(registration)).content.decode()
    answer = client.post(
        reverse("notices_seen"), {"kind": "registration", "object_id": registration.pk}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 204
    assert 'hx-trigger="load"' not in client.get(page(registration)).content.decode()
    assert client.get(reverse("notices")).context["frame"].notices == 0


def test_old_notices_are_read_page_by_page_and_back(browser):
    registration, membership = submitted(name="甲校")
    Notice.objects.bulk_create(
        [
            Notice(
                organisation=membership.organisation,
                text=f"消息{n:02d}",
                url="/",
                kind="registration",
                object_id=registration.pk,
            )
            for n in range(60)
        ]
    )
    client, door = browser(membership), reverse("notices")
    first = client.get(door).context["page"]
    assert ([row.text for row in first.rows][:1], len(first.rows), first.before) == (["消息59"], 25, "")
    second = client.get(door, {"after": first.after}).context["page"]
    assert [row.text for row in second.rows] == [f"消息{n:02d}" for n in range(34, 9, -1)]
    assert [row.pk for row in client.get(door, {"before": second.before}).context["page"].rows] == [
        row.pk for row in first.rows
    ]
    for broken in ("x", "5~6", "2026-01-01~5", "9" * 30 + "~" + "9" * 30):
        assert client.get(door, {"after": broken}).context["page"].rows[0].pk == first.rows[0].pk


def test_all_notices_at_once_and_nobody_elses(browser):
    registration, membership = submitted()
    take(registration, "approve", by=officer(), expected_version=1)
    stranger = browser(operator(unit()))
    assert stranger.post(reverse("notice", args=[Notice.objects.get().pk])).status_code == 404
    stranger.post(reverse("notices_seen"))
    client = browser(membership)
    assert client.get(reverse("notices")).context["frame"].notices == 1
    client.post(reverse("notices_seen"))
    client.post(reverse("notices_seen"))
    assert client.get(reverse("notices")).context["frame"].notices == 0


# ── frame and doors ───────────────────────────────────────────────────────────────────────────────────────────────────

GET_PAGES = [
    ("home", ()),
    ("inbox", ("todo",)),
    ("case", ("registration", 1)),
    ("file", (1,)),
    ("jobs", ()),
    ("job", (1,)),
    ("job_row", (1,)),
    ("job_file", (1,)),
    ("notices", ()),
    ("overdue", ()),
]
POST_PAGES = [
    ("inbox_agree", ()),
    ("move", ("registration", 1, "approve")),
    ("case_files", ("registration", 1)),
    ("case_comments", ("registration", 1)),
    ("job_again", (1,)),
    ("notices_seen", ()),
    ("notice", (1,)),
]


@pytest.mark.parametrize(("name", "args"), GET_PAGES)
def test_nobody_is_sent_to_the_login(name, args):
    answer = Client().get(reverse(name, args=args))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(("name", "args"), POST_PAGES)
def test_nobody_can_send_anything(name, args):
    answer = Client().post(reverse(name, args=args))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(("name", "args"), POST_PAGES)
def test_what_changes_something_is_never_done_by_looking(browser, name, args):
    assert browser(officer()).get(reverse(name, args=args)).status_code == 302


def test_a_user_without_a_seat_is_told_whom_to_ask():
    client = Client()
    client.force_login(User.objects.create_user("nobody", "x" * 12, full_name="无岗"))
    answer = client.get(reverse("home"))
    assert answer.status_code == 403
    assert "没有在任岗位" in answer.content.decode()


def roles() -> list[Membership]:
    return [
        draft()[1],
        officer(),
        administrator(),
        member(office("150102", OrganisationKind.FINANCE), Role.FINANCE),
        member(office("150100"), Role.AUDITOR),
        member(office("150100"), Role.INSPECTOR),
    ]


def test_the_menu_only_offers_what_opens(browser):
    for membership in roles():
        lines = [line for _group, found in menu_for(membership) for line in found]
        client = browser(membership)
        assert {line.url: client.get(line.url).status_code for line in lines} == {line.url: 200 for line in lines}
        assert lines[0].url == reverse("home")


def test_the_frame_says_who_where_and_what_waits(browser):
    membership = officer()
    submitted()
    shown = browser(membership).get(reverse("home")).content.decode()
    assert membership.organisation.name in shown
    assert membership.user.full_name in shown
    assert re.search(r'href="/inbox/todo/"[^>]*>.*?<b class="count">1</b>', shown, re.DOTALL)


def test_pages_carry_no_script_of_their_own(browser):
    registration, membership = draft()
    submitted()
    for client, addresses in (
        (browser(membership), [reverse("home"), page(registration), reverse("notices")]),
        (browser(officer()), [reverse("home"), reverse("inbox", args=["todo"]), reverse("jobs"), reverse("overdue")]),
        (Client(), [reverse("account_login")]),
    ):
        for address in addresses:
            answer = client.get(address)
            shown = answer.content.decode()
            assert "script-src 'self'" in answer["Content-Security-Policy"]
            assert re.findall(r"<script(?![^>]* src=)", shown) == []
            assert re.findall(r"<[a-z][^>]*\son[a-z]+=", shown) == []
            assert 'class="skip"' in shown
            assert '<html lang="zh-Hans">' in shown


def test_errors_have_a_sentence_and_a_way_back(browser):
    answer = browser(officer()).get("/nothing-here/")
    assert answer.status_code == 404
    assert reverse("home") in answer.content.decode()


def test_the_language_is_changed_by_a_form(browser):
    client = browser(officer())
    answer = client.post(reverse("set_language"), {"language": "en", "next": reverse("home")})
    assert answer.url == reverse("home")
    assert '<html lang="en">' in client.get(reverse("home")).content.decode()


def test_the_messages_of_one_case_stand_together_the_latest_on_top(browser):
    registration, applicant = submitted(name="甲校")
    rows = {"organisation": applicant.organisation, "url": "/", "kind": "registration", "object_id": registration.pk}
    for text in ("先说的", "后说的"):
        Notice.objects.create(text=text, **rows)
    Notice.objects.create(text="别的事", **rows | {"kind": "other", "object_id": 1})
    page = browser(applicant).get(reverse("notices"))
    groups = page.context["groups"]
    assert [(group["newest"].text, [one.text for one in group["older"]]) for group in groups] == [
        ("别的事", []),
        ("后说的", ["先说的"]),
    ]
    assert f"{registration.number} 还有 1 条较早的消息" in page.content.decode()
