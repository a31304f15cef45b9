"""Results, checks and departments in the reader's language (R-ELG-2, R-ELG-5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from eligibility.engine import PASS, UNKNOWN
from eligibility.engine.judgement import Result
from eligibility.engine.text import Text
from eligibility.rules.departments import check_of, department_named
from kit.languages import language


def label_of(code: str, category: str = "") -> str:
    """A check's name; the code of one that no table has any more."""
    check = check_of(code, category)
    return check.label.fill(check.limits).of(language()) if check else code


def department_label(name: str) -> str:
    """A department kept by its Chinese name."""
    return department_named(name).of(language())


def describe_overruling(result: Result, *, office: bool = False) -> str:
    """By whom, agreed by whom, why and, for an `office`, on which file; "" for a result that stands."""
    if not result.overruled:
        return ""
    overruling = result.overruling or {}
    text = (
        _("已推翻：%(by)s提出，%(agreed_by)s同意；理由：%(reason)s；依据：%(file)s")
        if office
        else _("已推翻：%(by)s提出，%(agreed_by)s同意；理由：%(reason)s")
    )
    return text % {name: overruling.get(name, "—") for name in ("by", "agreed_by", "reason", "file")}


def describe_later(result: Result) -> str:
    """What came after the class, which harms nobody (R-ELG-3); "" where nothing did."""
    if not result.after:
        return ""
    zh = language() != "en"
    facts = ("；" if zh else "; ").join(note["zh" if zh else "en"] for note in result.after)
    return _("结业之后：%(facts)s（不影响本班资格）。") % {"facts": facts}


IDENTITY = "id_valid"
NOT_AGREED = Text(
    "姓名和号码还没有核对一致，请对照身份证核对；其他比对结果由审核部门核实。",
    "Name and number have not been found to agree yet: check them against the identity card; the office looks into"
    " everything else.",
)


NOT_ANSWERED = Text(
    "核对姓名的系统暂未答复，姓名和号码还没有核对；系统会再次比对，答复后显示结果。",
    "The registry that knows names has not answered yet, so name and number have not been checked; it is asked again,"
    " and the result is shown then.",
)


def names_agree(results: Iterable[Result]) -> bool:
    """Whether somebody who knows both, a registry or people, confirmed that name and number are one person; a unit
    reads nothing of what registries say before (R-SEC-1). A number that passes on its own, since nobody has a name for
    it, rests on no fact: any name would.
    """
    return all(
        result.overruled or (result.outcome == PASS and bool(result.evidence))
        for result in results
        if result.code == IDENTITY
    )


def not_agreed(results: Iterable[Result]) -> Text:
    """What a unit reads in place of results while they do not: nothing that tells whether anybody knows the number.
    Where the registry that knows names is silent, whoever it is, that is the sentence.
    """
    results = list(results)
    asked = {result.registry for result in results if result.code == IDENTITY}
    silent = any(
        result.registry in asked and result.wording and result.wording.says == "unavailable" for result in results
    )
    return NOT_ANSWERED if silent else NOT_AGREED


def for_unit(results: Sequence[Result]) -> list[Result]:
    """The results as a unit may read them: all, or the one line that name and number do not agree."""
    if names_agree(results):
        return list(results)
    words = not_agreed(results)
    neutral: dict[str, Any] = {
        "outcome": UNKNOWN,
        "sentence_zh": words.zh,
        "sentence_en": words.en,
        "advice_zh": "",
        "advice_en": "",
        "evidence": (),
        "after": (),
        "wording": None,
    }
    return [replace(result, **neutral) for result in results if result.code == IDENTITY]


def sentence_of(result: Result, *, office: bool = False) -> str:
    """The sentence to be read aloud, behind it that two officers set the result aside, and what came after the class;
    the officers' file is named to an `office` only.
    """
    sentence = result.sentence_en if language() == "en" else result.sentence_zh
    if words := describe_overruling(result, office=office):
        sentence = f"{sentence}（{words}）"
    return f"{sentence}{describe_later(result)}"
