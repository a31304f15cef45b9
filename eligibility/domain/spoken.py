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


def sentence_of(result: Result, *, office: bool = False) -> str:
    """The sentence to be read aloud, and behind it that two officers set the result aside; their file is named to an `office` only."""
    sentence = result.sentence_en if language() == "en" else result.sentence_zh
    words = overruled_words(result, office=office)
    return f"{sentence}（{words}）" if words else sentence
