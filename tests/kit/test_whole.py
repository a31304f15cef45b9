"""Numbers that are none: one reader says so of all of them."""

import pytest

from kit.whole import LARGEST, whole, wholes

NONE = [
    "",
    "²",
    "٣",
    "①",
    "-1",
    "+1",
    " 1",
    "1.0",
    "1e9",
    "1_0",
    str(LARGEST + 1),
    "12345678901234567890",
    "9" * 4400,
    None,
    1.0,
    ["1"],
    LARGEST + 1,
    -1,
]


@pytest.mark.parametrize("text", NONE, ids=lambda text: str(text)[:20])
def test_what_is_no_number_of_the_database_is_none(text):
    assert whole(text) is None


def test_numbers_are_read():
    assert [whole(text) for text in ("0", "12", "007", 12, str(LARGEST))] == [0, 12, 7, 12, LARGEST]
    assert wholes(["1", "²", "3"]) == [1, 3]
    assert (whole("9", 9), whole("10", 9)) == (9, None)
