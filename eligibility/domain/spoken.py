"""Results, checks and departments in the reader's language (R-ELG-2, R-ELG-5)."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eligibility.engine.judgement import Result
from eligibility.rules.departments import check_of, department_named


def language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def label_of(code: str, category: str = "") -> str:
    """A check's name; the code of one that no table has any more."""
    check = check_of(code, category)
    return check.label.fill(check.limits).of(language()) if check else code


def department_words(name: str) -> str:
    """A department kept by its Chinese name."""
    return department_named(name).of(language())


def overruled_words(result: Result, *, office: bool = False) -> str:
    """By whom, agreed by whom, why and, for an `office`, on which file; "" for a result that stands."""
    if not result.overruled:
        return ""
    said = result.overruling or {}
    text = _("已推翻：%(by)s提出，%(agreed_by)s同意；理由：%(reason)s；依据：%(file)s") if office else _(
        "已推翻：%(by)s提出，%(agreed_by)s同意；理由：%(reason)s")
    return text % {name: said.get(name, "—") for name in ("by", "agreed_by", "reason", "file")}


def after_words(result: Result) -> str:
    """What came after the class, which harms nobody (R-ELG-3); "" where nothing did."""
    if not result.after:
        return ""
    zh = language() != "en"
    facts = ("；" if zh else "; ").join(note["zh" if zh else "en"] for note in result.after)
    return _("结业之后：%(facts)s（不影响本班资格）。") % {"facts": facts}


def sentence_of(result: Result, *, office: bool = False) -> str:
    """The sentence to be read aloud, behind it that two officers set the result aside, and what came after the class; the officers'
    file is named to an `office` only.
    """
    sentence = result.sentence_en if language() == "en" else result.sentence_zh
    if words := overruled_words(result, office=office):
        sentence = f"{sentence}（{words}）"
    return f"{sentence}{after_words(result)}"
