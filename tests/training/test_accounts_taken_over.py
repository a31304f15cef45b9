"""The accounts on file when accounts became dated rows: taken over once, given back, and not twice when it is done
again (R-REG-1, R-SUB-7).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kit.crypto import lookup_hash
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, TAKEN, GONE = "0010_unit_accounts", "0011_accounts_taken_over", "0012_units_without_account"
ACCOUNT, NEW = "0602005009024510000", "6222020602000099999"
APPROVED = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def migrated(transactional_db) -> Callable[[str], Any]:
    """The room's tables as a migration leaves them, with the models of that time."""

    def to(name: str) -> Any:
        MigrationExecutor(connection).migrate([("training", name)])
        return (
            MigrationExecutor(connection)
            .loader.project_state([("training", name), ("casework", "0009_confirming")])
            .apps
        )

    return to


def on_file(apps: Any, organisation: Any, *, account: str = ACCOUNT, holder: str = "", approved: bool = True) -> int:
    """A unit as it was kept, with its registration."""
    unit = apps.get_model("training", "Unit").objects.create(
        organisation_id=organisation.pk,
        entity_type="training_body",
        legal_representative="王建国",
        contact="李敏",
        phone="13904710001",
        address="1号",
        established_on=date(2015, 3, 1),
        licence_number="人社民1501020001",
        facilities="教室两间",
        bank_name="示例银行" if account else "",
        bank_account_name=holder,
        bank_account=account or None,
        approved_at=APPROVED if approved else None,
    )
    apps.get_model("training", "Registration").objects.create(
        number=f"Z{unit.pk}",
        unit=unit,
        applicant_id=organisation.pk,
        division_id=organisation.division_id,
        state="approved" if approved else "draft",
        decided_at=APPROVED if approved else None,
    )
    return unit.pk


def accounts(apps: Any, unit: int) -> list[tuple[Any, ...]]:
    rows = apps.get_model("training", "UnitAccount").objects.filter(unit=unit).order_by("pk")
    return [
        (one.holder, one.bank_name, one.bank_account, one.taken_over, one.approved_at, one.ended_at is None)
        for one in rows
    ]


def changes(apps: Any, unit: int) -> list[tuple[str, str, str]]:
    rows = apps.get_model("training", "AccountChange").objects.filter(unit=unit)
    items = apps.get_model("casework", "WorkItem").objects.filter(kind="accountchange", object_id__in=rows.values("pk"))
    return [(one.holder, one.bank_account, one.state) for one in rows] + [
        (item.standing, item.state, item.url) for item in items
    ]


def test_accounts_on_file_are_taken_over_once_however_often_it_is_done(migrated):
    own, spaced, other, unapproved, without = (
        factories.unit(name=name) for name in ("甲校", "乙（职业）校", "丙校", "丁校", "戊校")
    )
    then = migrated(BEFORE)
    mine = on_file(then, own)
    wide = on_file(then, spaced, holder="乙(职业) 校")
    theirs = on_file(then, other, holder="张三")
    drafted = on_file(then, unapproved, approved=False)
    bare = on_file(then, without, account="")

    now = migrated(TAKEN)
    assert accounts(now, mine) == [("甲校", "示例银行", ACCOUNT, True, APPROVED, True)]
    assert accounts(now, wide) == [("乙(职业) 校", "示例银行", ACCOUNT, True, APPROVED, True)]
    assert bytes(now.get_model("training", "UnitAccount").objects.get(unit=mine).account_hash) == lookup_hash(
        ACCOUNT, "unit account"
    )
    change = now.get_model("training", "AccountChange").objects.get()
    draft = [("张三", ACCOUNT, "draft"), ("draft", "draft", f"/cases/accountchange/{change.pk}/")]
    assert (accounts(now, theirs), changes(now, theirs)) == ([], draft)
    assert [accounts(now, unit) + changes(now, unit) for unit in (drafted, bare)] == [[], []]
    kept = {one.unit_id: one.values for one in now.get_model("training", "Registration").objects.all()}
    assert (kept[drafted]["bank_account"], kept[drafted]["contact"], kept[drafted]["established_on"]) == (
        ACCOUNT,
        "李敏",
        "2015-03-01",
    )
    assert "bank_account" not in kept[mine]

    migrated(GONE)
    rows = now.get_model("training", "UnitAccount").objects
    rows.filter(unit=mine).update(ended_at=APPROVED)
    rows.create(
        unit_id=mine,
        holder="甲校",
        bank_name="新银行",
        bank_account=NEW,
        account_hash=lookup_hash(NEW, "unit account"),
        taken_over=True,
        approved_at=APPROVED,
        confirmed_at=APPROVED,
    )
    before = [accounts(now, unit) + changes(now, unit) for unit in (mine, wide, theirs, drafted, bare)]

    then = migrated(BEFORE)
    back = {
        one.pk: (one.bank_account_name, one.bank_name, one.bank_account)
        for one in then.get_model("training", "Unit").objects.all()
    }
    assert (back[mine], back[wide]) == (("甲校", "新银行", NEW), ("乙(职业) 校", "示例银行", ACCOUNT))

    now = migrated(GONE)
    assert [accounts(now, unit) + changes(now, unit) for unit in (mine, wide, theirs, drafted, bare)] == before
