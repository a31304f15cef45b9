"""R-SEC-1: the key rotation finds every encrypted column, can be interrupted and run twice, and
says what no key opens.
"""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.domain.keys import encrypted_columns
from accounts.models import Event, User
from kit.crypto import encrypt

pytestmark = pytest.mark.django_db
OLD, NEW = bytes([1]) * 32, bytes([2]) * 32
COLUMN = "accounts_user.phone"


@pytest.fixture
def old_values(settings):
    """Five users written under key 1; key 2 is there now."""
    settings.FANBU_FIELD_KEYS = {1: OLD}
    for n in range(5):
        User.objects.create_user(f"u{n}", "x", full_name=f"用户{n}", phone=f"1384710000{n}")
    User.objects.create_user("without", "x", full_name="无电话")
    settings.FANBU_FIELD_KEYS = {1: OLD, 2: NEW}


def key_ids() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT get_byte(phone, 0) FROM accounts_user WHERE phone IS NOT NULL ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def rotate(**options) -> str:
    out = StringIO()
    call_command("rotate_field_keys", stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def test_every_encrypted_column_of_every_app_is_found():
    found = {column.aad for column in encrypted_columns()}
    assert {COLUMN, "eligibility_person.number", "training_unitaccount.bank_account"} <= found


def test_after_the_rotation_the_old_key_can_go(old_values, settings):
    assert f"{COLUMN}: 5 renewed, 0 unreadable" in rotate(batch_size=2)
    assert key_ids() == [2] * 5
    settings.FANBU_FIELD_KEYS = {2: NEW}
    assert [u.phone for u in User.objects.filter(username__startswith="u").order_by("id")] == [
        f"1384710000{n}" for n in range(5)
    ]
    assert Event.objects.get(act="keys.rotated").data == {"key": 2, "renewed": 5, "unreadable": 0}


def test_a_second_run_and_one_after_an_interruption_do_only_what_is_left(old_values):
    done = User.objects.get(username="u2")
    done.save(update_fields=["phone"])
    assert f"{COLUMN}: 4 renewed" in rotate()
    assert f"{COLUMN}: 0 renewed" in rotate()


def test_a_value_no_key_opens_is_named_and_stops_nothing(old_values, settings):
    broken = User.objects.get(username="u1")
    settings.FANBU_FIELD_KEYS = {3: bytes([3]) * 32}
    blob = encrypt("13847100001", COLUMN)
    settings.FANBU_FIELD_KEYS = {1: OLD, 2: NEW}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET phone = %s WHERE id = %s", [blob, broken.pk])
    out, said = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 values"):
        call_command("rotate_field_keys", stdout=out, stderr=said, batch_size=1)
    assert f"{COLUMN}: 4 renewed, 1 unreadable" in out.getvalue()
    assert str(broken.pk) in said.getvalue()
    assert sorted(key_ids()) == [2, 2, 2, 2, 3]
