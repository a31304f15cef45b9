"""The English catalogue is complete and true to the code."""

import polib

from devtools.messages import CATALOGUE, collect, is_translated, placeholders_agree


def book() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_every_sentence_has_english_and_no_english_is_left_over():
    said = set(collect())
    known = {(entry.msgid, entry.msgid_plural) for entry in book()}
    assert sorted(said - known) == []
    assert sorted(known - said) == []


def test_no_english_is_empty_or_fuzzy():
    assert [entry.msgid for entry in book() if not is_translated(entry)] == []


def test_english_uses_the_same_placeholders():
    assert [entry.msgid for entry in book() if not placeholders_agree(entry)] == []
