"""The judge: every line of the category's table is asked, then the verdict follows (R-ELG-1, R-ELG-2)."""

from datetime import date
from functools import lru_cache

from eligibility.engine.facts import CONFIRMED, REFUTED, Facts
from eligibility.engine.judgement import Judgement, Result, verdict_of
from eligibility.engine.look import Look, Silent
from eligibility.engine.model import FAIL, PASS, UNKNOWN, Check, Finding, RuleTable
from eligibility.engine.records import REGISTRIES
from eligibility.engine.text import Text

# Sentences every line shares; a line may say them in its own words.
COMMON_SAYS = {
    "unavailable": Text(
        "{registry}暂未答复，本项待核，不影响其他项目。", "{registry} has not answered yet; this item is open."
    ),
    "by_people": Text(
        "{registry}未联网，本项由{department}协查核实。", "{registry} is not connected; {department} verifies this item."
    ),
    "not_asked": Text("尚未向{registry}比对，本项待核。", "{registry} has not been asked yet; this item is open."),
    "malformed": Text(
        "{registry}返回的数据无法识别（已留存），不作为判断依据，本项待核。",
        "{registry} gave an answer that cannot be read (kept as evidence); nothing is concluded from it and "
        "this item is open.",
    ),
    "confirmed": Text("{department}协查答复属实。", "{department} has confirmed this."),
    "refuted": Text("{department}协查答复不属实。", "{department} has answered that this is not so."),
}
ASK_AGAIN = Text(
    "系统会自动再次比对，不需要重新提交。", "The system asks again by itself; nothing has to be submitted again."
)
SOMEBODY = Text("有关部门", "The department concerned")
UNSETTLED = Text("", "")
REMEMBERED = 1 << 13


def judge(facts: Facts, table: RuleTable) -> Judgement:
    """Judge one person for the category named in the facts, as of their day; UnknownCategory when the table
    lacks it.
    """
    category = table.category(facts.category)
    look = Look(facts, table)
    asked = [check for check in category.checks if not check.only_marked or facts.person.marks & set(check.only_marked)]
    found = [(check, find(look, check)) for check in asked]
    results = tuple(_result(look, check, finding) for check, finding in found)
    groups = tuple(dict.fromkeys(group for _, finding in found for group in finding.subgroups))
    return Judgement(verdict_of(results), results, groups, table.code, category.code, facts.as_of)


def find(look: Look, check: Check) -> Finding:
    """One line of the table: its test, silence of a registry, and what people answered where people may."""
    try:
        finding = check.test(look, **check.limits)
    except Silent as silent:
        facts = silent.evidence or ({"registry": silent.registry, "reason": silent.reason},)
        needs = "assisted" if check.assisted else look.awaited(silent.registry)
        by_people = silent.reason == "unavailable" and silent.registry in look.facts.by_people
        says = "by_people" if by_people else silent.reason
        finding = Finding(UNKNOWN, says, {"registry": REGISTRIES[silent.registry]}, facts, needs)
    return _settled(look, check, finding)


def _settled(look: Look, check: Check, finding: Finding) -> Finding:
    """People answer what the registries leave to them, and nothing else: a fail is not confirmed away,
    silence not signed off.
    """
    answer = look.facts.assisted.get(check.code)
    if finding.outcome != UNKNOWN or finding.needs != "assisted" or answer not in {CONFIRMED, REFUTED}:
        return finding
    said = ({"assisted": answer},)
    outcome = PASS if answer == CONFIRMED else FAIL
    return finding._replace(outcome=outcome, says=str(answer), evidence=(*finding.evidence, *said), needs=None)


def _result(look: Look, check: Check, finding: Finding) -> Result:
    """The finding in the line's words; where nothing is shown as evidence, the very result of others found the same."""
    result = _worded(check, finding.outcome, finding.says, finding.needs, look.when, look.day, tuple(finding.values.items()))
    return result.showing(finding.evidence) if finding.evidence else result


@lru_cache(maxsize=REMEMBERED)
def _worded(
    check: Check, outcome: str, says: str, needs: str | None, when: Text, day: date, found: tuple[tuple[str, object], ...]
) -> Result:
    """The sentences of a finding, from all they are made of: most people of a class are told the same."""
    values = {
        "when": when,
        "day": day,
        "department": check.department or SOMEBODY,
        **check.limits,
        **dict(found),
    }
    said = check.says[says] if says in check.says else COMMON_SAYS[says]
    sentence, label = said.fill(values), check.label.fill(values)
    advice = UNSETTLED
    if outcome != PASS:
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
        assisted=check.assisted or needs == "assisted",
        needs=needs,
    )
