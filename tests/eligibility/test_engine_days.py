"""The days a check speaks for: the class, whenever it is asked; what came later is shown and harms nobody (R-ELG-3)."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.domain.kept import judgement_of
from eligibility.engine import Vouched, read_answer
from eligibility.engine.model import settled_by_evidence

from .people import (
    CONTRACT,
    EMPLOYER,
    ENTERPRISE,
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

LATER = date(2020, 10, 15)
WISHES = {"type": "labour_resource", "registered_on": "2020-05-01", "transfer_wish": True, "training_wish": True}


def notes(case, check):
    """What came after the class, as the result tells it in Chinese."""
    return [note["zh"] for note in judged(case).result(check).after]


def laid_off(**records):
    return facts(records={"employment": [SEEKING, *records.pop("employment", [])], **records}, as_of=LATER)


AFTER = [
    (
        "not_in_unit_employment",
        laid_off(employment=[{"type": "unit_employment", "uscc": OTHER, "from": "2020-09-01"}]),
        f"2020-09-01在单位（{OTHER}）办理就业登记",
    ),
    (
        "not_insured_as_employee",
        laid_off(social_security=[{"type": "employee_insurance", "uscc": OTHER, "from": "2020-09-01"}]),
        f"2020-09-01参加企业职工社会保险（{OTHER}）",
    ),
    (
        "not_in_business",
        laid_off(business=[{"type": "post", "uscc": OTHER, "role": "individual_operator", "from": "2020-09-01"}]),
        f"2020-09-01起经营个体工商户（{OTHER}）",
    ),
    (
        "not_in_business",
        laid_off(business=[{"type": "post", "role": "shareholder", "from": "2020-09-01"}]),
        "2020-09-01登记为企业（未登记名称）股东或高管",
    ),
    (
        "no_labour_contract",
        laid_off(labour_contract=[{"type": "dispatch", "host_uscc": OTHER, "from": "2020-09-01"}]),
        f"2020-09-01起被派遣到单位（{OTHER}）",
    ),
    (
        "no_employee_pension",
        laid_off(social_security=[{"type": "employee_pension", "months_paid": 200, "drawing_since": "2020-09-01"}]),
        "2020-09-01起领取城镇职工基本养老金",
    ),
    ("alive", laid_off(population=[{"type": "death", "on": "2020-09-01"}]), "2020-09-01死亡"),
    ("alive", laid_off(population=[{"type": "imprisonment", "from": "2020-09-01"}]), "2020-09-01起服刑"),
    (
        "unit_employment_registered",
        employee(records={"employment": [REGISTERED | {"to": "2020-09-01"}]}, as_of=LATER),
        "在本企业的单位就业登记到2020-08-31为止",
    ),
    (
        "in_contract",
        employee(records={"labour_contract": [CONTRACT | {"to": "2020-09-01"}]}, as_of=LATER),
        "与本企业的劳动合同或派遣到2020-08-31为止",
    ),
    (
        "safety_licence",
        employee(
            "emp_high_risk",
            documents=frozenset({"safety_licence"}),
            documents_valid_to={"safety_licence": date(2020, 9, 30)},
            as_of=LATER,
        ),
        "安全许可证书到2020-09-29为止有效",
    ),
]


@pytest.mark.parametrize(("check", "case", "said"), AFTER, ids=[said for _, _, said in AFTER])
def test_what_came_after_the_class_is_shown_and_the_verdict_stands(check, case, said):
    judgement = judged(case)
    assert (judgement.verdict, notes(case, check)) == ("eligible", [said])
    assert judgement_of(json.loads(json.dumps(judgement.to_json()))) == judgement, "and it is kept with the judgement"


@pytest.mark.parametrize(("check", "case", "said"), AFTER, ids=[said for _, _, said in AFTER])
def test_what_has_not_come_by_the_day_of_asking_is_not_told(check, case, said):
    assert notes(replace(case, as_of=LAST), check) == []


def test_results_keep_the_days_they_speak_for_and_the_judgement_the_day_of_asking():
    judgement = judged(facts(records={"employment": [SEEKING]}, as_of=LATER))
    first, through = judgement.result("job_seeking_registered"), judgement.result("not_insured_as_employee")
    assert (first.first_day, first.last_day) == ("2020-08-03", "2020-08-03")
    assert (through.first_day, through.last_day) == ("2020-08-03", "2020-08-28")
    assert (judgement.as_of, judgement.first_day, judgement.last_day) == (LATER, date(2020, 8, 3), LAST)


def test_insurance_that_began_within_the_class_names_day_and_class_for_the_officer():
    case = laid_off(social_security=[{"type": "employee_insurance", "uscc": OTHER, "from": "2020-08-10"}])
    result = judged(case).result("not_insured_as_employee")
    assert (
        result.sentence_zh
        == f"2020-08-10参加了企业职工社会保险（{OTHER}），在班期内（2020-08-03至2020-08-28），须核实。"
    )
    assert (result.outcome, result.needs) == ("unknown", "assisted")
    assert settled_by_evidence(result.registry, result.outcome, result.needs)


def test_settled_item_names_who_settled_it_and_on_what():
    case = facts(
        "school_leaver",
        id_number=number("2005-06-01"),
        documents=frozenset({"promise"}),
        assisted={"of_age": "confirmed"},
        vouched={"of_age": Vouched("新城区人社局", "监护人同意书.pdf")},
    )
    result = judged(case).result("of_age")
    assert result.sentence_zh == "2005-06-01出生，已核实监护人同意参训（由新城区人社局凭监护人同意书.pdf核实）"
    assert result.evidence == (
        {"assisted": "confirmed", "by": "新城区人社局", "on": "监护人同意书.pdf", "own": False, "at": ""},
    )


# ── records without dates
# ───────────────────────────────────────────────────────────────────────────────────────────────

REVOKED = {"business": [ENTERPRISE | {"status": "revoked"}]}
URBAN = {"employment": [{"type": "person", "name": "苏日娜", "household": "urban"}, WISHES]}
WOMAN = number("1968-05-20", 4)
UNDATED = [
    ("employer_is_legal_person", employee(employer_records=REVOKED)),
    ("employer_is_legal_person", employee(employer_records={"business": []})),
    ("rural_residence", facts("rural_transfer", URBAN)),
    (
        "working_age",
        facts(
            "rural_transfer",
            {
                "employment": [{"type": "person", "name": "苏日娜", "household": "rural"}, WISHES],
                "social_security": [{"type": "post_kind", "kind": "worker"}],
            },
            id_number=WOMAN,
        ),
    ),
]


@pytest.mark.parametrize(("check", "case"), UNDATED)
def test_other_answer_without_dates_after_the_class_harms_nobody_who_passed_before(check, case):
    assert outcome(case, check) != "pass"
    stood = replace(case, as_of=LATER, stood=frozenset({check}))
    assert (outcome(stood, check), judged(stood).verdict) == ("pass", "eligible")
    assert notes(stood, check)[0].startswith("2020-10-15比对的答复与班期内通过时不同（")


@pytest.mark.parametrize(("check", "case"), UNDATED)
def test_other_answer_without_dates_within_the_class_or_without_a_pass_before_counts(check, case):
    assert outcome(replace(case, as_of=LAST, stood=frozenset({check})), check) == outcome(case, check)
    assert outcome(replace(case, as_of=LATER), check) == outcome(case, check)


def test_dated_fact_recorded_late_counts_although_the_check_passed_before():
    insured = [{"type": "employee_insurance", "uscc": OTHER, "from": "2020-07-01"}]
    case = replace(laid_off(social_security=insured), stood=frozenset({"not_insured_as_employee"}))
    assert outcome(case, "not_insured_as_employee") == "fail"


def test_silence_after_the_class_is_open_although_the_check_passed_before():
    case = replace(
        employee(as_of=LATER, unavailable=frozenset({"business"})), stood=frozenset({"employer_is_legal_person"})
    )
    assert outcome(case, "employer_is_legal_person") == "unknown"


# ── a registry that is not connected
# ────────────────────────────────────────────────────────────────────────────────────


def test_population_registry_that_is_not_connected_is_listed_and_neither_passes_nor_opens():
    case = facts(
        records={"employment": [SEEKING]},
        unavailable=frozenset({"population"}),
        not_connected=frozenset({"population"}),
    )
    judgement = judged(case)
    result = judgement.result("alive")
    assert (judgement.verdict, judgement.open, result.outcome, result.needs) == ("eligible", (), "not_asked", None)
    assert result.sentence_zh == "人口信息系统未联网，本项没有比对，不作为通过也不作为待核。"


# ── what holds for every case
# ───────────────────────────────────────────────────────────────────────────────────────────

BETTER = {"ineligible": 0, "needs_verification": 1, "eligible": 2}
days_after = st.dates(LAST + timedelta(days=1), date(2021, 6, 30)).map(date.isoformat)
FACTS_AFTER = {
    "employment": [
        ("unit_employment", "from", {"uscc": OTHER}),
        ("unit_employment", "from", {"uscc": EMPLOYER}),
        ("transfer_employment", "from", {"agency": "A1"}),
        ("unemployment", "registered_on", {"division": "150102"}),
        ("return_home", "registered_on", {"agency": "A1"}),
    ],
    "business": [("post", "from", {"uscc": OTHER, "role": role}) for role in ("legal_representative", "shareholder")],
    "social_security": [
        ("employee_insurance", "from", {"uscc": OTHER}),
        ("employee_pension", "drawing_since", {"months_paid": 9}),
    ],
    "labour_contract": [("contract", "from", {"uscc": uscc}) for uscc in (OTHER, EMPLOYER)],
    "graduates": [("degree", "graduated_on", {})],
    "poverty": [("poor_labourer", "from", {})],
    "population": [("death", "on", {}), ("imprisonment", "from", {})],
}
GOOD = [
    facts(records={"employment": [SEEKING]}),
    employee(),
    employee("emp_new_other"),
    facts("rural_transfer", {"employment": [{"type": "person", "name": "苏日娜", "household": "rural"}, WISHES]}),
    facts("graduate_two_years", {"graduates": [{"type": "degree", "graduated_on": "2019-06-30"}]}),
    facts("school_leaver", documents=frozenset({"promise"})),
    facts("veteran", assisted={"identity_assisted": "confirmed"}),
]
happened = st.lists(
    st.tuples(st.sampled_from([(r, f) for r, facts_ in FACTS_AFTER.items() for f in facts_]), days_after), max_size=6
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(GOOD), happened, st.dates(date(2020, 7, 1), date(2021, 8, 1)))
def test_nothing_that_begins_after_the_last_day_lowers_a_verdict_whenever_it_is_asked(case, later, asked):
    case = replace(case, as_of=asked)
    records = {name: list(known) for name, known in case.records.items()}
    for (registry, (kind, begins, more)), day in later:
        records[registry] += read_answer(registry, [{"type": kind, begins: day, **more}])
    after = judged(replace(case, records={name: tuple(known) for name, known in records.items()}))
    assert BETTER[after.verdict] >= BETTER[judged(case).verdict]
    assert after.verdict == "eligible"


@pytest.mark.parametrize("days", [0, 1, 130, 700])
def test_time_alone_changes_no_verdict(days):
    """The December class of graduates is claimed in January, the worker turns sixty: same records, same verdict."""
    assert {judged(replace(case, as_of=LAST + timedelta(days=days))).verdict for case in GOOD} == {"eligible"}
