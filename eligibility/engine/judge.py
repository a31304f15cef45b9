"""The judge: every line of the category's table is asked, then the verdict follows (R-ELG-1, R-ELG-2)."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from eligibility.engine.after import explain_later
from eligibility.engine.facts import CONFIRMED, REFUTED, Facts
from eligibility.engine.judgement import Judgement, Result, verdict_of
from eligibility.engine.look import Look, Silent, day_text
from eligibility.engine.model import (
    ASSISTED,
    FAIL,
    NOT_ASKED,
    PASS,
    THROUGH_CLASS,
    UNKNOWN,
    Check,
    Finding,
    Later,
    RuleTable,
    settled_by_evidence,
)
from eligibility.engine.records import REGISTRIES
from eligibility.engine.text import Text
from eligibility.engine.wording import Wording

# Sentences every line shares; a line may say them in its own words.
COMMON_SAYS = {
    "unavailable": Text(
        "{registry}暂未答复，本项待核，不影响其他项目。", "{registry} has not answered yet; this item is open."
    ),
    "by_people": Text(
        "{registry}未联网，本项由{department}协查核实。",
        "{registry} is not connected; {department} verifies this item.",
    ),
    "not_asked": Text("尚未向{registry}比对，本项待核。", "{registry} has not been asked yet; this item is open."),
    "malformed": Text(
        "{registry}返回的数据无法识别（已留存），不作为判断依据，本项待核。",
        "{registry} gave an answer that cannot be read (kept as evidence); nothing is concluded from it and "
        "this item is open.",
    ),
    "not_connected": Text(
        "{registry}未联网，本项没有比对，不作为通过也不作为待核。",
        "{registry} is not connected; this item was not asked and counts neither as passed nor as open.",
    ),
    "confirmed": Text("{department}协查答复属实。", "{department} has confirmed this."),
    "refuted": Text("{department}协查答复不属实。", "{department} has answered that this is not so."),
    "stood": Text(
        "班期内比对已通过；结业后的答复不同，不影响参训资格。",
        "Passed when asked during the class; what is answered otherwise after it changes nothing.",
    ),
}
VOUCHED = Text("{said}（由{by}凭{on}核实）", "{said} (settled by {by} on {on})")
ASK_AGAIN = Text(
    "系统会自动再次比对，不需要重新提交。", "The system asks again by itself; nothing has to be submitted again."
)
SOMEBODY = Text("有关部门", "The department concerned")
UNSETTLED = Text("", "")
REMEMBERED = 1 << 13
ANSWERS = (CONFIRMED, REFUTED)


def judge(facts: Facts, table: RuleTable) -> Judgement:
    """Judge one person for the category named in the facts, for the days of the class; UnknownCategory when the table
    lacks it.
    """
    category = table.category(facts.category)
    look = Look(facts, table)
    asked = [check for check in category.checks if not check.only_marked or facts.person.marks & set(check.only_marked)]
    found = [(check, find(look, check)) for check in asked]
    results = tuple(_result(look, check, finding) for check, finding in found)
    groups = tuple(dict.fromkeys(group for _, finding in found for group in finding.subgroups))
    days = facts.first_day, facts.last_day
    return Judgement(verdict_of(results), results, groups, table.code, category.code, facts.as_of, *days)


def find(look: Look, check: Check) -> Finding:
    """One line of the table: its test, silence of a registry, what people answered where people may, and whether a pass
    on or before the last day stands.
    """
    try:
        finding = check.test(look, **check.limits)
    except Silent as silent:
        if silent.registry in look.facts.not_connected and silent.reason != "malformed":
            return Finding(NOT_ASKED, "not_connected", {"registry": REGISTRIES[silent.registry]})
        facts = silent.evidence or ({"registry": silent.registry, "reason": silent.reason},)
        needs = ASSISTED if check.assisted else look.awaited(silent.registry)
        by_people = silent.reason == "unavailable" and silent.registry in look.facts.by_people
        says = "by_people" if by_people else silent.reason
        finding = Finding(UNKNOWN, says, {"registry": REGISTRIES[silent.registry]}, facts, needs)
    if finding.undated and check.undated and finding.outcome != PASS and look.stands(check.code):
        finding = _stood(look, check, finding)
    return _settled(look, check, finding)


def _stood(look: Look, check: Check, finding: Finding) -> Finding:
    """A record without dates speaks for the day it was asked: what it says after the class is shown and harms nobody
    (R-ELG-3).
    """
    values = {"when": day_text(look.day), "day": look.day, "last": look.last, **check.limits, **finding.values}
    sentence = _sentence(check, finding.says).fill(values)
    bare = Text(sentence.zh.rstrip("。"), sentence.en.rstrip("."))
    return Finding(
        PASS, "stood", {}, finding.evidence, after=(*finding.after, Later("otherwise", look.asked, (("said", bare),)))
    )


def _settled(look: Look, check: Check, finding: Finding) -> Finding:
    """People answer what is left to them, and nothing else: no registry's fail is confirmed away, its silence not
    signed off.
    """
    answer = look.facts.assisted.get(check.code)
    if answer not in {CONFIRMED, REFUTED} or not settled_by_evidence(check.registry, finding.outcome, finding.needs):
        return finding
    fact: dict[str, Any] = {"assisted": answer}
    if vouched := look.facts.vouched.get(check.code):
        fact |= vouched._asdict()
    outcome = PASS if answer == CONFIRMED else FAIL
    return finding._replace(outcome=outcome, says=str(answer), evidence=(*finding.evidence, fact), needs=None)


def _result(look: Look, check: Check, finding: Finding) -> Result:
    """The finding in the line's words."""
    vouched = look.facts.vouched.get(check.code) if finding.says in ANSWERS else None
    wording = Wording(finding.says, tuple(finding.values.items()), finding.after, vouched)
    result = worded(check, look.day, look.last, finding.outcome, finding.needs, wording)
    return replace(result, evidence=finding.evidence) if finding.evidence else result


def _sentence(check: Check, says: str) -> Text:
    return check.says[says] if says in check.says else COMMON_SAYS[says]


@lru_cache(maxsize=REMEMBERED)
def worded(check: Check, day: date, last: date, outcome: str, needs: str | None, wording: Wording) -> Result:
    """The sentences of a result, from all they are made of: most people of a class get the same. What is kept is
    read by this, too.
    """
    values = {
        "when": day_text(day),
        "day": day,
        "last": last,
        "department": check.department or SOMEBODY,
        **check.limits,
        **dict(wording.values),
    }
    sentence, label = _sentence(check, wording.says).fill(values), check.label.fill(values)
    if wording.vouched:
        bare = Text(sentence.zh.rstrip("。"), sentence.en.rstrip("."))
        sentence = VOUCHED.fill({"said": bare, **wording.vouched._asdict()})
    advice = UNSETTLED
    if outcome not in {PASS, NOT_ASKED}:
        advice = ASK_AGAIN if needs == "registry" else check.advice.fill(values)
    return Result(
        code=check.code,
        label_zh=label.zh,
        label_en=label.en,
        clause=check.clause,
        registry=check.registry,
        outcome=outcome,
        sentence_zh=sentence.zh,
        sentence_en=sentence.en,
        advice_zh=advice.zh,
        advice_en=advice.en,
        assisted=check.assisted or needs == ASSISTED,
        needs=needs,
        first_day=day.isoformat(),
        last_day=(last if check.speaks_for == THROUGH_CLASS else day).isoformat(),
        after=tuple([explain_later(one, label) for one in wording.after]),
        wording=wording,
    )
