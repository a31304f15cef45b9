"""The engine as an officer meets it: one person, one class, one day (R-ELG-1, R-ELG-2, R-ELG-3, R-ELG-5)."""

import json
from dataclasses import replace
from datetime import date

import pytest

from eligibility.domain.kept import judgement_of
from eligibility.engine import RecordError, UnknownCategory, other_categories, parse_record
from eligibility.rules.table import NMG_2020_95

from .people import CONTRACT, EMPLOYER, ENTERPRISE, OTHER, SEEKING, employee, facts, judged, number, outcome

INSURED = {"type": "employee_insurance", "uscc": OTHER, "from": "2019-01-01"}


def test_sentence_names_the_fact_the_date_and_the_day_judged():
    result = judged(facts(records={"employment": [SEEKING], "social_security": [INSURED]})).result(
        "not_insured_as_employee"
    )
    assert (
        result.sentence_zh
        == "2019-01-01起有企业职工参保登记（91150100MA0N0J0B2K），至开班日（2020-08-03）仍在参保，不属于未就业。"
    )
    assert (
        result.sentence_en == "Insured as an employee (91150100MA0N0J0B2K) since 2019-01-01, "
        "still so on the first day of the class (2020-08-03): not out of work."
    )
    assert result.evidence == (
        {"registry": "social_security", "type": "employee_insurance", "uscc": OTHER, "from": "2019-01-01"},
    )
    assert (result.clause, result.registry, result.needs) == ("N二(二)1(1)", "social_security", None)


@pytest.mark.parametrize("asked", [date(2020, 7, 20), date(2020, 8, 28), date(2020, 9, 10)])
def test_sentence_speaks_for_the_first_day_whenever_it_is_asked(asked):
    sentence = (
        judged(facts(records={"employment": [SEEKING]}, as_of=asked)).result("job_seeking_registered").sentence_zh
    )
    assert sentence == "2020-06-01办理了求职登记，至开班日（2020-08-03）有效。"


def test_all_checks_are_reported_not_only_the_first_that_fails():
    judgement = judged(facts(records={"social_security": [INSURED], "labour_contract": [CONTRACT]}))
    assert judgement.verdict == "ineligible"
    assert judgement.failed == ("job_seeking_registered", "not_insured_as_employee", "no_labour_contract")
    assert len(judgement.results) == 9


def test_fail_stands_beside_an_unknown():
    judgement = judged(facts(records={"social_security": [INSURED]}, unavailable=frozenset({"employment"})))
    assert judgement.verdict == "ineligible"
    assert judgement.open == ("id_valid", "job_seeking_registered", "not_in_unit_employment")


def test_registry_never_asked_is_silence_not_an_empty_answer():
    case = facts(records={"employment": [SEEKING]})
    unasked = replace(case, records={k: v for k, v in case.records.items() if k != "business"})
    judgement = judged(unasked)
    assert (judgement.verdict, judgement.open) == ("needs_verification", ("not_in_business",))
    assert judgement.result("not_in_business").needs == "registry"


def test_nonsense_is_kept_as_evidence_and_decides_nothing():
    raw = {"type": "employee_insurance", "uscc": OTHER, "from": "2019-13-01", "salary": 9000}
    judgement = judged(facts(records={"employment": [SEEKING], "social_security": [INSURED, raw]}))
    result = judgement.result("not_insured_as_employee")
    assert (judgement.verdict, result.outcome, result.needs) == ("needs_verification", "unknown", "registry")
    assert result.evidence == (
        {
            "registry": "social_security",
            "type": "malformed",
            "of_type": "employee_insurance",
            "field": "from",
            "reason": "not_a_day",
            "value": "'2019-13-01'",
        },
    )


@pytest.mark.parametrize(
    ("registry", "raw", "reason"),
    [
        ("employment", {"type": "mystery"}, "unknown_type"),
        ("employment", {"type": "contract", "uscc": EMPLOYER, "from": "2020-01-01"}, "unknown_type"),
        ("employment", "job_seeking", "not_an_object"),
        ("employment", {"type": "job_seeking"}, "missing"),
        ("employment", {"type": "job_seeking", "registered_on": "20200601"}, "not_a_day"),
        ("employment", {"type": "job_seeking", "registered_on": 20200601}, "not_a_day"),
        ("employment", {"type": "hardship", "from": "2020-05-01", "to": "2020-04-01"}, "ends_before_it_begins"),
        ("social_security", {"type": "employee_pension", "months_paid": "120"}, "not_a_count"),
        ("social_security", {"type": "employee_pension", "months_paid": True}, "not_a_count"),
        (
            "employment",
            {"type": "labour_resource", "registered_on": "2020-05-01", "transfer_wish": "yes"},
            "not_a_flag",
        ),
    ],
)
def test_record_nobody_can_read_is_refused_with_its_reason(registry, raw, reason):
    with pytest.raises(RecordError) as refused:
        parse_record(registry, raw)
    assert refused.value.reason == reason


def test_record_keeps_only_the_facts_a_check_needs():
    record = parse_record("social_security", INSURED | {"salary": 9000, "phone": "13800000000"})
    assert record.evidence() == {
        "registry": "social_security",
        "type": "employee_insurance",
        "uscc": OTHER,
        "from": "2019-01-01",
    }


def test_sub_groups_of_the_laid_off_are_named():
    shown = [
        SEEKING,
        {"type": "unemployment", "registered_on": "2020-06-01", "division": "150102"},
        {"type": "hardship", "from": "2020-06-01"},
        {"type": "zero_employment_family", "from": "2020-06-01", "to": "2020-08-03"},
        {"type": "capacity_reduction", "laid_off_on": "2019-05-01"},
    ]
    assert judged(facts(records={"employment": shown})).subgroups == (
        "registered_unemployed",
        "hardship",
        "capacity_reduction",
    )


def test_result_names_the_way_of_the_transfer():
    known = [
        {"type": "person", "name": "苏日娜", "household": "rural"},
        {"type": "transfer_employment", "agency": "A1", "from": "2018-03-01", "to": "2020-04-30"},
        {"type": "return_home", "agency": "A1", "registered_on": "2020-05-15"},
    ]
    judgement = judged(facts("rural_transfer", {"employment": known}))
    assert (judgement.verdict, judgement.subgroups) == ("eligible", ("returned_home",))
    assert "2020-05-15" in judgement.result("transfer_way").sentence_zh


def test_shareholder_is_settled_by_people_but_a_silent_registry_is_not():
    share = {"type": "post", "uscc": OTHER, "role": "shareholder", "from": "2018-01-01"}
    said = {"not_in_business": "confirmed"}
    held = facts(records={"employment": [SEEKING], "business": [share]}, assisted=said)
    assert judged(held).verdict == "eligible"
    assert judged(replace(held, unavailable=frozenset({"business"}))).open == ("not_in_business",)


def test_people_cannot_confirm_away_what_a_registry_denies():
    case = facts(
        records={"employment": [SEEKING], "social_security": [INSURED]},
        assisted={"not_insured_as_employee": "confirmed"},
    )
    assert judged(case).verdict == "ineligible"


def test_post_in_a_deregistered_enterprise_is_no_business():
    membership = {"type": "post", "uscc": OTHER, "role": "legal_representative", "from": "2018-01-01"}
    closed = {**ENTERPRISE, "uscc": OTHER, "status": "deregistered"}
    assert outcome(facts(records={"business": [membership]}), "not_in_business") == "fail"
    assert outcome(facts(records={"business": [membership, closed]}), "not_in_business") == "pass"
    assert (
        outcome(facts(records={"business": [membership, {**closed, "status": "active"}]}), "not_in_business") == "fail"
    )


def test_employee_without_a_named_employer_is_open_not_passed():
    judgement = judged(employee(employer_uscc=None))
    assert judgement.open == ("employer_is_legal_person", "in_contract", "unit_employment_registered")
    assert judgement.result("in_contract").needs == "document:employer"


def test_credit_code_is_compared_whatever_its_case_and_width():
    assert judged(employee(employer_uscc=" 91150100ma0n0j0a1ｆ ")).verdict == "eligible"


def test_contradicting_entries_of_the_business_registry_leave_the_employer_open():
    both = {"business": [ENTERPRISE, {**ENTERPRISE, "status": "revoked"}]}
    assert outcome(employee(employer_records=both), "employer_is_legal_person") == "unknown"


def test_missing_paper_says_which_one():
    result = judged(facts("school_leaver")).result("diploma_or_promise")
    assert (result.outcome, result.needs) == ("unknown", "document:diploma")


def test_missing_registration_asks_the_unit_to_register_first():
    result = judged(employee(records={"employment": []})).result("unit_employment_registered")
    assert (result.outcome, result.needs) == ("unknown", "registration")
    assert "先" in result.advice_zh


def test_missing_filing_is_not_a_refusal():
    case = employee(
        occupation_status="national_standard",
        level=4,
        documents=frozenset({"training_plan"}),
        filings={"banner_approval": True},
    )
    result = judged(case).result("occupation_open")
    assert (result.outcome, result.needs) == ("unknown", "filing")


def test_death_before_an_insurance_start_is_shown_side_by_side():
    records = {
        "employment": [SEEKING],
        "population": [{"type": "death", "on": "2020-07-01"}],
        "social_security": [{"type": "employee_insurance", "uscc": OTHER, "from": "2020-07-02", "to": "2020-07-20"}],
    }
    result = judged(facts(records=records)).result("id_valid")
    assert (result.outcome, [e["registry"] for e in result.evidence]) == ("unknown", ["population", "social_security"])
    records["social_security"][0]["from"] = "2020-07-01"
    assert outcome(facts(records=records), "id_valid") == "pass"


def test_dead_man_on_the_roster_is_open_with_the_day_and_for_the_officer():
    case = facts(records={"employment": [SEEKING], "population": [{"type": "death", "on": "2020-07-01"}]})
    result = judged(case).result("alive")
    assert (judged(case).verdict, judged(case).open, result.needs) == ("needs_verification", ("alive",), "assisted")
    assert "2020-07-01" in result.sentence_zh


def test_two_names_for_one_number_are_opened_even_when_one_agrees():
    names = [{"type": "person", "name": "苏日娜"}, {"type": "person", "name": "其木格"}]
    result = judged(facts(records={"employment": [SEEKING, *names]})).result("id_valid")
    assert (result.outcome, len(result.evidence)) == ("unknown", 2)


def test_two_registries_with_different_names_are_named_with_what_each_says():
    records = {
        "employment": [SEEKING, {"type": "person", "name": "苏日娜"}],
        "social_security": [{"type": "person", "name": "其木格"}],
    }
    result = judged(facts(records=records)).result("id_valid")
    assert (result.outcome, result.needs) == ("unknown", "assisted")
    assert "劳动就业核心业务经办子系统登记为“苏日娜”，社保系统登记为“其木格”" in result.sentence_zh
    assert "“苏日娜” in the employment service system, “其木格” in the social security system" in result.sentence_en
    assert {e["registry"] for e in result.evidence} == {"employment", "social_security"}


def test_a_registry_that_disagrees_with_the_roster_alone_is_shown_beside_it():
    records = {"employment": [SEEKING], "social_security": [{"type": "person", "name": "其木格"}]}
    case = facts(records=records)
    sentence = judged(case).result("id_valid").sentence_zh
    assert f"社保系统登记为“其木格”，花名册填报为“{case.person.name}”" in sentence


def test_wrong_number_fails_the_number_and_the_age_is_read_as_written():
    wrong = number()[:-1] + ("1" if number()[-1] != "1" else "2")
    judgement = judged(facts("poor_labourer", id_number=wrong, assisted={"poverty_record": "confirmed"}))
    assert (judgement.failed, judgement.open) == (("id_valid",), ())
    assert judgement.result("of_age").sentence_zh == "1985-05-20出生，至开班日（2020-08-03）35周岁，已满16周岁。"


def test_overruled_fail_stays_visible_and_no_longer_decides():
    judgement = judged(facts(records={"employment": [SEEKING], "social_security": [INSURED]}))
    after = judgement.with_overruled(["not_insured_as_employee", "not_in_business"])
    assert (after.verdict, after.failed) == ("eligible", ("not_insured_as_employee",))
    assert [r.code for r in after.results if r.overruled] == ["not_insured_as_employee"]


def test_judgement_comes_back_from_json_as_it_was():
    judgement = judged(employee(records={"social_security": [INSURED]})).with_overruled(["in_contract"])
    assert judgement_of(json.loads(json.dumps(judgement.to_json()))) == judgement


def test_graduate_registered_as_unemployed_is_pointed_to_the_laid_off():
    records = {
        "graduates": [{"type": "degree", "graduated_on": "2019-06-30"}],
        "employment": [SEEKING, {"type": "unemployment", "registered_on": "2020-06-01", "division": "150102"}],
    }
    case = facts("graduate_two_years", records)
    assert judged(case).failed == ("not_registered_unemployed",)
    assert [(s.category.code, s.because, s.verdict) for s in other_categories(case, NMG_2020_95)] == [
        ("laid_off_unemployed", "not_registered_unemployed", "eligible")
    ]


def test_nothing_is_suggested_when_nothing_failed():
    assert other_categories(facts(records={"employment": [SEEKING]}), NMG_2020_95) == ()


def test_category_the_same_facts_rule_out_is_not_suggested():
    case = facts(records={"employment": [SEEKING], "social_security": [INSURED]}, employer_uscc=EMPLOYER)
    assert "graduate_this_year" not in [s.category.code for s in other_categories(case, NMG_2020_95)]


def test_unknown_category_is_refused():
    with pytest.raises(UnknownCategory):
        judged(facts("astronaut"))


def test_renewal_that_began_before_the_first_day_counts_from_the_first_signing():
    old = {**CONTRACT, "signed_on": "2019-08-03", "from": "2019-09-01", "to": "2020-07-01"}
    renewal = {**CONTRACT, "signed_on": "2020-06-20", "from": "2020-07-01"}
    case = employee("emp_new_other", {"labour_contract": [renewal, old]})
    assert "2019-08-03签订" in judged(case).result("within_one_year_of_contract").sentence_zh


def test_hardship_ended_and_contracts_unavailable_waits_for_the_registry():
    known = {"employment": [{"type": "hardship", "from": "2019-06-01", "to": "2020-03-01"}]}
    case = employee(
        "emp_hardship_ojt",
        known,
        unavailable=frozenset({"labour_contract"}),
        assisted={"hardship_or_zero_family": "confirmed"},
    )
    result = judged(case).result("hardship_or_zero_family")
    assert (result.outcome, result.needs) == ("unknown", "registry")
