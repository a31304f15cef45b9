"""A unit renamed after its account was approved is not paid to the old name until the account was changed or the
exception stands (R-SUB-7, R-REG-5).
"""

import pytest
from django.urls import reverse

from accounts.domain.memberships import change_organisation
from casework.domain.moves import take
from kit.refusals import NotNow
from subsidies.domain.payments import draw_up_batch
from subsidies.models import PaymentBatch
from tests import factories
from tests.factories import subsidies as money
from tests.subsidies.test_paid_accounts import case, confirmed  # noqa: F401

pytestmark = pytest.mark.django_db
TOLD = "与单位名称不一致"


@pytest.fixture
def renamed(case):  # noqa: F811
    """An administrator gives the unit another name while its claim waits for a batch."""

    def to(name="更名后的职业培训学校"):
        organisation = case.clerk.organisation
        change_organisation(
            organisation, by=factories.administrator("150100"), name=name, short_name="更名", uscc=organisation.uscc
        )
        return organisation

    return to


def test_the_claim_is_marked_and_not_drawn_up_by_page_api_and_domain(browser, api, case, renamed):  # noqa: F811
    organisation = renamed()
    assert TOLD in browser(case.finance).get(reverse("payables")).text
    (offered,) = api(case.finance).get("/api/v1/payables/").json()["results"]
    assert TOLD in offered["why_not"]
    assert api(case.finance).post("/api/v1/batches/", {"subsidies": [case.subsidy.pk]}).status_code == 409
    with pytest.raises(NotNow, match=TOLD):
        draw_up_batch([case.subsidy], by=case.finance)
    for who in (case.finance, case.clerk):
        assert TOLD in browser(who).get(reverse("unit", args=[organisation.unit.pk])).text
    assert TOLD in browser(case.clerk).get(reverse("unit_profile")).text


def test_a_batch_drawn_up_before_the_renaming_is_marked_and_cannot_be_frozen(browser, case, renamed):  # noqa: F811
    batch = draw_up_batch([case.subsidy], by=case.finance)
    renamed()
    assert TOLD in browser(case.finance).get(reverse("case", args=["paymentbatch", batch.pk])).text
    with pytest.raises(NotNow, match=TOLD):
        take(batch, "freeze", by=case.finance)
    assert not PaymentBatch.objects.get().digest


def test_another_spelling_of_the_same_name_is_no_other_holder(case, renamed):  # noqa: F811
    renamed(f" {case.clerk.organisation.name}\u3000")
    assert money.frozen_batch(case).pk


def test_the_changed_account_and_the_exception_of_two_are_paid(case, renamed):  # noqa: F811
    renamed()
    case.clerk.organisation.refresh_from_db()
    confirmed(case)
    assert money.frozen_batch(case).pk
