"""The digest of a paper is one of its data: the same in any language and layout, another for another cell."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy

from accounts.models import Division
from kit.printed import paper_digest, short

DATA = {
    "rows": [("laid_off", [12, Decimal("1200.50"), None])],
    "day": date(2026, 3, 2),
    "at": datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
    "hash": b"\x01",
}


def test_the_same_data_has_the_same_digest_however_it_is_held():
    again = {
        "at": datetime(2026, 3, 2, 16, 0, tzinfo=timezone(timedelta(hours=8))),
        "day": date(2026, 3, 2),
        "rows": (["laid_off", (12, Decimal("1200.5"), None)],),
        "hash": memoryview(b"\x01"),
    }
    assert paper_digest("B1", again) == paper_digest("B1", DATA)


@pytest.mark.parametrize(
    "other",
    [
        DATA | {"rows": [("laid_off", [12, Decimal("1200.51"), None])]},
        DATA | {"rows": [("laid_off", [12, Decimal("1200.50"), 0])]},
        DATA | {"day": date(2026, 3, 3)},
        {name: DATA[name] for name in ("rows", "day", "hash")},
    ],
    ids=["a fen", "nothing and nought", "a day", "a part less"],
)
def test_one_changed_cell_is_another_digest(other):
    assert paper_digest("B1", other) != paper_digest("B1", DATA)


def test_another_number_is_another_digest():
    assert paper_digest("B2", DATA) != paper_digest("B1", DATA)


def test_a_row_counts_by_its_columns():
    hohhot = Division(code="150100", name="呼和浩特市")
    assert paper_digest("B1", hohhot) == paper_digest("B1", Division(code="150100", name="呼和浩特市"))
    assert paper_digest("B1", hohhot) != paper_digest("B1", Division(code="150100", name="包头市"))


def test_a_text_of_the_reader_s_language_is_no_data():
    with pytest.raises(TypeError, match="translated"):
        paper_digest("B1", {"state": gettext_lazy("待办")})
    with pytest.raises(TypeError, match="object"):
        paper_digest("B1", [object()])


def test_sixteen_digits_in_fours_are_read_out():
    assert short("0123456789abcdef" * 4) == "0123 4567 89ab cdef"
