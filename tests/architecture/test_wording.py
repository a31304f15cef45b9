"""The wording of a table in use is never edited: judgements refer to it for ever (R-ELG-2, R-ELG-4)."""

import pytest
from django.core.management import CommandError, call_command

from eligibility.engine import Text
from eligibility.rules import wording
from eligibility.rules.table import NMG_2020_95


def test_no_sentence_of_a_table_in_use_was_reworded():
    """A new wording is a new sentence beside the old one, or a new table: what was said to somebody
    stays what it was.
    """
    now, recorded = wording.digests(), wording.recorded()
    assert recorded.keys() - now.keys() == set(), "a sentence that is referred to has gone"
    assert {name for name in recorded if now[name] != recorded[name]} == set(), (
        "a sentence that is referred to was reworded"
    )
    assert now.keys() - recorded.keys() == set(), "new sentences are recorded by ./dev manage record_wording"


def test_a_reworded_sentence_is_found_and_a_new_one_is_only_recorded(monkeypatch, tmp_path, capsys):
    path = tmp_path / "wording.txt"
    path.write_text(wording.FILE.read_text())
    monkeypatch.setattr(wording, "FILE", path)
    category = NMG_2020_95.categories[0]
    check = category.checks[0]
    key = next(iter(check.says))
    monkeypatch.setitem(check.says, "brand_new", Text("新句子。", "A new sentence."))
    call_command("record_wording")
    assert f"{NMG_2020_95.code}/{category.code}/{check.code}#brand_new" in path.read_text()
    monkeypatch.setitem(check.says, key, Text("改过的话。", "Other words."))
    with pytest.raises(CommandError, match=f"{check.code}#{key}"):
        call_command("record_wording")
