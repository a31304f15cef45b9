"""What came after the last day of the class, in words: shown, and held against nobody (R-ELG-3)."""

from typing import Any

from eligibility.engine.model import Later
from eligibility.engine.text import Text

SAYS = {
    "hired": Text("{day}在单位（{uscc}）办理就业登记", "registered as employed by {uscc} on {day}"),
    "insured": Text("{day}参加企业职工社会保险（{uscc}）", "insured as an employee ({uscc}) on {day}"),
    "contract": Text("{day}起与单位（{uscc}）有劳动合同", "under contract with {uscc} since {day}"),
    "dispatch": Text("{day}起被派遣到单位（{uscc}）", "dispatched to {uscc} since {day}"),
    "legal_representative": Text("{day}登记为企业（{uscc}）法定代表人", "legal representative of {uscc} since {day}"),
    "individual_operator": Text("{day}起经营个体工商户（{uscc}）", "runs an individual business ({uscc}) since {day}"),
    "share_only": Text("{day}登记为企业（{uscc}）股东或高管", "shareholder or executive of {uscc} since {day}"),
    "transferred": Text("{day}转移就业登记（{agency}）", "transfer into work registered on {day} ({agency})"),
    "registered_unemployed": Text("{day}办理失业登记", "registered as unemployed on {day}"),
    "graduated": Text("{day}高校毕业", "graduated on {day}"),
    "pension": Text("{day}起领取城镇职工基本养老金", "draws the employee pension since {day}"),
    "left": Text("在本企业的单位就业登记到{day}为止", "registered as employed here until {day}"),
    "contract_ended": Text("与本企业的劳动合同或派遣到{day}为止", "the contract or dispatch ended on {day}"),
    "paper_ended": Text("{line}到{day}为止有效", "{line}: valid until {day}"),
    "recognition_ended": Text("困难企业认定到{day}为止", "the recognition of the employer ended on {day}"),
    "died": Text("{day}死亡", "died on {day}"),
    "imprisoned": Text("{day}起服刑", "in prison since {day}"),
    "otherwise": Text(
        "{day}比对的答复与班期内通过时不同（{said}）",
        "the answer of {day} is not the one passed on during the class ({said})",
    ),
}


def explain_later(later: Later, line: Text) -> dict[str, Any]:
    """One such fact as plain JSON: what, the day, and the words in both languages; `line` is the name of the check."""
    words = SAYS[later.what].fill({**dict(later.values), "day": later.day, "line": line})
    return {"what": later.what, "on": later.day.isoformat(), "zh": words.zh, "en": words.en}
