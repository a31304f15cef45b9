"""Encryption at rest: what opens, what must not open, and how keys change (R-SEC)."""

import hashlib
import hmac

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from kit.crypto import DecryptionError, Keyring, decrypt, encrypt, lookup_hash, reencrypt

AAD = "eligibility_person.id_number"
OLD, NEW = bytes(range(32)), bytes(range(32, 64))
NUMBER = "150102199003071237"


@given(st.text(max_size=60))
def test_what_was_encrypted_opens_again(text):
    assert decrypt(encrypt(text, AAD), AAD) == text


def test_the_stored_bytes_are_key_nonce_and_sealed_text():
    stored = Keyring.from_keys({7: OLD}).encrypt(NUMBER, AAD)
    assert stored[0] == 7
    assert len(stored) == 1 + 12 + len(NUMBER) + 16
    assert NUMBER.encode() not in stored


def test_the_same_number_twice_looks_different():
    assert encrypt(NUMBER, AAD) != encrypt(NUMBER, AAD)


def test_a_value_copied_into_another_column_does_not_open():
    with pytest.raises(DecryptionError, match=r"casework_note\.text"):
        decrypt(encrypt(NUMBER, AAD), "casework_note.text")


@pytest.mark.parametrize("place", [0, 1, 13, 20, -1])
def test_one_changed_bit_is_noticed(place):
    stored = bytearray(encrypt(NUMBER, AAD))
    stored[place] ^= 1
    with pytest.raises(DecryptionError):
        decrypt(bytes(stored), AAD)


@pytest.mark.parametrize("stored", [b"", b"\x01", b"\x01" * 28])
def test_a_value_too_short_to_be_one_is_refused(stored):
    with pytest.raises(DecryptionError):
        decrypt(stored, AAD)


def test_a_key_that_is_gone_is_named_as_the_reason():
    stored = Keyring.from_keys({2: NEW}).encrypt(NUMBER, AAD)
    with pytest.raises(DecryptionError, match="no key"):
        Keyring.from_keys({1: OLD}).decrypt(stored, AAD)


def test_rotation_moves_values_to_the_newest_key_and_only_once():
    stored = Keyring.from_keys({1: OLD}).encrypt(NUMBER, AAD)
    both = Keyring.from_keys({1: OLD, 2: NEW})
    moved = both.reencrypt(stored, AAD)
    assert moved is not None
    assert both.reencrypt(moved, AAD) is None
    assert both.reencrypt(memoryview(moved), AAD) is None
    assert Keyring.from_keys({2: NEW}).decrypt(moved, AAD) == NUMBER


def test_a_ring_in_the_settings_can_change_while_running(settings):
    stored = encrypt(NUMBER, AAD)
    settings.FANBU_FIELD_KEYS = settings.FANBU_FIELD_KEYS | {max(settings.FANBU_FIELD_KEYS) + 1: NEW}
    moved = reencrypt(stored, AAD)
    assert moved is not None
    assert moved[0] == stored[0] + 1
    assert decrypt(memoryview(moved), AAD) == NUMBER == decrypt(stored, AAD)


@pytest.mark.parametrize("keys", [{}, {0: OLD}, {256: OLD}, {1: OLD[:16]}])
def test_a_key_that_is_too_short_or_has_no_byte_for_its_id_is_refused(keys):
    with pytest.raises(ValueError, match="key"):
        Keyring.from_keys(keys)


def test_a_look_up_hash_is_keyed_stable_and_bound_to_its_purpose(settings):
    first = lookup_hash(NUMBER, "id_number")
    expected = hmac.new(settings.FANBU_INDEX_KEY, b"id_number\x00" + NUMBER.encode(), hashlib.sha256).digest()
    assert first == expected
    assert len({first, lookup_hash(NUMBER, "phone"), lookup_hash(NUMBER[:-1], "id_number")}) == 3
    settings.FANBU_INDEX_KEY = NEW
    assert lookup_hash(NUMBER, "id_number") != first


def test_the_projects_own_settings_make_a_ring():
    assert Keyring.from_settings().newest == max(settings.FANBU_FIELD_KEYS)
