"""Of two who act on the same thing the second is told, and what is handed in counts as what it is, not as what it is
called (R-SEC-4).
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.domain.form_tokens import FIELD
from accounts.domain.tokens import issue_token
from accounts.models import Event
from accounts.typed_values import SET_BY_THE_PORTAL
from casework.models import Attachment
from tests.accounts.test_forms import token, two_schools
from tests.casework.conftest import _files_of_the_test, browser
from tests.eligibility.desk import PDF, asked, shareholders
from tests.factories import administrator, member, office, operator
from tests.factories.casework import draft
from tests.factories.eligibility import registries
from tests.factories.training import on_file
from training.models import Teacher

__all__ = ["_files_of_the_test", "browser", "registries"]
pytestmark = pytest.mark.django_db


# ── closed twice
# ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_unit_two_administrators_close_stays_closed(browser):
    membership, first = member(office("150102")), administrator("150100")
    second, page = administrator("150100"), reverse("organisation", args=[membership.organisation_id])
    clients = [browser(first), browser(second)]
    drawn = [re.search(r'name="active" value="(\d)"', client.get(page).content.decode())[1] for client in clients]
    answers = [
        client.post(
            reverse("organisation_switch", args=[membership.organisation_id]), {"active": wanted, "reason": "机构改革"}
        )
        for client, wanted in zip(clients, drawn, strict=True)
    ]
    membership.organisation.refresh_from_db()
    assert ([one.status_code for one in answers], drawn, membership.organisation.is_active) == (
        [302, 409],
        ["0", "0"],
        False,
    )
    assert (str(first) in answers[1].content.decode(), Event.objects.filter(act="organisation.reopened").exists()) == (
        True,
        False,
    )


def test_a_form_that_does_not_say_whether_to_close_or_to_open_does_neither(browser):
    membership = member(office("150102"))
    answer = browser(administrator("150100")).post(
        reverse("organisation_switch", args=[membership.organisation_id]), {"reason": "机构改革"}
    )
    membership.organisation.refresh_from_db()
    assert (answer.status_code, membership.organisation.is_active) == (400, True)


@pytest.mark.parametrize("act", ["deactivate", "activate"])
def test_an_account_is_closed_and_opened_once(browser, act):
    membership, first, second = member(office("150102")), administrator("150100"), administrator("150100")
    address = [reverse("user_act", args=[membership.user_id, name]) for name in dict.fromkeys(["deactivate", act])]
    answers = [browser(first).post(one, {"reason": "调离"}).status_code for one in address]
    again = browser(second).post(address[-1], {"reason": "调离"})
    assert (set(answers), again.status_code, str(first) in again.content.decode()) == ({302}, 409, True)


def test_a_seat_that_ended_does_not_end_a_second_time(browser):
    membership, first = member(office("150102")), administrator("150100")
    address = reverse("membership_end", args=[membership.pk])
    assert browser(first).post(address, {"reason": "调离"}).status_code == 302
    again = browser(administrator("150100")).post(address, {"reason": "调离"})
    assert (
        again.status_code,
        str(first) in again.content.decode(),
        Event.objects.filter(act="membership.ended").count(),
    ) == (409, True, 1)


# ── a program with several memberships
# ────────────────────────────────────────────────────────────────────────────────────────


def test_a_program_with_two_seats_says_for_which_it_writes():
    here, there, _client = two_schools()
    client = APIClient()
    client.default_format = "json"
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(here.user)[0]}")
    refused = client.post("/api/v1/teachers/", {"name": "李老师"})
    said = refused.content.decode()
    assert (refused.status_code, "X-Membership" in said, str(there.pk) in said, there.organisation.name in said) == (
        400,
        True,
        True,
        True,
    )
    assert client.delete("/api/v1/enrolments/1/").status_code == 400
    assert client.get("/api/v1/teachers/").status_code == 200
    assert client.post("/api/v1/teachers/", {"name": "李老师"}, HTTP_X_MEMBERSHIP=str(there.pk)).status_code == 201
    assert Teacher.objects.get(name="李老师").unit.organisation == there.organisation


def test_a_program_with_one_seat_need_not_say_it():
    membership, client = operator(on_file().organisation), APIClient()
    client.default_format = "json"
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(membership.user)[0]}")
    assert client.post("/api/v1/teachers/", {"name": "李老师"}).status_code == 201


# ── another file of the same name and size
# ──────────────────────────────────────────────────────────────────────────────


def test_another_file_of_the_same_name_and_size_is_another_file(browser):
    registration, membership = draft()
    client, page = browser(membership), reverse("case", args=["registration", registration.pk])
    form, address = (
        {FIELD: token(client, page), "slot": "licence"},
        reverse("case_files", args=["registration", registration.pk]),
    )
    one, other = PDF, PDF.replace(b"1 0 obj", b"2 0 obj")
    answers = [
        client.post(address, {**form, "file": SimpleUploadedFile("许可证.pdf", content)}).status_code
        for content in (one, other, other)
    ]
    kept = Attachment.objects.filter(slot="licence").order_by("pk").values_list("sha256", flat=True)
    assert (answers, [bytes.fromhex(one) if isinstance(one, str) else bytes(one) for one in kept]) == (
        [302, 302, 302],
        [sha256(content).digest() for content in (one, other)],
    )


def test_a_program_that_sends_another_file_under_one_key_is_told():
    registration, membership = draft()
    client, path = APIClient(), f"/api/v1/registrations/{registration.pk}/files/"
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(membership.user)[0]}", HTTP_IDEMPOTENCY_KEY="a1")
    answers = [
        client.post(
            path, {"slot": "licence", "file": SimpleUploadedFile("许可证.pdf", content)}, format="multipart"
        ).status_code
        for content in (PDF, PDF, PDF.replace(b"1 0 obj", b"2 0 obj"))
    ]
    assert answers == [201, 201, 400]


# ── words that fit no form
# ──────────────────────────────────────────────────────────────────────────────────────────────


def test_words_that_fit_no_form_are_labelled_and_nothing_else_is_shown(browser, registries):
    walk = shareholders(registries, ["乌云"])
    (question,) = asked()
    client, page = browser(walk.officer), reverse("case", args=["opening", walk.opening.pk])
    form = {FIELD: token(client, page), "next": page, "version": question.version, "answer": "confirmed", "note": "x"}
    settled = browser(member(walk.officer.organisation)).post(
        reverse("assistance_answer", args=[question.pk]),
        {"answer": "confirmed", "letter": "市监函1号", "version": question.version},
    )
    assert settled.status_code == 302
    shown = client.post(reverse("assistance_answer", args=[question.pk]), form).content.decode()
    assert re.findall(r"<li>(.*?)</li>", shown[shown.index('<ul class="typed">') :])[:2] == [
        "协查结果：属实",
        "核实情况：x",
    ]


def test_words_of_a_page_form_have_the_labels_of_that_form():
    _here, there, client = two_schools()
    drawn = token(client, reverse("class_new"))
    client.post(reverse("switch_membership"), {"membership": there.pk})
    shown = client.post(
        reverse("class_new"), {FIELD: drawn, "name": "育婴员三班", "planned_people": "24", "fund_source": "employment"}
    ).content.decode()
    words = re.findall(r"<li>(.*?)</li>", shown[shown.index('<ul class="typed">') :])
    assert (
        "计划人数：24" in words,
        "employment" in shown.split('<ul class="typed">')[1],
        any(one.endswith("：育婴员三班") for one in words),
    ) == (True, False, True)


def test_every_hidden_field_of_the_templates_is_known_as_the_portals_own():
    hidden = {
        name
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for tag in re.findall(r'<input[^>]*type="hidden"[^>]*', path.read_text())
        for name in re.findall(r'name="([a-z_]+)"', tag)
    }
    assert hidden - SET_BY_THE_PORTAL == set()
