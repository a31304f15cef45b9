"""R-SUB-5, R-SEC-1: a bank's file goes to the finance officer of its own place, by page and API alike, whole and on
record.
"""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.domain.tokens import issue_token
from accounts.enums import OrganisationKind, Role
from accounts.models import Event
from tests.factories import member, office
from tests.factories import subsidies as money

pytestmark = pytest.mark.django_db
FILES = {"file": "batch_file", "result/template": "batch_template"}


@pytest.fixture
def case():
    case = money.approved_claim(1)
    return case, money.frozen_batch(case)


def doors(browser, membership, batch, what: str):
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(membership.user)[0]}")
    return browser(membership).get(reverse(FILES[what], args=[batch.pk])), program.get(
        f"/api/v1/batches/{batch.pk}/{what}/"
    )


@pytest.mark.parametrize("what", FILES)
def test_the_banners_finance_officer_gets_it_by_either_door(browser, case, what):
    paid, batch = case
    for answer in doors(browser, paid.finance, batch, what):
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
    act = {"file": "paymentbatch.file_taken", "result/template": "paymentbatch.template_taken"}[what]
    assert Event.objects.filter(act=act, membership=paid.finance).count() == 2


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize(
    ("code", "kind", "role"),
    [
        ("150100", OrganisationKind.FINANCE, Role.FINANCE),
        ("150000", OrganisationKind.FINANCE, Role.FINANCE),
        ("150100", OrganisationKind.HR_OFFICE, Role.ADMINISTRATOR),
        ("150102", OrganisationKind.FINANCE, Role.AUDITOR),
        ("150102", OrganisationKind.HR_OFFICE, Role.INSPECTOR),
    ],
)
def test_nobody_else_gets_it_by_either_door(browser, case, what, code, kind, role):
    _paid, batch = case
    membership = member(office(code, kind), role)
    assert [answer.status_code for answer in doors(browser, membership, batch, what)] == [403, 403]
    assert not Event.objects.filter(act__startswith="paymentbatch.", membership=membership).exists()


@pytest.mark.parametrize("what", FILES)
def test_another_banners_finance_officer_does_not_find_it(browser, case, what):
    _paid, batch = case
    assert [answer.status_code for answer in doors(browser, money.finance("150103"), batch, what)] == [404, 404]


def test_the_leagues_finance_officer_books_no_answer_of_a_banners_batch(case):
    _paid, batch = case
    membership = member(office("150100", OrganisationKind.FINANCE), Role.FINANCE)
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(membership.user)[0]}")
    answer = program.post(f"/api/v1/batches/{batch.pk}/result/", {"file": money.result_file(money.answers(batch))})
    assert answer.status_code == 403


def test_an_altered_file_is_stopped_by_either_door_and_recorded(browser, case):
    paid, batch = case
    with open(batch.bank_file.path, "ab") as file:
        file.write(b"x")
    for answer in doors(browser, paid.finance, batch, "file"):
        assert answer.status_code == 409
        assert "校验值不一致" in answer.content.decode()
    assert Event.objects.filter(act="paymentbatch.file_altered", membership=paid.finance).count() == 2
