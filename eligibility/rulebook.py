"""The rule book (R-ELG-4): what each category asks, printed from the tables themselves, in Chinese and English.

`rule_book` gives data for the page, `markdown` the same as text for `print_rules`; neither knows a rule of its own.
"""

from typing import Any

from eligibility.clauses import CLAUSES, clause
from eligibility.engine import (
    FIRST_DAY,
    REGISTRIES,
    THROUGH_CLASS,
    Category,
    Check,
    RuleTable,
    Text,
    documents_for,
    registries_needed,
)
from eligibility.rules.common import COLUMNS, DOCUMENTS, MARKS
from eligibility.rules.table import SECTIONS

LANGUAGES = ("zh", "en")
WORDS = {
    "policy": Text("依据", "Policy"),
    "since": Text("施行日期", "In force from"),
    "draft": Text("草案，未施行", "Draft, not in force"),
    "check": Text("审核项", "Check"),
    "asks": Text("通过条件", "Passes when"),
    "speaks_for": Text("审核时点", "Speaks for"),
    "registry": Text("比对系统", "Registry"),
    "clause": Text("条款", "Clause"),
    "advice": Text("不符合或待核时", "If not"),
    "papers": Text("材料", "Papers"),
    "registries": Text("比对", "Compared with"),
    "assisted": Text("{department}协查", "verified by {department}"),
    "format": Text("填报信息", "what was entered"),
    "marked": Text("仅限{marks}", "only for {marks}"),
    "clauses": Text("条款索引", "Index of clauses"),
    "retirement": Text("法定退休年龄", "Statutory retirement age"),
    "none": Text("无", "none"),
}
SPEAKS = {
    FIRST_DAY: Text("开班日", "the first day"),
    THROUGH_CLASS: Text("开班日至结业日", "first to last day"),
}
WHO = {
    ("male", None): Text("男职工", "men"),
    ("female", "worker"): Text("女职工（工人岗位）", "women in workers' posts"),
    ("female", "manager"): Text("女职工（管理岗位）", "women in management posts"),
}
AGE = Text("{years}周岁", "{years} years")
DELAY = Text(
    "{first}以后出生的，每{step}个月延迟1个月，最多{limit}个月",
    "born from {first} on: one month later for every {step} months, up to {limit} months",
)


def rule_book(table: RuleTable, language: str = "zh") -> dict[str, Any]:
    """The table as data for a page: sections, categories, lines with the clause each cites; plain JSON."""
    sections = []
    for code, title in SECTIONS.items():
        members = [category_page(c, language) for c in table.categories if c.section == code]
        if members:
            sections.append({"code": code, "title": title.of(language), "categories": members})
    return {
        "table": table.code,
        "title": table.title.of(language),
        "policy": table.policy,
        "since": table.since.isoformat(),
        "until": table.until.isoformat() if table.until else None,
        "draft": table.draft,
        "sections": sections,
        "retirement": _retirement(table, language),
        "clauses": [clause_page(number, language) for number in cited(table)],
    }


def category_page(category: Category, language: str = "zh") -> dict[str, Any]:
    """One category in plain words: what will be asked, of whom, which papers and roster columns (category help)."""
    asked = registries_needed(category)
    return {
        "code": category.code,
        "name": category.name.of(language),
        "clause": category.clause,
        "checks": [check_line(check, language) for check in category.checks],
        "registries": [REGISTRIES[r].of(language) for r in asked.person],
        "employer_registries": [REGISTRIES[r].of(language) for r in asked.employer],
        "papers": [_either(paper.any_of, language) for paper in documents_for(category)],
        "columns": [COLUMNS[column].of(language) for column in category.columns],
    }


def check_line(check: Check, language: str = "zh") -> dict[str, Any]:
    """One line of the table as an officer reads it."""
    return {
        "code": check.code,
        "label": check.label.fill(check.limits).of(language),
        "asks": check.asks.fill(check.limits).of(language) + _only(check, language),
        "speaks_for": SPEAKS[check.speaks_for].of(language),
        "registry": check.registry,
        "decided_by": _decided_by(check, language),
        "clause": check.clause,
        "slug": clause(check.clause).slug,
        "limits": {name: list(v) if isinstance(v, tuple) else v for name, v in check.limits.items()},
        "documents": list(check.documents),
        "advice": check.advice.fill(check.limits).of(language),
    }


def clause_page(number: str, language: str = "zh") -> dict[str, Any]:
    """One clause: where it stands and what it asks, in our own words."""
    found = clause(number)
    return {
        "number": number,
        "slug": found.slug,
        "source": found.source.of(language),
        "place": found.place.of(language),
        "asks": found.asks.of(language),
    }


def cited(table: RuleTable) -> list[str]:
    """The clauses the table cites, in the order of the index; KeyError when one is not in it."""
    numbers = {number for c in table.categories for number in (c.clause, *(check.clause for check in c.checks))}
    numbers |= {law.clause for law in table.retirement}
    missing = numbers - CLAUSES.keys()
    if missing:
        raise KeyError(", ".join(sorted(missing)))
    return [number for number in CLAUSES if number in numbers]


def markdown(table: RuleTable, language: str = "zh") -> str:
    """The rule book as Markdown."""
    book = rule_book(table, language)
    word = {name: text.of(language) for name, text in WORDS.items()}
    draft = f" · {word['draft']}" if book["draft"] else ""
    lines = [
        f"# {book['title']}",
        "",
        f"{word['policy']}: {book['policy']} · {word['since']}: {book['since']}{draft} · `{book['table']}`",
    ]
    for section in book["sections"]:
        lines += ["", f"## {section['title']}"]
        for category in section["categories"]:
            lines += ["", *_category_lines(category, word)]
    lines += ["", f"## {word['retirement']}", ""]
    lines += [f"- {row['since']} · {row['who']}: {row['age']} ({row['clause']})" for row in book["retirement"]]
    lines += ["", f"## {word['clauses']}", ""]
    lines += [f"- **{c['number']}** ({c['source']}, {c['place']}): {c['asks']}" for c in book["clauses"]]
    return "\n".join(lines) + "\n"


def _category_lines(category: dict[str, Any], word: dict[str, str]) -> list[str]:
    registries = [*category["registries"], *category["employer_registries"]]
    rows = [f"### {category['name']} (`{category['code']}`, {category['clause']})", ""]
    rows.append(f"{word['registries']}: {', '.join(dict.fromkeys(registries)) or word['none']}  ")
    rows.append(f"{word['papers']}: {', '.join(category['papers']) or word['none']}")
    rows += [
        "",
        (
            f"| {word['check']} | {word['asks']} | {word['speaks_for']} | {word['registry']} | {word['clause']} |"
            f" {word['advice']} |"
        ),
        "|---|---|---|---|---|---|",
    ]
    for line in category["checks"]:
        rows.append(
            f"| {line['label']} (`{line['code']}`) | {line['asks']} | {line['speaks_for']} | {line['decided_by']} |"
            f" {line['clause']} | {line['advice']} |"
        )
    return rows


def _decided_by(check: Check, language: str) -> str:
    parts = [REGISTRIES[check.registry].of(language)] if check.registry else []
    if check.assisted and check.department:
        parts.append(WORDS["assisted"].fill({"department": check.department}).of(language))
    if check.documents:
        parts.append(_either(check.documents, language))
    return ", ".join(parts) or WORDS["format"].of(language)


def _only(check: Check, language: str) -> str:
    if not check.only_marked:
        return ""
    marks = ("、" if language == "zh" else ", ").join(MARKS[mark].of(language) for mark in check.only_marked)
    only = WORDS["marked"].of(language).format(marks=marks)
    return f"（{only}）" if language == "zh" else f" ({only})"


def _either(documents: tuple[str, ...], language: str) -> str:
    return (" 或 " if language == "zh" else " or ").join(DOCUMENTS[document].of(language) for document in documents)


def _retirement(table: RuleTable, language: str) -> list[dict[str, Any]]:
    rows = []
    for law in table.retirement:
        for row in law.rows:
            age = AGE.of(language).format(years=row.years)
            if row.first_birth:
                delay = DELAY.of(language).format(first=row.first_birth.isoformat(), step=row.step, limit=row.limit)
                age += f"，{delay}" if language == "zh" else f"; {delay}"
            who = WHO[row.sex, row.kind].of(language)
            rows.append({"since": law.since.isoformat(), "clause": law.clause, "who": who, "age": age})
    return rows
