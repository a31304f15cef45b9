"""A person asks for what is on record about him: whoever may export and see whole numbers gives it, with every line
from his own places only, on record (R-SEC-1, R-AUT-3).
"""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.domain.authority import grant
from accounts.enums import Act
from accounts.models import Event
from eligibility.models import Person
from tests.factories import administrator, confirmed, division, member, office, officer, operator, unit
from tests.factories.reports import Spec, make
from training.models import Enrolment

pytestmark = pytest.mark.django_db
PURPOSE = "本人到窗口书面申请"


@pytest.fixture
def person() -> Person:
    """Trained and paid in Hohhot."""
    make(
        Spec(
            "150102", people=1, completed=date(2025, 3, 20), passed=1, paid=date(2025, 3, 28), amount=Decimal("1500.05")
        )
    )
    return Person.objects.get()


def may(*acts: str):
    """A league officer with these rights over the league."""
    membership = member(office("150100"), full_name="娜仁花")
    for act in acts:
        given = grant(act, to=membership.user, division=division("150100"), by=administrator("150100"))
        if act == Act.EXPORT_PERSONS:
            confirmed(given)
    return membership


@pytest.fixture
def giver():
    return may(Act.EXPORT_PERSONS, Act.UNMASK_PERSONS)


DOOR = reverse("person_copy")


@pytest.fixture
def browser():
    def logged_in(membership) -> Client:
        client = Client()
        client.force_login(membership.user)
        return client

    return logged_in


def rows(response) -> list[list]:
    return CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0).to_python()


def test_the_copy_holds_the_number_the_training_and_the_money(browser, person, giver):
    response = browser(giver).post(DOOR, {"number": person.number, "purpose": PURPOSE})
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    title, watermark, headers, *body = rows(response)
    assert title[0] == "个人信息副本"
    assert ("娜仁花" in watermark[0], PURPOSE in watermark[0]) == (True, True)
    assert headers[:4] == ["项目", "时间", "内容", "值"]
    values = {(line[2], line[3]) for line in body}
    assert {("证件号码", person.number), ("姓名", person.name), ("结业结果", "合格")} <= values
    assert any("1,500.05元" in line[3] for line in body if line[0].startswith("补贴"))
    assert [line[3] for line in body if line[0] == "谁查看过"] == [PURPOSE]


def test_that_it_was_given_is_on_record_before_it_is_read(browser, person, giver):
    browser(giver).post(DOOR, {"number": person.number, "purpose": PURPOSE})
    acts = list(Event.objects.filter(subject_kind="person").order_by("id").values_list("act", flat=True))
    assert acts == ["person.unmasked", "person.copied"]
    event = Event.objects.get(act="person.copied")
    assert (event.reason, person.number in str(event.data)) == (PURPOSE, False)


def test_without_a_purpose_nothing_is_given_and_what_was_typed_stays(browser, person, giver):
    response = browser(giver).post(DOOR, {"number": person.number, "purpose": "看看"})
    assert response.status_code == 400
    assert "看看" in response.content.decode()
    assert not Event.objects.filter(act="person.copied").exists()


@pytest.mark.parametrize("held", [[], [Act.EXPORT_PERSONS], [Act.UNMASK_PERSONS]], ids=["none", "export", "numbers"])
def test_one_of_the_two_rights_is_not_enough(browser, person, held):
    client = browser(may(*held))
    assert client.post(DOOR, {"number": person.number, "purpose": PURPOSE}).status_code == 403
    assert Event.objects.filter(act="person.copy_refused", subject_id=person.pk).exists()


def test_a_banner_a_unit_and_another_league_get_nothing(browser, person):
    school = Enrolment.objects.get().training_class.applicant
    asked = [officer(), operator(school), operator(unit()), administrator("150200")]
    answers = [browser(one).post(DOOR, {"number": person.number, "purpose": PURPOSE}).status_code for one in asked]
    assert answers == [403, 403, 403, 400]


def test_what_lies_in_another_league_is_counted_and_left_out(browser, person, giver):
    make(Spec("150202", people=1))
    other = Enrolment.objects.exclude(person=person).get()
    Enrolment.objects.filter(pk=other.pk).update(person=person)
    body = rows(browser(giver).post(DOOR, {"number": person.number, "purpose": PURPOSE}))[3:]
    assert [line[3] for line in body if line[0] == "其他地区"] == ["另有 1 次培训在其他地区，请向当地人社部门申请。"]
    assert other.training_class.name not in {line[0].removeprefix("培训：") for line in body} or (
        sum(line[2] == "班次编号" for line in body) == 1
    )
