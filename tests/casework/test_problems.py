"""An unforeseen error is a page for people and a problem for programs; neither says what is inside."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from casework.problems import server_error, unstorable
from tests.factories import administrator


def test_the_api_answers_an_unforeseen_error_with_a_problem():
    answer = server_error(RequestFactory().get("/api/v1/openings/"))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")


def test_people_get_a_page_with_a_way_back():
    answer = server_error(RequestFactory().get("/classes/"))
    assert answer.status_code == 500
    assert 'href="/"' in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["users", "grants", "organisations"])
@pytest.mark.parametrize("nul", ["%00", "a%00b"])
def test_a_character_no_database_can_hold_is_refused_in_a_sentence(client, page, nul):
    client.force_login(administrator("150100").user)
    answer = client.get(f"{reverse(page)}?q={nul}")
    assert (answer.status_code, "无法保存的字符" in answer.content.decode()) == (400, True)


def test_the_api_says_so_as_a_problem():
    answer = unstorable(RequestFactory().get("/api/v1/openings/"))
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
