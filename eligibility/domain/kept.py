"""Judgements as they are kept, read back: the words are made from the rule table they refer to, in the reader's time
(R-ELG-2, R-ELG-4).

A row of the time before keeps its own words; so does what an upper room added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from eligibility.engine import Check, Judgement
from eligibility.engine.judge import worded
from eligibility.engine.judgement import Result
from eligibility.engine.wording import Wording
from eligibility.rules.table import table_named


@lru_cache(maxsize=256)
def lines_of(table: str, category: str) -> dict[str, Check]:
    """The lines of a category in a table, by code; NoTable, UnknownCategory where there is none, which a table in use
    never comes to.
    """
    return {check.code: check for check in table_named(table).category(category).checks}


def read(items: Iterable[Mapping[str, Any]], head: Mapping[str, Any]) -> list[Result]:
    """Kept results in words; `head` is the judgement they belong to: `table`, `category`, `first_day`, `last_day`."""
    return [_read(item, head) for item in items]


def _read(item: Mapping[str, Any], head: Mapping[str, Any]) -> Result:
    if "says" not in item:
        return Result.from_json(item)
    check, days = (
        lines_of(head["table"], head["category"])[item["code"]],
        (_day(head["first_day"]), _day(head["last_day"])),
    )
    result = worded(check, *days, item["outcome"], item.get("needs"), Wording.from_json(item))
    changes = {name: item[name] for name in ("overruled", "overruling") if name in item}
    if item["evidence"]:
        changes["evidence"] = tuple(item["evidence"])
    return replace(result, **changes) if changes else result


_day = lru_cache(maxsize=4096)(date.fromisoformat)


def judgement_of(kept: Mapping[str, Any]) -> Judgement:
    """The judgement kept as JSON, as it was: nothing is judged again."""
    asked = kept["as_of"]
    days = (_day(day) for day in (asked, kept.get("first_day", asked), kept.get("last_day", asked)))
    return Judgement(
        kept["verdict"],
        tuple(read(kept["results"], kept)),
        tuple(kept["subgroups"]),
        kept["table"],
        kept["category"],
        *days,
    )
