"""R-SEC-2, R-REG-1: the list of users shows the posts each person holds, and is found through by name or office."""

import pytest
from django.urls import reverse

from accounts.domain.memberships import open_membership
from accounts.enums import Role
from tests.factories import administrator, member, office

pytestmark = pytest.mark.django_db


def test_the_administrator_reads_beside_each_person_where_and_as_what(client):
    league = administrator("150100")
    member(office("150102"), full_name="乌兰")
    client.force_login(league.user)
    page = client.get(reverse("users"), {"q": "乌兰"}).content.decode()
    assert f"{office('150102').name} · 审核人员" in page


def test_a_second_post_stands_beside_the_first_and_another_leagues_is_not_shown(client):
    league = administrator("150100")
    person = member(office("150102"), full_name="乌兰")
    open_membership(person.user, organisation=office("150202"), role=Role.OFFICER, by=None)
    client.force_login(league.user)
    page = client.get(reverse("users"), {"q": "乌兰"}).content.decode()
    assert office("150102").name in page
    assert office("150202").name not in page


def test_a_person_is_found_by_the_office_and_the_list_goes_on_by_pages(client):
    league = administrator("150100")
    for number in range(30):
        member(office("150102"), full_name=f"其木格{number:02d}")
    member(office("150103"), full_name="乌兰")
    client.force_login(league.user)
    first = client.get(reverse("users"), {"q": office("150102").name})
    assert len(first.context["page"]) == 25
    second = client.get(reverse("users"), {"q": office("150102").name, "page": 2})
    shown = {person.full_name for answer in (first, second) for person in answer.context["page"]}
    assert "乌兰" not in shown
    assert {f"其木格{number:02d}" for number in range(30)} <= shown
