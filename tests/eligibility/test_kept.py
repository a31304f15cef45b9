"""Judgements are kept as references to the rule table, and read in words (R-ELG-2, R-ELG-4)."""

import json
from dataclasses import replace

from eligibility.domain.brief import Brief
from eligibility.domain.descriptions import sentence_of
from eligibility.domain.examine import results_of
from eligibility.domain.kept import judgement_of
from eligibility.engine import Vouched
from eligibility.models import Examination
from tests.eligibility.people import employee, facts, judged
from tests.eligibility.test_engine import INSURED


def kept(case):
    return json.loads(json.dumps(judged(case).to_json()))


def test_what_is_kept_is_the_sentences_name_its_facts_and_the_days_and_no_word_of_it():
    row = kept(facts("laid_off_unemployed", {"social_security": [INSURED]}))
    assert {name: row[name] for name in ("table", "category", "first_day", "last_day")} == {
        "table": "nmg-2020-95",
        "category": "laid_off_unemployed",
        "first_day": "2020-08-03",
        "last_day": "2020-08-28",
    }
    failed = next(one for one in row["results"] if one["code"] == "not_insured_as_employee")
    assert failed == {
        "code": "not_insured_as_employee",
        "outcome": "fail",
        "says": "fail",
        "values": {"since": INSURED["from"], "uscc": INSURED["uscc"]},
        "evidence": [{"registry": "social_security", **INSURED}],
    }
    assert "参保" not in json.dumps(row, ensure_ascii=False)
    (read,) = [result for result in judgement_of(row).results if result.code == "not_insured_as_employee"]
    assert INSURED["from"] in read.sentence_zh
    assert "2020-08-03" in read.sentence_zh
    assert (read.registry, read.clause) == ("social_security", "N二(二)1(1)")


def test_silence_names_the_registry_by_its_code():
    row = kept(replace(facts("laid_off_unemployed"), unavailable=frozenset({"business"})))
    silent = next(one for one in row["results"] if one["code"] == "not_in_business")
    assert (silent["says"], silent["values"], silent["needs"]) == (
        "unavailable",
        {"registry": {"registry": "business"}},
        "registry",
    )
    assert any("工商信息系统暂未答复" in result.sentence_zh for result in judgement_of(row).results)


def test_who_vouched_for_an_answer_is_kept_and_read():
    case = replace(
        facts("veteran"),
        assisted={"identity_assisted": "confirmed"},
        vouched={"identity_assisted": Vouched("退役军人事务局", "函〔2020〕3号")},
    )
    row = kept(case)
    said = next(one for one in row["results"] if one["code"] == "identity_assisted")
    assert (said["says"], said["vouched"]) == ("confirmed", ["退役军人事务局", "函〔2020〕3号", False, ""])
    assert any("（由退役军人事务局凭函〔2020〕3号核实）" in result.sentence_zh for result in judgement_of(row).results)


def test_a_row_of_the_time_before_keeps_its_own_words():
    old = {
        "code": "not_in_business",
        "label_zh": "未办企业",
        "label_en": "No business",
        "clause": "N二(二)1(1)",
        "registry": "business",
        "outcome": "fail",
        "sentence_zh": "当时说的话。",
        "sentence_en": "What was said.",
        "advice_zh": "",
        "advice_en": "",
        "evidence": [],
        "assisted": False,
        "needs": None,
        "overruled": False,
    }
    row = Examination(
        results={
            "verdict": "ineligible",
            "as_of": "2020-08-03",
            "table": "gone",
            "category": "gone",
            "subgroups": [],
            "results": [old],
        }
    )
    assert [sentence_of(result) for result in (*results_of(row), *Brief.of(row).remarks())] == ["当时说的话。"] * 2


def test_kept_rows_are_a_fraction_of_what_they_were():
    whole, small = judged(employee()), json.dumps(kept(employee()), ensure_ascii=False)
    in_words = json.dumps(
        [{**vars(result), "wording": None, "evidence": list(result.evidence)} for result in whole.results],
        ensure_ascii=False,
    )
    assert len(small.encode()) < len(in_words.encode()) / 3
