"""An unforeseen error is a page for people and a problem for programs; neither says what is inside."""

from django.test import RequestFactory

from casework.problems import server_error


def test_the_api_answers_an_unforeseen_error_with_a_problem():
    answer = server_error(RequestFactory().get("/api/v1/openings/"))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")


def test_people_get_a_page_with_a_way_back():
    answer = server_error(RequestFactory().get("/classes/"))
    assert answer.status_code == 500
    assert 'href="/"' in answer.content.decode()
