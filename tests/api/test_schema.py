"""The description of the API: served, valid, complete, and its page works under our CSP."""

import io
import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from tests import factories

pytestmark = pytest.mark.django_db
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def schema():
    answer = APIClient().get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json")
    assert answer.status_code == 200
    return answer.json()


def operations(schema):
    return [
        (path, method, one)
        for path, methods in schema["paths"].items()
        for method, one in methods.items()
        if method in METHODS
    ]


def test_the_description_is_valid_and_has_no_gap():
    call_command("spectacular", validate=True, fail_on_warn=True, file="/dev/null", stdout=io.StringIO())


def test_the_description_is_served_to_everyone(schema):
    validate_schema(schema)
    assert {"/api/v1/openings/{id}/moves/{name}/", "/api/v1/openings/{id}/roster/", "/api/v1/jobs/{id}/"} <= set(
        schema["paths"]
    )


def test_every_operation_says_what_may_go_wrong(schema):
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, method, one in operations(schema):
        found = {int(code): body["content"] for code, body in one["responses"].items() if int(code) >= 400}
        assert all(content == problem for content in found.values()), path
        expected = ({401, 403} if any(one.get("security", [])) else set()) | ({404} if "{" in path else set())
        expected |= {400, 409, 413} if method != "get" else set()
        assert expected <= set(found), (path, method)


def test_the_doors_with_a_limit_say_so(schema):
    limited = {path for path, _method, one in operations(schema) if "429" in one["responses"]}
    assert limited == {"/api/v1/auth/token/", "/api/v1/publicities/{id}/objections/"}


def test_every_operation_that_needs_a_post_takes_the_header(schema):
    for path, _method, one in operations(schema):
        headers = {parameter["name"] for parameter in one.get("parameters", []) if parameter["in"] == "header"}
        assert "Accept-Language" in headers, path
        assert ("X-Membership" in headers) == bool([way for way in one.get("security", []) if way]), path


def test_the_page_runs_no_script_of_its_own(client):
    answer = client.get(reverse("api_docs"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.search(r"\son\w+=", page) is None
    scripts = re.findall(r'<script src="([^"]+)"', page)
    assert all(script.startswith("/") for script in scripts)
    told = client.get(next(script for script in scripts if "?script" in script))
    assert (told.status_code, "javascript" in told["Content-Type"]) == (200, True)
    assert "/api/v1/schema/" in told.content.decode()
    assert "validatorUrl" in told.content.decode()


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("path", ["nothing/", "openings", "openings/1/nothing/", "openings/x/"])
def test_an_unknown_address_is_a_problem_not_a_page(method, path):
    answer = getattr(APIClient(), method)(f"/api/v1/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_method_an_address_does_not_know_is_a_problem(api):
    answer = api(factories.officer()).delete("/api/v1/openings/")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")


def test_sentences_come_in_the_readers_language(api):
    program = api(factories.officer())
    chinese = program.get("/api/v1/categories/", HTTP_ACCEPT_LANGUAGE="zh-CN").json()
    english = program.get("/api/v1/categories/", HTTP_ACCEPT_LANGUAGE="en").json()
    assert len(chinese) == len(english) == 21
    assert (chinese[0]["code"], chinese[0]["name"]) == ("laid_off_unemployed", "下岗失业人员")
    assert english[0]["name"].isascii()
    assert all(check["label"] and check["clause"] for category in chinese for check in category["checks"])


def test_more_than_a_request_may_hold_is_refused_unread(api):
    answer = api(factories.officer()).post(
        "/api/v1/units/", data='{"name": "' + "x" * 5 * 1024 * 1024 + '"}', content_type="application/json"
    )
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


def test_a_user_without_a_seat_is_told_so(api):
    membership = factories.officer()
    program = api(membership)
    program.credentials(HTTP_AUTHORIZATION=program._credentials["HTTP_AUTHORIZATION"])
    type(membership).objects.filter(pk=membership.pk).update(until="2020-01-02")
    answer = program.get("/api/v1/openings/")
    assert (answer.status_code, answer.json()["detail"]) == (403, "您的账号没有在任岗位，请联系开通账号的部门。")
