"""Paper: number, time, QR code and the digest of its data on every print."""

import re

import pytest
import time_machine
from django.template.base import NodeList
from django.urls import reverse
from django.utils.safestring import SafeString

from kit import printed
from kit.qr import svg_of
from tests.factories import officer
from tests.factories.casework import submitted

pytestmark = pytest.mark.django_db


def digest_on(html: str) -> str:
    return re.search(r'data-digest="([0-9a-f]{64})"', html)[1]


def test_a_printed_case_carries_number_time_digest_qr_code_and_page_numbers(browser):
    registration, _applicant = submitted(name="甲校")
    membership, page = officer(), reverse("case", args=["registration", registration.pk])
    with time_machine.travel("2026-03-16 02:30:00+00:00", tick=False):
        html = browser(membership).get(page).content.decode()
    digest = digest_on(html)
    assert f"校验码 {printed.short(digest)}" in html
    assert f"打印 2026-03-16 10:30 {membership.user.full_name}" in " ".join(html.split())
    assert svg_of(f"http://testserver{page}") in html
    assert f'@bottom-left {{ content: "{registration.number}  {printed.short(digest)}"; }}' in html
    assert 'content: "第 " counter(page) " 页，共 " counter(pages) " 页";' in html


def test_the_digest_is_that_of_what_is_shown_and_changes_with_it(browser):
    registration, _applicant = submitted(name="甲校")
    client, page = browser(officer()), reverse("case", args=["registration", registration.pk])
    before, again = (digest_on(client.get(page).content.decode()) for _time in range(2))
    client.post(reverse("case_comments", args=["registration", registration.pk]), {"text": "请补场地照片"})
    assert (before == again, before == digest_on(client.get(page).content.decode())) == (True, False)


def test_a_refused_move_prints_the_address_of_the_case_and_not_of_the_move(browser):
    registration, _applicant = submitted(name="甲校")
    membership = officer()
    page = reverse("case", args=["registration", registration.pk])
    answer = browser(membership).post(
        reverse("move", args=["registration", registration.pk, "refuse"]), {"expected_version": 1}
    )
    assert answer.status_code == 409
    assert svg_of(f"http://testserver{page}") in answer.content.decode()


def test_a_print_in_english_or_set_otherwise_has_the_digest_of_the_one_in_chinese(browser, monkeypatch):
    registration, _applicant = submitted(name="甲校")
    client, page = browser(officer()), reverse("case", args=["registration", registration.pk])
    chinese = client.get(page).content.decode()
    english = client.get(page, headers={"accept-language": "en"}).content.decode()
    monkeypatch.setattr(NodeList, "render", spaced(NodeList.render))
    loose = client.get(page).content.decode()
    assert ("校验码" in chinese, "校验码" in english, len(loose) > len(chinese)) == (True, False, True)
    assert digest_on(chinese) == digest_on(english) == digest_on(loose)


def spaced(render):
    """Every part of every template with white space behind it."""
    return lambda nodes, context: SafeString(render(nodes, context) + "\n    ")


def test_an_address_too_long_for_a_code_is_printed_without_what_was_asked_of_it():
    assert svg_of("http://testserver/classes/1/?" + "字" * 5000) == svg_of("http://testserver/classes/1/")
