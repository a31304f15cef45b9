"""What holds for every case whatever (R-ELG-1): worse facts, silent registries, order, the days around an interval's
end.
"""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligibility.domain.kept import judgement_of
from eligibility.engine import REGISTRIES, Judgement, Result, Subject, read_answer, registries_needed, verdict_of
from eligibility.engine.model import settled_by_evidence
from eligibility.rules.table import NMG_2020_95

from .people import (
    CONTRACT,
    EMPLOYER,
    ENTERPRISE,
    FIRST,
    LAST,
    OTHER,
    REGISTERED,
    SEEKING,
    employee,
    facts,
    judged,
    number,
    outcome,
)

BETTER = {"ineligible": 0, "needs_verification": 1, "eligible": 2}
CODES = [category.code for category in NMG_2020_95.categories]
days = st.dates(date(2017, 1, 1), date(2021, 6, 30)).map(date.isoformat)
units = st.sampled_from([EMPLOYER, OTHER])


def spans(kind, start="from", end="to", **fields):
    """Records of one type with a start and sometimes an end after it."""
    pairs = st.tuples(days, st.none() | days).filter(lambda p: p[1] is None or p[0] <= p[1])
    shapes = st.fixed_dictionaries(fields)
    return st.builds(lambda p, f: {"type": kind, start: p[0], **({end: p[1]} if p[1] else {}), **f}, pairs, shapes)


WORDS = {
    "employment": st.one_of(
        spans("job_seeking", "registered_on", "cancelled_on"),
        spans("unemployment", "registered_on", "cancelled_on", division=st.sampled_from(["150102", "150103"])),
        spans("hardship"),
        spans("unit_employment", uscc=units),
        spans("transfer_employment", agency=st.sampled_from(["A1", "B2"])),
        st.builds(lambda d: {"type": "return_home", "agency": "A1", "registered_on": d}, days),
        st.builds(lambda d: {"type": "residence", "division": "150102", "urban": True, "since": d}, days),
        st.builds(
            lambda d, a, b: {"type": "labour_resource", "registered_on": d, "transfer_wish": a, "training_wish": b},
            days,
            st.booleans(),
            st.booleans(),
        ),
        st.sampled_from([{"type": "person", "name": "苏日娜", "household": h} for h in ("rural", "urban")]),
    ),
    "business": spans(
        "post", uscc=units, role=st.sampled_from(["legal_representative", "individual_operator", "shareholder"])
    ),
    "social_security": st.one_of(
        spans("employee_insurance", uscc=units),
        st.builds(
            lambda m, d: {"type": "employee_pension", "months_paid": m, "drawing_since": d},
            st.integers(0, 200),
            st.none() | days,
        ),
        st.sampled_from([{"type": "post_kind", "kind": kind} for kind in ("worker", "manager")]),
    ),
    "labour_contract": st.one_of(
        spans("contract", uscc=units, signed_on=days, occupation=st.sampled_from([None, "4-03-02-01", "6-18-01-07"])),
        spans("dispatch", host_uscc=units),
    ),
    "graduates": st.builds(lambda d: {"type": "degree", "graduated_on": d}, days),
    "poverty": st.one_of(spans("poor_labourer"), spans("poor_family_child")),
}
answers = st.fixed_dictionaries({registry: st.lists(records, max_size=4) for registry, records in WORDS.items()})
people = st.builds(
    lambda birth, sequence: Subject("苏日娜", number(birth.isoformat(), sequence), frozenset({"rural_student"})),
    st.dates(date(1955, 1, 1), date(2006, 1, 1)),
    st.sampled_from([3, 4]),
)
papers = st.frozensets(st.sampled_from(["diploma", "safety_licence", "apprentice_roster", "transfer_proof"]))


@st.composite
def cases(draw):
    """Facts of any category, with everything that may be on record and no answer by people yet."""
    employer = {"business": [draw(st.sampled_from([ENTERPRISE, {**ENTERPRISE, "status": "revoked"}]))]}
    employer["social_security"] = draw(st.lists(spans("insured_unit"), max_size=2))
    case = facts(draw(st.sampled_from(CODES)), draw(answers), employer_records=employer, employer_uscc=EMPLOYER)
    return replace(case, person=draw(people), documents=draw(papers))


relaxed = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def of(judgement: Judgement, wanted: str) -> set[str]:
    return {result.code for result in judgement.results if result.outcome == wanted}


def result_of(value: str) -> Result:
    return Result("c", "", "", "", None, value, "", "")


@given(st.lists(st.sampled_from(["pass", "fail", "unknown"])))
def test_adding_a_fail_never_makes_a_verdict_better(outcomes):
    before = verdict_of(result_of(o) for o in outcomes)
    after = verdict_of(result_of(o) for o in [*outcomes, "fail"])
    assert after == "ineligible"
    assert BETTER[after] <= BETTER[before]


@relaxed
@given(cases())
def test_a_refuted_answer_never_makes_a_verdict_better(case):
    codes = [check.code for check in NMG_2020_95.category(case.category).checks]
    refuted = judged(replace(case, assisted=dict.fromkeys(codes, "refuted")))
    assert BETTER[refuted.verdict] <= BETTER[judged(case).verdict]
    assert of(judged(case), "fail") <= of(refuted, "fail")


UNEMPLOYED = ["laid_off_unemployed", "school_leaver", "veteran", "disabled", "graduate_this_year", "graduate_two_years"]


@relaxed
@given(cases(), st.sampled_from(UNEMPLOYED))
def test_a_running_insurance_is_a_fail_for_whoever_must_be_out_of_work(case, category):
    running = read_answer("social_security", [{"type": "employee_insurance", "uscc": OTHER, "from": "2017-01-01"}])
    case = replace(case, category=category)
    insured = replace(case, records={**case.records, "social_security": (*case.records["social_security"], *running)})
    assert judged(insured).verdict == "ineligible"


@relaxed
@given(cases(), st.sampled_from(sorted(REGISTRIES)), st.booleans())
def test_silent_registry_never_yields_a_pass_or_a_fail(case, registry, nonsense):
    """R-ELG-1: down, or answering nonsense: nothing passes or fails that did not before, and what
    it decides is open.
    """
    full = judged(case)
    if nonsense:
        broken = read_answer(registry, [{"type": "no such type"}])
        silent = replace(
            case,
            records={**case.records, registry: (*case.records[registry], *broken)},
            employer_records={**case.employer_records, registry: (*case.employer_records[registry], *broken)},
        )
    else:
        silent = replace(case, unavailable=frozenset({registry}))
    after = judged(silent)
    assert of(after, "pass") <= of(full, "pass")
    assert of(after, "fail") <= of(full, "fail")
    assert {r.outcome for r in after.results if r.registry == registry} <= {"unknown"}
    decides = {check.registry for check in NMG_2020_95.category(case.category).checks}
    assert not (registry in decides and after.verdict == "eligible")


@relaxed
@given(cases(), st.sampled_from(sorted(REGISTRIES)))
def test_registry_a_category_does_not_ask_changes_nothing(case, registry):
    asked = registries_needed(NMG_2020_95.category(case.category))
    silent = judged(replace(case, unavailable=frozenset({registry})))
    if registry not in (*asked.person, *asked.employer):
        assert silent == judged(case)


@relaxed
@given(cases(), st.randoms(use_true_random=False))
def test_order_of_records_is_irrelevant(case, random):
    shuffled = {registry: tuple(random.sample(records, len(records))) for registry, records in case.records.items()}
    registries = list(shuffled)
    random.shuffle(registries)
    assert judged(replace(case, records={registry: shuffled[registry] for registry in registries})) == judged(case)


@relaxed
@given(cases())
def test_every_sentence_is_complete_in_both_languages(case):
    for result in judged(case).results:
        said = [result.label_zh, result.label_en, result.sentence_zh, result.sentence_en]
        said += [note[language] for note in result.after for language in ("zh", "en")]
        assert all(said)
        assert not any("{" in text or "None" in text for text in [*said, result.advice_zh, result.advice_en])
        assert (result.advice_zh == "") == (result.outcome in {"pass", "not_asked"})
        assert result.needs is not None or result.outcome != "unknown"
        by_evidence = settled_by_evidence(result.registry, result.outcome, result.needs)
        assert result.needs is None or result.outcome == "unknown" or (by_evidence and result.registry is None)


@relaxed
@given(cases())
def test_judgement_survives_being_kept(case):
    judgement = judged(case)
    assert judgement_of(json.loads(json.dumps(judgement.to_json()))) == judgement
    overruled = judgement.with_overruled({code: {"by": "某人"} for code in judgement.failed})
    assert judgement_of(json.loads(json.dumps(overruled.to_json()))) == overruled


scraps = st.none() | st.booleans() | st.integers() | st.text(max_size=12)
garbage = st.recursive(
    scraps,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(garbage, st.sampled_from(sorted(REGISTRIES)))
def test_no_answer_however_broken_stops_the_judge(raw, registry):
    records = read_answer(registry, raw if isinstance(raw, list) else [raw])
    assert all(record.malformed for record in records)
    case = facts("laid_off_unemployed")
    assert judged(replace(case, records={**case.records, registry: records})).verdict in BETTER


# What a running fact means to a check: its fields, where it is on record, what the check says while it runs and
# otherwise.
ENDS = [
    ("laid_off_unemployed", "job_seeking_registered", "employment", {"type": "job_seeking"}, "pass", "fail"),
    (
        "laid_off_unemployed",
        "not_in_unit_employment",
        "employment",
        {"type": "unit_employment", "uscc": OTHER},
        "fail",
        "pass",
    ),
    (
        "laid_off_unemployed",
        "not_in_business",
        "business",
        {"type": "post", "uscc": OTHER, "role": "individual_operator"},
        "fail",
        "pass",
    ),
    (
        "laid_off_unemployed",
        "not_in_business",
        "business",
        {"type": "post", "uscc": OTHER, "role": "executive"},
        "unknown",
        "pass",
    ),
    (
        "laid_off_unemployed",
        "not_insured_as_employee",
        "social_security",
        {"type": "employee_insurance", "uscc": OTHER},
        "fail",
        "pass",
    ),
    (
        "laid_off_unemployed",
        "no_labour_contract",
        "labour_contract",
        {"type": "contract", "uscc": OTHER},
        "fail",
        "pass",
    ),
    (
        "laid_off_unemployed",
        "no_labour_contract",
        "labour_contract",
        {"type": "dispatch", "host_uscc": OTHER},
        "fail",
        "pass",
    ),
    (
        "graduate_two_years",
        "not_registered_unemployed",
        "employment",
        {"type": "unemployment", "division": "150102"},
        "fail",
        "pass",
    ),
    ("poor_labourer", "poverty_record", "poverty", {"type": "poor_labourer"}, "pass", "unknown"),
    ("poor_family_child", "poverty_record", "poverty", {"type": "poor_family_child"}, "pass", "unknown"),
]
REGISTRATIONS = {"job_seeking", "unemployment"}


@pytest.mark.parametrize(("category", "check", "registry", "record", "running", "ended"), ENDS)
@given(length=st.integers(1, 900), back=st.integers(0, 900))
def test_fact_holds_from_its_first_day_until_the_day_before_its_end(
    category, check, registry, record, running, ended, length, back
):
    """R-ELG-3: closed at the start, open at the end, on either side of both."""
    start = FIRST - timedelta(days=back)
    end = start + timedelta(days=length)
    names = ("registered_on", "cancelled_on") if record["type"] in REGISTRATIONS else ("from", "to")
    dated = {**record, names[0]: start.isoformat(), names[1]: end.isoformat()}

    def on(day: date) -> str:
        return outcome(facts(category, {registry: [dated]}, first_day=day, last_day=day), check)

    before, last = start - timedelta(days=1), end - timedelta(days=1)
    assert [on(before), on(start), on(last), on(end)] == [ended, running, running, ended]


@given(st.integers(-3, 3), st.integers(-3, 3))
def test_contract_covers_the_class_only_beyond_both_its_days(start, end):
    case = employee()
    first, to = case.first_day + timedelta(days=start), case.last_day + timedelta(days=end)
    contract = {**CONTRACT, "from": first.isoformat(), "to": to.isoformat()}
    case = employee(records={"labour_contract": [contract]}, as_of=LAST)
    assert outcome(case, "in_contract") == ("pass" if start <= 0 < end else "fail")


@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.integers(0, 1))
def test_contracts_without_a_gap_count_as_one(lengths, gap):
    """The chain covers the class when every day from the first to the last lies in one of its contracts."""
    chain, held, day = [], set(), date(2020, 8, 1)
    for length in lengths:
        after = day + timedelta(days=length)
        chain.append({**CONTRACT, "from": day.isoformat(), "to": after.isoformat()})
        held |= {day + timedelta(days=n) for n in range(length)}
        day = after + timedelta(days=gap)
    expected = "pass" if {FIRST + timedelta(days=n) for n in range(26)} <= held else "fail"
    assert outcome(employee(records={"labour_contract": chain[::-1]}, as_of=LAST), "in_contract") == expected


def test_the_whole_file_of_good_facts_is_eligible():
    assert judged(facts(records={"employment": [SEEKING]})).verdict == "eligible"
    assert judged(employee(records={"employment": [REGISTERED]})).verdict == "eligible"
