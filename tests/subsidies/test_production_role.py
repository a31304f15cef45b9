"""The portal's role in production may only read and write rows: the whole way of money works under it, the records that
stand do not give way.
"""

import re

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from subsidies.domain.payments import read_result, take_result
from subsidies.enums import LineState
from tests.factories import subsidies as money

pytestmark = pytest.mark.django_db
ROLES = settings.BASE_DIR / "deploy/postgres/10-roles.sh"


@pytest.fixture
def portal_role():
    """A role with just what the start of a production database gives the portal; it goes with the
    test's transaction.
    """
    given = re.findall(
        r"DEFAULT PRIVILEGES IN SCHEMA public GRANT ([A-Z, ]+) ON (TABLES|SEQUENCES) TO fanbu", ROLES.read_text()
    )
    assert len(given) == 2
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE portal_of_a_test; GRANT USAGE ON SCHEMA public TO portal_of_a_test")
        for privileges, things in given:
            cursor.execute(f"GRANT {privileges} ON ALL {things} IN SCHEMA public TO portal_of_a_test")
        cursor.execute("SET ROLE portal_of_a_test")
        yield
        cursor.execute("RESET ROLE")


def test_a_claim_goes_the_whole_way_to_the_bank_and_back(portal_role):
    batch = money.frozen_batch(money.approved_claim(2))
    assert take_result(batch, read_result(batch, money.answers(batch)), by=batch.applicant.memberships.first()) == 1
    assert {line.state for payment in batch.payments.all() for line in payment.subsidy.lines.all()} == {LineState.PAID}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM accounts_event",
        "UPDATE accounts_event SET reason = 'nothing happened'",
        "UPDATE casework_step SET reason = 'nothing happened'",
        "DELETE FROM subsidies_subsidyline",
        "TRUNCATE accounts_event",
        "TRUNCATE eligibility_overruling",
        "ALTER TABLE accounts_event DISABLE TRIGGER ALL",
        "DROP TRIGGER seal ON accounts_event",
        "DROP TRIGGER refuse_delete ON eligibility_overruling",
        "ALTER ROLE portal_of_a_test SUPERUSER",
    ],
)
def test_what_stands_does_not_give_way(portal_role, statement):
    money.frozen_batch(money.approved_claim(1))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
