"""What stays visible of names and numbers for readers without the right to see them."""

import pytest

from kit.masking import mask_account, mask_id, mask_phone


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("150102199003071234", "150***********1234"),
        ("150102900307123", "150********7123"),
        ("1501021", "*" * 7),
        (None, ""),
    ],
)
def test_a_citizen_number_shows_three_and_four(number, shown):
    assert mask_id(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800138000", "138****8000"),
        ("0471-1234567", "0471-****567"),
        ("0471-1234567-801", "0471-****801"),
        ("0471-12", "0471-****"),
        ("12345", "*****"),
        (None, ""),
    ],
)
def test_a_telephone_shows_enough_to_recognise_it(number, shown):
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("6222020200112233445", "****3445"), ("12345678", "****"), ("", ""), (None, "")]
)
def test_an_account_shows_its_last_four(number, shown):
    assert mask_account(number) == shown
