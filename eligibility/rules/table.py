"""The rule tables by name and by day (R-ELG-4): an enrolment is judged by the table in force on its class's
first day.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from eligibility.engine.model import Category, Check, RuleTable
from eligibility.engine.text import Text
from eligibility.rules import employees, key_groups, others, poverty
from eligibility.rules.common import NOTICE
from eligibility.rules.retirement import RETIREMENT

SECTIONS = {
    "key_groups": Text("就业重点群体", "Key groups"),
    "poverty": Text("建档立卡贫困劳动力及贫困家庭子女", "Registered poor labourers and children of poor families"),
    "employees": Text("企业职工", "Enterprise employees"),
    "others": Text("其他群体", "Other groups"),
}

NMG_2020_95 = RuleTable(
    code="nmg-2020-95",
    title=Text("补贴性职业技能培训人员类别审核条件（2020）", "Who may be trained at public cost (2020)"),
    policy="内人社办发〔2020〕95号",
    since=NOTICE,
    categories=(*key_groups.CATEGORIES, *poverty.CATEGORIES, *employees.CATEGORIES, *others.CATEGORIES),
    retirement=RETIREMENT,
)


class NoTable(LookupError):
    """No rule table was in force on that day, or none has that name."""


def amended(
    table: RuleTable,
    code: str,
    title: Text,
    since: date,
    change: Callable[[Check], Check | None],
    *,
    draft: bool = True,
) -> RuleTable:
    """A successor of `table`: `change` is asked for every line and gives it back, another in its place, or
    None to drop it.
    """
    categories = tuple(_amended_category(category, change) for category in table.categories)
    return replace(table, code=code, title=title, since=since, categories=categories, draft=draft)


def _amended_category(category: Category, change: Callable[[Check], Check | None]) -> Category:
    return replace(category, checks=tuple(kept for check in category.checks if (kept := change(check)) is not None))


def _example(check: Check) -> Check | None:
    """示例: one more year for new hires, and graduates may be registered as unemployed."""
    if check.code == "within_one_year_of_contract":
        return replace(check, limits={**check.limits, "years": 2})
    return None if check.code == "not_registered_unemployed" else check


EXAMPLE_DRAFT = amended(
    NMG_2020_95,
    "draft-example",
    Text(
        "示例草案：放宽新录用年限和毕业生失业登记（示例）",
        "Example draft: two years for new hires, graduates may be registered (example)",
    ),
    date(2026, 1, 1),
    _example,
)

TABLES: dict[str, RuleTable] = {table.code: table for table in (NMG_2020_95, EXAMPLE_DRAFT)}


def table_named(code: str) -> RuleTable:
    """The table of that name, drafts included; NoTable when there is none."""
    try:
        return TABLES[code]
    except KeyError as error:
        raise NoTable(code) from error


def table_on(day: date) -> RuleTable:
    """The table in force on `day`; drafts never are. NoTable for a day before the first."""
    tables = [t for t in TABLES.values() if not t.draft and t.since <= day and (t.until is None or day < t.until)]
    if not tables:
        raise NoTable(day.isoformat())
    return max(tables, key=lambda table: table.since)
