"""Statutory retirement days from dated rows of law; what the rows say is in the rule table."""

from datetime import date
from typing import NamedTuple

from eligibility.engine.dates import add_months
from eligibility.engine.look import Look
from eligibility.engine.model import RetirementLaw, RetirementRow
from eligibility.engine.records import Record
from kit.identity import CitizenNumber


class RetirementDays(NamedTuple):
    """The earliest and the latest day this person may retire; equal unless it turns on the kind of post.
    `records` said the kind, which has no dates; `by_kind`: on the day judged it turns on the kind alone.
    """

    first: date
    last: date
    records: tuple[Record, ...]
    by_kind: bool


def law_on(laws: tuple[RetirementLaw, ...], day: date) -> RetirementLaw:
    """The law in force on `day`."""
    return max((law for law in laws if law.since <= day), key=lambda law: law.since, default=laws[0])


def retirement_day(birth: date, row: RetirementRow) -> date:
    """The day the statutory age is reached: delay = whole months since the first birth month of the rule /
    step, rounded down, + 1.
    """
    delay = 0
    if row.first_birth and birth >= row.first_birth:
        months = (birth.year - row.first_birth.year) * 12 + birth.month - row.first_birth.month
        delay = min(months // row.step + 1, row.limit)
    return add_months(birth, row.years * 12 + delay)


def retirement_days(look: Look) -> RetirementDays:
    """The person's retirement days by the law of the first day; a woman's turn on `post_kind`, when one kind
    is on record.
    """
    if not isinstance(look.number, CitizenNumber):
        raise TypeError("the number is not right")
    number = look.number
    rows = [row for row in law_on(look.table.retirement, look.day).rows if row.sex == number.sex]
    records: tuple[Record, ...] = ()
    every = [retirement_day(number.birth_date, row) for row in rows]
    if len(rows) > 1:
        records = tuple(r for r in look.answered("social_security") if r.type == "post_kind")
        kinds = {r.text("kind") for r in records}
        rows = [row for row in rows if kinds == {row.kind}] or rows
    days = [retirement_day(number.birth_date, row) for row in rows]
    return RetirementDays(min(days), max(days), records, min(every) <= look.day < max(every))
