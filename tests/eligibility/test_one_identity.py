"""A name and a number are one wherever they are read: upload, form, API, a registry's answer, the law (R-ELG-1,
`id_valid`; R-SEC-4).
"""

import sys
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.enums import Verdict
from kit.errors import IdError
from kit.identity import DOTS, WrongNumber, fold_code, fold_name, normalise_name, read_number, same_name
from kit.ids import parse_citizen_number, parse_uscc, uscc_from
from kit.radicals import SUPPLEMENT
from kit.text import HIDDEN
from tests.factories import eligibility as people
from tests.training import walk as walks
from training import validators

from .people import CONTRACT, EMPLOYER, NAME, SEEKING, employee, facts, judged, number

DAY = date(2020, 8, 3)
SELECTORS = "\u180b\u180c\u180d\u180e\u180f"
EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
# All that leaves no mark: controls, format characters, white space, fillers, selectors, what Unicode keeps free for
# more of these.
UNSEEN = [
    c for c in EVERY if unicodedata.category(c) in {"Cc", "Cf", "Zs", "Zl", "Zp"} or HIDDEN.match(c) or c in SELECTORS
]
MONGOLIAN, WITH_SELECTOR, WITH_SEPARATOR = "ᠮᠣᠩᠭᠣᠯ", "ᠮᠣᠩᠭ᠋ᠣᠯ", "ᠮᠣᠩᠭ\u180eᠣᠯ"
WIDE = str.maketrans("0123456789Xx", "０１２３４５６７８９Ｘｘ")
names = st.text(st.sampled_from("张苏日娜阿拉腾ᠮᠣᠩ·Bu〇𠮷"), min_size=1, max_size=8)
unseen = st.sampled_from(UNSEEN)


def known_as(known: str, given: str = NAME, registry: str = "employment") -> tuple[str, str]:
    """The verdict on a person under a name whom a registry knows by a name, and what the line on number and name came
    to.
    """
    records = {"employment": [SEEKING]}
    records[registry] = [*records.get(registry, []), {"type": "person", "name": known}]
    judgement = judged(facts(records=records, name=given))
    return judgement.verdict, judgement.result("id_valid").outcome


GOOD = ("eligible", "pass")


@st.composite
def scattered(draw, text, extra=unseen):
    """A text with characters scattered through it."""
    return "".join(f"{draw(st.text(extra, max_size=2))}{c}" for c in text) + draw(st.text(extra, max_size=2))


# ── names
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("registry", ["employment", "population"])
def test_a_registry_that_writes_an_unseen_character_into_a_name_takes_nothing_from_anybody(registry):
    spelt = {hex(ord(mark)): f"{NAME[0]}{mark}{NAME[1:]}{mark}" for mark in UNSEEN}
    assert {mark: found for mark, name in spelt.items() if (found := known_as(name, registry=registry)) != GOOD} == {}
    assert {mark: found for mark, name in spelt.items() if (found := known_as(NAME, name, registry)) != GOOD} == {}


@pytest.mark.django_db
def test_a_class_is_clean_though_the_employment_system_writes_its_people_with_soft_hyphens(registries):
    walk = walks.laid_off_class()
    known = [people.job_seeker(person) for person in walk.people]
    for one in known:
        [said, *_others] = one["records"]["employment"]
        said["name"] = f"\u200e{said['name'][0]}\u00ad{said['name'][1:]}"
    registries.load(known)
    walk.to_officer()
    assert {enrolment.verdict for enrolment in walk.enrolments} == {Verdict.ELIGIBLE}


def test_the_upload_forgives_the_same_characters():
    spelt = {hex(ord(mark)): f"{NAME[0]}{mark}{NAME[1:]}{mark}" for mark in UNSEEN}
    assert {mark: found for mark, name in spelt.items() if (found := validators.name(name)[0]) != NAME} == {}


@given(st.data(), names)
def test_what_the_upload_stores_the_engine_knows_again_however_a_registry_writes_it(data, typed):
    try:
        stored, _mended = validators.name(typed)
    except IdError:
        return
    assert known_as(data.draw(scattered(typed)), stored) == GOOD


@given(names, names)
def test_two_names_are_one_for_the_engine_exactly_where_they_are_one_for_a_sheet(one, other):
    assert (known_as(one, other)[1] == "pass") is same_name(one, other)


@given(st.text(max_size=20))
def test_a_stored_name_is_compared_like_the_text_it_was_typed_as(text):
    assert fold_name(normalise_name(text)) == fold_name(text) == fold_name(fold_name(text))


@pytest.mark.parametrize("dot", [chr(code) for code in DOTS])
def test_every_middle_dot_of_a_minority_name_is_one(dot):
    assert (
        known_as(f"阿拉腾 {dot}\u3000其其格", "阿拉腾·其其格")
        == known_as("阿拉腾·其其格", f"阿拉腾{dot}其其格")
        == GOOD
    )
    assert validators.name(f"阿拉腾{dot}其其格")[0] == "阿拉腾·其其格"


def test_a_radical_out_of_a_pdf_is_its_character_for_the_engine_too():
    wrong = [
        radical
        for radical, character in zip(SUPPLEMENT[::2], SUPPLEMENT[1::2], strict=True)
        if known_as(f"张{radical}", f"张{character}") != GOOD
    ]
    assert wrong == []
    assert known_as("⻢⼈", "马人") == GOOD


@pytest.mark.parametrize(
    "spelt", [MONGOLIAN, WITH_SELECTOR, WITH_SEPARATOR, f"{MONGOLIAN}\u180d", f"\u180b{MONGOLIAN}"]
)
def test_selectors_and_vowel_separators_inside_mongolian_words_tell_no_names_apart(spelt):
    for other in (MONGOLIAN, WITH_SELECTOR, WITH_SEPARATOR):
        assert known_as(spelt, other) == known_as(spelt, validators.name(other)[0]) == GOOD
    assert [validators.name(name)[0] for name in (WITH_SELECTOR, WITH_SEPARATOR)] == [WITH_SELECTOR, WITH_SEPARATOR]


@pytest.mark.parametrize("registry", ["employment", "population"])
@pytest.mark.parametrize("nothing", ["\u200b", "\u00ad\u200e", "\u3164\u2800", "\u180b"])
def test_a_name_of_which_nobody_sees_anything_is_no_name(registry, nothing):
    assert known_as(nothing, registry=registry) == GOOD


@pytest.mark.parametrize("other", ["苏日那", "苏日", "苏日娜娜", "苏·日娜"])
def test_another_name_is_still_another_name(other):
    assert known_as(f"\u00ad{other}\u200e")[1] == "fail"


# ── numbers
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_number_is_read_through_every_unseen_character_at_both_doors():
    right = number()
    spelt = {hex(ord(mark)): f"{mark}{right[:6]}{mark}{right[6:]}{mark}" for mark in UNSEEN}
    assert {mark for mark, text in spelt.items() if validators.citizen_number(text)[0] != right} == set()
    assert {
        mark
        for mark, text in spelt.items()
        if judged(facts(records={"employment": [SEEKING]}, id_number=text)).verdict != "eligible"
    } == set()


@given(st.data(), st.dates(date(1890, 1, 1), date(2021, 1, 1)), st.integers(0, 999), st.sampled_from("0123456789X"))
def test_both_doors_read_a_number_alike_however_it_is_typed(data, birth, sequence, last):
    written = number(birth.isoformat(), sequence)[:-1] + last
    typed = data.draw(
        scattered(
            data.draw(
                st.sampled_from(
                    [written, written.lower(), written.translate(WIDE), f"'{written}", f"{written[:6]}-{written[6:]}"]
                )
            )
        )
    )
    said, as_written = (
        judged(facts(id_number=typed)).result("id_valid"),
        judged(facts(id_number=written)).result("id_valid"),
    )
    assert (said.outcome, said.sentence_zh) == (as_written.outcome, as_written.sentence_zh)
    if said.outcome == "pass":
        assert read_number(typed, DAY) == parse_citizen_number(typed, DAY) == parse_citizen_number(written, DAY)
        return
    for read in (read_number, parse_citizen_number):
        with pytest.raises((WrongNumber, IdError)) as refused:
            read(typed, DAY)
        assert str(refused.value)


@given(st.text(max_size=25))
def test_whatever_is_typed_both_doors_take_it_or_neither(text):
    try:
        read = parse_citizen_number(text, DAY)
    except IdError:
        assert judged(facts(id_number=text)).result("id_valid").outcome == "fail"
    else:
        assert judged(facts(id_number=read.number)) == judged(facts(id_number=text))


# ── credit codes
# ────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.data(), st.integers(0, 10_000))
def test_an_employers_code_is_one_in_the_account_and_in_a_registrys_record(data, serial):
    code = uscc_from("150102", serial)
    typed = data.draw(scattered(data.draw(st.sampled_from([code, code.lower(), code.translate(WIDE)]))))
    assert fold_code(typed) == parse_uscc(typed) == code


@given(scattered(EMPLOYER))
def test_a_contract_with_the_employer_is_found_however_the_registry_writes_its_code(typed):
    records = {
        "employment": [{"type": "unit_employment", "uscc": typed, "from": "2020-03-01"}],
        "labour_contract": [CONTRACT | {"uscc": typed}],
    }
    assert judged(employee(records=records)).verdict == judged(employee()).verdict == "eligible"
