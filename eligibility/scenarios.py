"""Policy cases: a file is read, every case judged by the code the portal uses, its expectation compared (R-ELG-9).

Pure: text in, outcomes out. A case nobody can read is reported with its id and the field; the others still run.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from eligibility.engine import (
    CONFIRMED,
    ELIGIBLE,
    INELIGIBLE,
    NEEDS_VERIFICATION,
    REFUTED,
    REGISTRIES,
    Facts,
    Judgement,
    Recognition,
    RuleTable,
    Subject,
    UnknownCategory,
    judge,
    read_answer,
)
from eligibility.engine.checks.occupations import STATUSES
from eligibility.engine.dates import parse_day
from eligibility.rules.table import TABLES, NoTable, table_on

VERDICTS = (ELIGIBLE, INELIGIBLE, NEEDS_VERIFICATION)
LEVELS = (1, 2, 3, 4, 5)
OPEN_ANSWERS = ("open", "cannot_say")
CHECKS = [check for table in TABLES.values() for category in table.categories for check in category.checks]
CHECK_CODES = frozenset(check.code for check in CHECKS)
RECOGNISED = frozenset(check.code for check in CHECKS if check.once_an_employer)


class FileError(ValueError):
    """The file is no list of cases; the sentence says why."""


class ScenarioError(ValueError):
    """A case that cannot be judged: the field (dotted path) and what is wrong with it."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.field, self.problem = where, problem


@dataclass(frozen=True)
class Expectation:
    """What the author of a case expects; None where nothing was said."""

    verdict: str | None = None
    failed: frozenset[str] | None = None
    open: frozenset[str] | None = None


@dataclass(frozen=True)
class Outcome:
    """One case judged, or why it could not be. `ok` is None when the case expects nothing."""

    id: str
    ok: bool | None
    judgement: Judgement | None = None
    expected: Expectation = field(default_factory=Expectation)
    error: ScenarioError | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, one object a case."""
        row: dict[str, Any] = {"id": self.id, "verdict": None, "failed": [], "open": [], "ok": self.ok}
        if self.judgement:
            told = {"verdict": self.judgement.verdict, "failed": list(self.judgement.failed)}
            row |= told | {"open": list(self.judgement.open), "table": self.judgement.table_code}
            row["subgroups"] = list(self.judgement.subgroups)
        if self.ok is False and self.judgement:
            row["expected"] = {
                "verdict": self.expected.verdict,
                "failed": _listed(self.expected.failed),
                "open": _listed(self.expected.open),
            }
        if self.error:
            row["error"] = {"field": self.error.field, "message": self.error.problem}
        return row


def _listed(codes: Collection[str] | None) -> list[str] | None:
    return None if codes is None else sorted(codes)


def read_scenarios(path: Path) -> list[Any]:
    """The raw cases of a file; FileError says in a sentence why it cannot be read: not there, not UTF-8, no JSON, no
    list.
    """
    try:
        cases = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FileError(f"文件打不开 / the file cannot be opened: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileError("不是UTF-8编码的文本，请另存为UTF-8 / not UTF-8 text; save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise FileError(f"不是有效的JSON / not valid JSON: {error}") from error
    if not isinstance(cases, list):
        raise FileError("应为案例列表（JSON数组） / a JSON list of cases is expected")
    return cases


def run_scenario(raw: object, number: int, table: RuleTable | None = None) -> Outcome:
    """Judge one raw case, by `table` or by the one in force on its class's first day; `number` names a case
    without an id.
    """
    name = raw.get("id") if isinstance(raw, Mapping) else None
    known = name if isinstance(name, str) and name else f"#{number}"
    try:
        case = _object(raw, "")
        if name is None or known != name:
            raise ScenarioError("id", "缺少案例编号 / a text is expected")
        facts, expected = facts_of(case), expectation_of(case)
        judgement = judge(facts, _in_force(case, facts, table))
    except ScenarioError as error:
        return Outcome(known, ok=False, error=error)
    return Outcome(known, _meets(judgement, expected), judgement, expected)


def _in_force(case: Mapping[str, Any], facts: Facts, table: RuleTable | None) -> RuleTable:
    if table is None:
        try:
            table = table_on(facts.first_day)
        except NoTable as error:
            raise ScenarioError("class.first_day", f"{facts.first_day} 尚无施行的规则表 / no table in force") from error
    try:
        category = table.category(facts.category)
    except UnknownCategory as error:
        raise ScenarioError("category", f"没有此人员类别 / unknown category: {facts.category}") from error
    if category.section == "employees" and case["class"].get("last_day") is None:
        raise ScenarioError("class.last_day", "缺少 / missing")  # contracts are held against it
    return table


def _meets(judgement: Judgement, expected: Expectation) -> bool | None:
    asked = [
        (expected.verdict, judgement.verdict),
        (expected.failed, frozenset(judgement.failed)),
        (expected.open, frozenset(judgement.open)),
    ]
    told = [wanted == got for wanted, got in asked if wanted is not None]
    return all(told) if told else None


def facts_of(case: Mapping[str, Any]) -> Facts:
    """The facts of a raw case; CaseError names the field that cannot be read. A registry not named has
    answered «nothing known».
    """
    course = _object(case.get("class"), "class")
    person = _object(case.get("person"), "person")
    employer = _optional(case, "employer")
    first = _day(course, "first_day", "class")
    last = _day(course, "last_day", "class", first)
    if last < first:
        raise ScenarioError("class.last_day", f"早于开班日 / before the first day: {last}")
    return Facts(
        category=_text(case, "category"),
        first_day=first,
        last_day=last,
        as_of=_day(case, "as_of", "", first),
        person=Subject(
            _text(person, "name", "person", ""),
            _text(person, "id_number", "person"),
            frozenset(_texts(person, "marks", "person")),
        ),
        occupation=_text(course, "occupation", "class", ""),
        level=_choice(course, "level", "class", LEVELS),
        occupation_status=_choice(course, "occupation_status", "class", STATUSES) or "",
        employer_uscc=_text(employer, "uscc", "employer", "") or None,
        records=_answers(case, "records"),
        employer_records=_answers(case, "employer_records"),
        unavailable=frozenset(_of(_texts(case, "unavailable"), REGISTRIES, "unavailable")),
        documents=frozenset(_texts(case, "documents")),
        documents_valid_to=_mapped(case, "documents_valid_to", _valid_to),
        recognitions=_mapped(case, "recognitions", _recognition),
        assisted={check: said for check, said in _mapped(case, "assisted", _answer).items() if said},
        filings=_mapped(case, "filings", _filed),
    )


def expectation_of(case: Mapping[str, Any]) -> Expectation:
    """What the case expects; CaseError for a verdict that does not exist or a list that is none."""
    expect = _optional(case, "expect")
    failed, still_open = (
        frozenset(_texts(expect, key, "expect")) if expect.get(key) is not None else None for key in ("failed", "open")
    )
    return Expectation(_choice(expect, "verdict", "expect", VERDICTS), failed, still_open)


def _path(parent: str, key: str) -> str:
    return f"{parent}.{key}" if parent else key


def _object(value: object, where: str) -> Mapping[str, Any]:
    if value is None:
        raise ScenarioError(where, "缺少 / missing")
    if not isinstance(value, Mapping):
        raise ScenarioError(where or "case", "应为对象 / an object is expected")
    return value


def _optional(source: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return {} if source.get(key) is None else _object(source[key], key)


def _text(source: Mapping[str, Any], key: str, parent: str = "", default: str | None = None) -> str:
    value = source.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise ScenarioError(_path(parent, key), "缺少 / missing" if value is None else "应为文字 / a text is expected")
    return value


def _texts(source: Mapping[str, Any], key: str, parent: str = "") -> list[str]:
    value = source.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ScenarioError(_path(parent, key), "应为文字列表 / a list of texts is expected")
    return value


def _day(source: Mapping[str, Any], key: str, parent: str, default: date | None = None) -> date:
    value = source.get(key)
    if value is None and default:
        return default
    try:
        return parse_day(value)
    except ValueError as error:
        problem = "缺少 / missing" if value is None else f"不是日期（YYYY-MM-DD） / not a date: {value!r}"
        raise ScenarioError(_path(parent, key), problem) from error


def _choice(source: Mapping[str, Any], key: str, parent: str, choices: tuple[Any, ...]) -> Any:
    value = source.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, type(choices[0])) or value not in choices:
        raise ScenarioError(_path(parent, key), f"应为其中之一 / one of {', '.join(map(str, choices))}: {value!r}")
    return value


def _of(values: list[str], known: Collection[str], where: str) -> list[str]:
    for value in values:
        if value not in known:
            raise ScenarioError(where, f"没有此系统 / unknown registry: {value}")
    return values


def _answers(case: Mapping[str, Any], key: str) -> dict[str, Any]:
    given = _optional(case, key)
    _of(list(given), REGISTRIES, key)
    for registry, records in given.items():
        if not isinstance(records, list):
            raise ScenarioError(f"{key}.{registry}", "应为记录列表 / a list of records is expected")
    return {registry: read_answer(registry, given.get(registry, [])) for registry in REGISTRIES}


def _mapped(case: Mapping[str, Any], key: str, read: Callable[[str, object, str], Any]) -> dict[str, Any]:
    given = _optional(case, key)
    return {name: read(name, value, f"{key}.{name}") for name, value in given.items() if value is not None}


def _valid_to(_name: str, value: object, where: str) -> date:
    return _day({where: value}, where, "")


def _answer(name: str, value: object, where: str) -> str:
    """`confirmed` or `refuted`; what people left open or could not say is the empty text."""
    if name not in CHECK_CODES:
        raise ScenarioError(where, "没有此审核项 / unknown check")
    if value in (CONFIRMED, REFUTED):
        return str(value)
    if value in OPEN_ANSWERS:
        return ""
    raise ScenarioError(where, f"应为 confirmed 或 refuted / one of confirmed, refuted: {value!r}")


def _recognition(name: str, value: object, where: str) -> Recognition:
    """A department's recognition of the employer: from when, until when, of which area."""
    if name not in RECOGNISED:
        raise ScenarioError(where, f"应为其中之一 / one of {', '.join(sorted(RECOGNISED))}")
    given = _object(value, where)
    start, end = _day(given, "from", where), None
    if given.get("to") is not None:
        end = _day(given, "to", where)
        if end < start:
            raise ScenarioError(f"{where}.to", f"早于起始日 / before it begins: {end}")
    return Recognition(start, end, _text(given, "division", where, ""))


def _filed(_name: str, value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise ScenarioError(where, "应为 true 或 false / true or false is expected")
    return value
