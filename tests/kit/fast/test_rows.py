"""One row written or read by hand is the row the mapper would have written or read."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from accounts.models import Event
from casework.models import Notice, WorkItem
from kit.fast.rows import bring_up_to_date, insert_row, read_along, read_row, update_row, upsert_row
from tests.factories import unit as school
from training.models import Unit

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 3, 8, 15, 30, 123456, tzinfo=UTC)


@pytest.fixture
def unit():
    return Unit.objects.create(organisation=school(), contact="乌云", phone="6105000000000001")


def item(unit, **fields):
    given = {
        "kind": "registration",
        "object_id": 1,
        "number": "ZC1",
        "title": "“测量”学校%",
        "letters": ["学", "校"],
        "url": "/cases/",
        "division": unit.organisation.division,
        "applicant": unit.organisation,
        "state": "draft",
        "standing": "draft",
        "amount": Decimal("1500.10"),
        "since": AT,
        "barred": [3, 5],
    }
    return WorkItem(**(given | fields))


def test_a_row_that_was_added_is_read_back_as_it_was_given(unit):
    row = item(unit)
    upsert_row(row, ("kind", "object_id"))
    kept = WorkItem.objects.get(pk=row.pk)
    assert not row._state.adding
    assert [getattr(kept, field.attname) for field in WorkItem._meta.concrete_fields] == [
        getattr(row, field.attname) for field in WorkItem._meta.concrete_fields
    ]


def test_a_row_is_read_with_those_behind_its_keys_and_one_that_is_not_there_is_none(unit, django_assert_num_queries):
    row = item(unit)
    insert_row(row)
    with django_assert_num_queries(1):
        found = read_row(WorkItem, row.pk, lock=True, along=("division", "applicant", "desk"))
        assert (found.division.name, found.applicant.name) == (unit.organisation.division.name, unit.organisation.name)
        assert found.desk is None
    assert found.applicant == unit.organisation
    assert found.number == "ZC1"


def test_an_encrypted_number_stays_encrypted_in_the_table_and_is_plain_in_the_row(unit):
    found = read_row(Unit, unit.pk)
    found.phone = "6105000000000002"
    update_row(found)
    assert found.phone == Unit.objects.get(pk=unit.pk).phone == read_row(Unit, unit.pk).phone == "6105000000000002"
    assert not Unit.objects.extra(where=["phone = convert_to('6105000000000002', 'UTF8')"]).exists()


def test_what_is_there_is_brought_up_to_date_but_keeps_what_it_should(unit):
    first, second = item(unit), item(unit, title="改名学校", letters=[], since=timezone.now(), barred=[])
    upsert_row(first, ("kind", "object_id"))
    upsert_row(second, ("kind", "object_id"), keep=("since",))
    kept = WorkItem.objects.get()
    assert (kept.pk, second.pk) == (first.pk, first.pk)
    assert (kept.title, kept.letters, kept.barred, kept.since) == ("改名学校", [], [], AT)


def test_the_database_numbers_the_row_and_fills_in_the_time_of_an_added_one(unit):
    notice = Notice(organisation=unit.organisation, text="已同意", url="/", kind="registration", object_id=1)
    insert_row(notice)
    assert Notice.objects.get(pk=notice.pk).at == notice.at


def test_a_row_read_by_hand_equals_the_mappers(unit):
    found, expected = read_row(Unit, unit.pk, lock=True), Unit.objects.get(pk=unit.pk)
    assert found == expected
    assert [getattr(found, field.attname) for field in Unit._meta.concrete_fields] == [
        getattr(expected, field.attname) for field in Unit._meta.concrete_fields
    ]


def test_a_row_that_is_not_there_is_neither_read_nor_written(unit):
    with pytest.raises(Unit.DoesNotExist):
        read_row(Unit, unit.pk + 1)
    gone = read_row(Unit, unit.pk)
    unit.delete()
    with pytest.raises(Unit.DoesNotExist):
        update_row(gone)


def test_a_row_knows_the_values_as_the_database_keeps_them(unit):
    row = item(unit)
    upsert_row(row, ("kind", "object_id"))
    row.amount = "99.5"
    update_row(row)
    assert row.amount == Decimal("99.50")
    assert str(row.amount) == "99.50"


def test_the_rows_behind_a_row_are_read_once(unit, django_assert_num_queries):
    found = read_row(Unit, unit.pk)
    with django_assert_num_queries(1):
        read_along(found, "organisation")
        read_along(found, "organisation")
        assert found.organisation == unit.organisation


def test_an_object_brought_up_to_date_forgets_what_it_had_read_along(unit, django_assert_num_queries):
    stale, fresh = read_row(Unit, unit.pk), read_row(Unit, unit.pk)
    read_along(stale, "organisation")
    fresh.contact = "其其格"
    bring_up_to_date(stale, fresh)
    assert stale.contact == "其其格"
    with django_assert_num_queries(1):
        assert stale.organisation == unit.organisation


def test_the_rules_of_the_table_hold_for_rows_written_by_hand(unit):
    with pytest.raises(IntegrityError), transaction.atomic():
        upsert_row(item(unit, standing=None), ("kind", "object_id"))
    event = Event(chain="150102", actor="系统", act="test", data={"n": [1, None]})
    insert_row(event)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        update_row(event)
