"""What a category asks: registries, papers, columns, and which other category may fit (category help, roster
template).
"""

from dataclasses import replace
from typing import NamedTuple

from eligibility.engine.facts import Facts
from eligibility.engine.judge import judge
from eligibility.engine.judgement import Judgement
from eligibility.engine.model import ELIGIBLE, INELIGIBLE, Category, RuleTable


class Registries(NamedTuple):
    """The registries asked about the person and about the employer."""

    person: tuple[str, ...]
    employer: tuple[str, ...]


class Paper(NamedTuple):
    """One of the documents `any_of` is to be attached, for this check under this clause."""

    any_of: tuple[str, ...]
    check: str
    clause: str


class Suggestion(NamedTuple):
    """A category that may fit better, the failed check that points to it, and the verdict it would have on
    the same facts.
    """

    category: Category
    because: str
    verdict: str


def categories(table: RuleTable) -> tuple[Category, ...]:
    """The categories of the table in the notice's order."""
    return table.categories


def registries_needed(category: Category) -> Registries:
    """Which registries are asked, each once, in the order of the checks."""
    person = dict.fromkeys(registry for check in category.checks for registry in check.asks_person)
    employer = dict.fromkeys(registry for check in category.checks for registry in check.asks_employer)
    return Registries(tuple(person), tuple(employer))


def documents_for(category: Category) -> tuple[Paper, ...]:
    """The papers the category asks for."""
    return tuple(Paper(check.documents, check.code, check.clause) for check in category.checks if check.documents)


def columns_for(category: Category) -> tuple[str, ...]:
    """The roster columns the category needs beyond name and number."""
    return category.columns


def other_categories(facts: Facts, table: RuleTable, judgement: Judgement | None = None) -> tuple[Suggestion, ...]:
    """Which other categories may fit where checks failed: named by the failed lines, kept unless the same facts
    rule them out.

    Those that would be eligible come first. Nothing is suggested when nothing failed.
    """
    judgement = judgement or judge(facts, table)
    own = table.category(facts.category)
    pointed: dict[str, str] = {}
    for check in own.checks:
        if check.code in judgement.failed:
            for code in check.instead:
                pointed.setdefault(code, check.code)
    known = {category.code: category for category in table.categories}
    found = []
    for code, because in pointed.items():
        if code != own.code and code in known:
            verdict = judge(replace(facts, category=code), table).verdict
            if verdict != INELIGIBLE:
                found.append(Suggestion(known[code], because, verdict))
    return tuple(sorted(found, key=lambda suggestion: suggestion.verdict != ELIGIBLE))
