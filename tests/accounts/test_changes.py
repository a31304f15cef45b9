"""R-SEC-2: every edit keeps its old and new values, personal ones sealed."""

from decimal import Decimal

from accounts.domain.changes import changes, opened
from accounts.domain.labels import describe_data

BEFORE = {"hours": Decimal("4.0"), "address": "新城区1号", "bank_account": "6222020200112233445", "seats": 30}


def test_only_what_differs_is_kept_with_both_values():
    assert changes(BEFORE, {"address": "新城区2号", "seats": 30, "hours": 4}) == {"address": ["新城区1号", "新城区2号"]}


def test_what_was_empty_is_kept_as_empty_text():
    assert changes({}, {"address": "新城区2号", "valid_to": None}) == {"address": ["", "新城区2号"]}


def test_a_personal_value_is_sealed_and_can_be_opened_again():
    kept = changes(BEFORE, {"bank_account": "6217000010001234567"}, sealed={"bank_account"})["bank_account"]
    assert [value[:7] for value in kept] == ["sealed:", "sealed:"]
    assert "6222020200112233445" not in kept[0]
    assert [opened(value) for value in kept] == ["6222020200112233445", "6217000010001234567"]


def test_the_page_shows_a_sealed_value_masked():
    kept = changes(BEFORE, {"bank_account": "6217000010001234567"}, sealed={"bank_account"})
    assert describe_data({"changed": kept}) == [("修改", "银行账号 “****3445” → “****4567”")]
