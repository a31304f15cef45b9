"""R-SEC-2: the trail is append-only and shows every tampering."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from accounts.domain.audit import record, verify
from accounts.models import Event
from tests.factories import division, member, office

pytestmark = pytest.mark.django_db


def three_events() -> list[Event]:
    by = member(office())
    return [record("test.act", by=by, on=by.organisation, reason=str(n), n=n) for n in range(3)]


def tamper(sql: str, *args: object) -> None:
    """What someone with the database owner's rights could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_event DISABLE TRIGGER refuse_change")
        cursor.execute(sql, args)
        cursor.execute("ALTER TABLE accounts_event ENABLE TRIGGER refuse_change")


def test_an_untouched_trail_is_whole():
    three_events()
    record("test.elsewhere", by=None, division="150202")
    assert verify() == []


@pytest.mark.parametrize("change", ["UPDATE accounts_event SET reason = 'x'", "DELETE FROM accounts_event"])
def test_the_database_refuses_to_change_or_remove_events(change):
    three_events()
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Event.objects.filter(act="test.act").count() == 3


def test_a_changed_row_is_found():
    middle = three_events()[1]
    tamper("UPDATE accounts_event SET reason = 'never said' WHERE id = %s", middle.pk)
    middle.refresh_from_db()
    assert [(flaw.chain, flaw.number) for flaw in verify()] == [("150102", middle.number)]


def test_a_removed_row_is_found_in_the_middle_and_at_the_end():
    first, _middle, last = three_events()
    tamper("DELETE FROM accounts_event WHERE id = %s", last.pk)
    assert [flaw.chain for flaw in verify()] == ["150102"]
    tamper("DELETE FROM accounts_event WHERE id = %s", first.pk)
    assert verify()[0].chain == division().pk
