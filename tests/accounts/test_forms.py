"""Every form of the portal: for its membership, once, with nothing typed lost, and no address that answers nothing
(R-SEC-1, R-SEC-4, R-OPN-5).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.domain import typed
from accounts.domain.form_tokens import FIELD
from accounts.domain.memberships import open_membership
from accounts.enums import Role
from accounts.models import Event, Membership, Submission
from casework.models import Comment, Step
from eligibility.models import Assistance
from tests.casework.conftest import browser
from tests.eligibility.desk import asked, shareholders
from tests.factories import PASSWORD, member, office, officer, operator, unit
from tests.factories.casework import submitted
from tests.factories.eligibility import registries
from tests.factories.training import on_file
from training.models import Teacher, TrainingClass

__all__ = ["browser", "registries"]
pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE_DIR) / "templates"
HIDDEN = re.compile(r'<input type="hidden" name="form_token" value="([^"]+)">')
REASON = "花名册与劳动合同不一致，请补正后再报"


def token(client: Client, page: str) -> str:
    """The token of the forms of a page, as its reader gets it."""
    return HIDDEN.search(client.get(page).content.decode())[1]


def two_schools() -> tuple[Membership, Membership, Client]:
    """One operator of two schools, in a browser that acts for the first."""
    here = operator(on_file(unit()).organisation)
    there = open_membership(
        here.user,
        organisation=on_file(unit()).organisation,
        role=Role.OPERATOR,
        by=None,
        since=here.since.replace(year=2021),
    )
    client = Client()
    client.force_login(here.user)
    return here, there, client


def with_membership(client: Client, membership: Membership) -> None:
    client.post(reverse("switch_membership"), {"membership": membership.pk})


# ── two tabs, two memberships
# ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_class_typed_for_one_school_is_not_saved_for_the_other():
    here, there, client = two_schools()
    drawn = token(client, reverse("class_new"))
    with_membership(client, there)
    answer = client.post(reverse("class_new"), {FIELD: drawn, "name": "育婴员三班", "planned_people": "24"})
    said = answer.content.decode()
    assert (answer.status_code, TrainingClass.objects.count()) == (409, 0)
    assert here.organisation.name in said
    assert there.organisation.name in said
    assert "育婴员三班" in said
    with_membership(client, here)
    page = client.get(reverse("class_new")).content.decode()
    assert 'value="育婴员三班"' in page
    assert 'value="24"' in page


FORMS = {
    "class_new": {"name": "x"},
    "teacher_new": {"name": "李老师"},
    "venue_new": {"name": "二号教室", "address": "x", "capacity": "20"},
    "unit_profile": {"contact": "张三"},
    "notices_seen": {},
    "unit_amend": {},
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("drawn_for", ["the other school", "nothing"])
def test_no_form_is_taken_for_another_seat_than_its_own(name, drawn_for):
    here, there, client = two_schools()
    drawn = token(client, reverse("home")) if drawn_for == "the other school" else ""
    with_membership(client, there)
    before = Event.objects.count()
    answer = client.post(reverse(name), {FIELD: drawn, **FORMS[name]})
    assert answer.status_code == 409
    assert ("没有注明" if not drawn else here.organisation.name) in answer.content.decode()
    assert (Event.objects.count(), Teacher.objects.filter(name="李老师").count()) == (before, 0)


def test_a_form_of_another_account_is_refused():
    first, second = officer(), officer("150103")
    client = Client()
    client.force_login(first.user)
    registration, _seat = submitted()
    drawn = token(client, reverse("case", args=["registration", registration.pk]))
    client.force_login(second.user)
    answer = client.post(
        reverse("case_comments", args=["registration", registration.pk]), {FIELD: drawn, "text": "请补营业执照"}
    )
    assert answer.status_code == 409
    assert "另一账号" in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_forged_token_is_none():
    _here, there, client = two_schools()
    with_membership(client, there)
    assert client.post(reverse("teacher_new"), {FIELD: "a:b:c", "name": "李老师"}).status_code == 409


def test_every_form_of_every_template_carries_the_token():
    """csrf_token is the house's own tag: whatever memberships must have it, and it brings membership and page."""
    without = [
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        for form in re.findall(r"<form[^>]*method=\"?post\"?.*?</form>", path.read_text(), re.IGNORECASE | re.DOTALL)
        if "{% csrf_token %}" not in form
    ]
    assert without == []
    shown = Client().get(reverse("account_login")).content.decode()
    assert len(HIDDEN.findall(shown)) == shown.count('name="csrfmiddlewaretoken"')


# ── handed in twice
# ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_double_click_makes_one_draft():
    membership = operator(on_file().organisation)
    client = Client()
    client.force_login(membership.user)
    form = {FIELD: token(client, reverse("class_new")), "name": "育婴员四班"}
    first, second = (client.post(reverse("class_new"), form) for _click in range(2))
    assert first.url == second.url
    assert TrainingClass.objects.count() == 1
    assert "没有重复办理" in client.get(second.url).content.decode()
    assert client.post(reverse("class_new"), {**form, "name": "育婴员五班"}).url != first.url


def test_what_was_refused_may_be_handed_in_again():
    membership = operator(on_file().organisation)
    client = Client()
    client.force_login(membership.user)
    drawn = token(client, reverse("teacher_new"))
    assert client.post(reverse("teacher_new"), {FIELD: drawn, "name": ""}).status_code == 400
    assert client.post(reverse("teacher_new"), {FIELD: drawn, "name": "李老师"}).status_code == 302
    assert Submission.objects.count() == 1


def test_nothing_personal_is_kept_of_a_form():
    membership = operator(on_file().organisation)
    client = Client()
    client.force_login(membership.user)
    client.post(reverse("teacher_new"), {FIELD: token(client, reverse("teacher_new")), "name": "李老师"})
    kept = Submission.objects.get()
    assert "李老师" not in f"{kept.key}{kept.location}"
    assert len(kept.key) == 64


# ── the session is over while a reason is typed
# ─────────────────────────────────────────────────────────────────────────


def lose_session(client: Client) -> None:
    client.session.flush()
    client.cookies.pop(settings.SESSION_COOKIE_NAME)


def test_after_logging_in_the_words_are_back_in_their_box():
    registration, _seat = submitted()
    membership = officer()
    membership.user.set_password(PASSWORD)
    membership.user.save()
    client = Client()
    client.force_login(membership.user)
    page = reverse("case", args=["registration", registration.pk])
    drawn = token(client, page)
    lose_session(client)
    form = {FIELD: drawn, "expected_version": registration.version, "reason": REASON}
    answer = client.post(reverse("move", args=["registration", registration.pk, "return"]), form, follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('account_login')}?next={page}"
    assert REASON not in str(client.session.items())
    answer = client.post(
        reverse("account_login"), {"login": membership.user.username, "password": PASSWORD, "next": page}, follow=True
    )
    assert answer.redirect_chain[-1][0] == page
    shown = answer.content.decode()
    assert f'name="reason" id="reason-return">\n{REASON}</textarea>' in shown
    assert "没有提交" in shown
    assert typed.KEY not in client.session
    assert not Step.objects.filter(move="return").exists()
    assert REASON not in client.get(page).content.decode()


def test_words_come_back_in_the_seat_they_were_typed_in_and_to_nobody_else():
    here, there, client = two_schools()
    with_membership(client, there)
    drawn = token(client, reverse("teacher_new"))
    lose_session(client)
    client.post(reverse("teacher_new"), {FIELD: drawn, "name": "李老师"})
    client.force_login(here.user)
    answer = client.get(reverse("teacher_new"))
    assert answer.context["membership"] == there
    assert 'value="李老师"' in answer.content.decode()


def test_another_person_at_the_same_computer_does_not_see_the_words():
    _here, _there, client = two_schools()
    drawn = token(client, reverse("teacher_new"))
    lose_session(client)
    client.post(reverse("teacher_new"), {FIELD: drawn, "name": "李老师"})
    client.force_login(operator(on_file().organisation).user)
    assert "李老师" not in client.get(reverse("teacher_new")).content.decode()
    assert typed.KEY not in client.session


def test_a_page_from_before_a_new_login_gives_the_words_back():
    """Another tab has logged in again: Django's token of the old page is out of date."""
    membership = operator(on_file().organisation)
    client = Client(enforce_csrf_checks=True)
    client.force_login(membership.user)
    drawn = token(client, reverse("teacher_new"))
    answer = client.post(
        reverse("teacher_new"), {FIELD: drawn, "csrfmiddlewaretoken": "o" * 64, "name": "李老师"}, follow=True
    )
    assert answer.redirect_chain == [(reverse("teacher_new"), 302)]
    assert 'value="李老师"' in answer.content.decode()
    assert client.post(reverse("teacher_new"), {"name": "李老师"}).status_code == 403


# ── refused small forms
# ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_without_a_document_comes_back_on_its_page_with_the_error_at_its_box(browser, registries):
    client, page = browser(shareholders(registries).officer), reverse("assistances")
    [first, *_others] = asked()
    form = {
        FIELD: token(client, page),
        "answer": "confirmed",
        "letter": "",
        "note": "\u200b",
        "department": "新城区民政局",
    }
    answer = client.post(reverse("assistance_answer", args=[first.pk]), form)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert shown.count("请填写复函文号或核实情况") == 2
    assert re.search(r'name="letter"[^>]*aria-invalid="true"', shown)
    assert "新城区民政局" in shown
    assert Assistance.objects.get(pk=first.pk).answer == "open"


def test_a_change_of_language_on_a_refused_page_leads_to_the_page_with_the_words(browser):
    registration, _seat = submitted()
    client = browser(officer())
    page = reverse("case", args=["registration", registration.pk])
    address = reverse("move", args=["registration", registration.pk, "return"])
    refused = client.post(address, {FIELD: token(client, page), "expected_version": 99, "reason": REASON})
    assert refused.status_code == 409
    assert f'name="next" value="{page}"' in refused.content.decode()
    answer = client.post(reverse("set_language"), {"language": "en", "next": page}, follow=True)
    assert (answer.status_code, REASON in answer.content.decode()) == (200, True)


def test_a_change_of_seat_leads_back_to_the_page_where_the_new_seat_may_see_it():
    _here, there, client = two_schools()
    assert client.post(
        reverse("switch_membership"), {"membership": there.pk, "next": reverse("classes")}
    ).url == reverse("classes")
    first = member(office(), Role.INSPECTOR)
    plain = open_membership(
        first.user, organisation=first.organisation, role=Role.OFFICER, by=None, since=first.since.replace(year=2021)
    )
    client.force_login(first.user)
    assert client.post(
        reverse("switch_membership"), {"membership": plain.pk, "next": reverse("assistances")}
    ).url == reverse("assistances")
    assert client.post(
        reverse("switch_membership"), {"membership": first.pk, "next": reverse("assistances")}
    ).url == reverse("home")


# ── addresses that only take forms
# ──────────────────────────────────────────────────────────────────────────────────────


def addresses(patterns=None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            found += addresses(one.url_patterns, prefix + str(one.pattern))
        else:
            found.append((prefix + str(one.pattern), one))
    return found


def test_no_address_answers_a_visitor_with_an_empty_405(browser):
    """The whole URL conf is walked: by GET each shows a page, leads to one, or says why not."""
    client, walked = browser(officer()), 0
    for route, pattern in addresses():
        if route.startswith(("api/", "^")):
            continue
        address = "/" + re.sub(r"<(\w+:)?\w+>", "1", route)
        answer = client.get(address)
        assert answer.status_code != 405, (address, pattern.name)
        walked += 1
    assert walked > 120


def test_an_address_that_takes_forms_leads_to_their_page(browser):
    registration, _seat = submitted()
    client, case = browser(officer()), reverse("case", args=["registration", registration.pk])
    for name, args, page in (
        ("move", ["registration", registration.pk, "return"], case),
        ("case_comments", ["registration", registration.pk], case),
        ("inbox_agree", [], reverse("inbox", args=["todo"])),
        ("assistances_batch", [], reverse("assistances")),
        ("batch_new", [], reverse("payables")),
    ):
        assert client.get(reverse(name, args=args)).url == page
        assert client.put(reverse(name, args=args)).status_code == 405
