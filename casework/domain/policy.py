"""The kinds of policy people enter on pages, and their dated rows read: one mechanism for numbers, standards, routes
and whatever an upper room hands down (R-SUB-1, R-OPN-2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.domain.labels import register_data_labels
from accounts.enums import Level
from accounts.models import Membership
from casework.models.policy import Dated
from kit.fields import MoneyField
from kit.money import yuan_text
from kit.versions import version_of

Text: TypeAlias = "str | Promise"


@dataclass(frozen=True)
class Draft:
    """A change of a line, read and not written: the row in force it starts from, the row it would add, its days."""

    kind: PolicyKind
    action: str
    given: Mapping[str, Any]
    target: Dated | None = None
    row: Dated | None = None
    first_day: date | None = None
    last_day: date | None = None
    source: str = ""
    is_example: bool = False
    note: str = ""

    @property
    def until(self) -> date | None:
        return self.last_day + timedelta(days=1) if self.last_day else None

    @property
    def subject(self) -> Any:
        """The row that says which line it is."""
        return self.row or self.target


def nothing_stands_against(draft: Draft, by: Membership) -> dict[str, str]:
    return {}


def no_effects(draft: Draft) -> list[str]:
    return []


@dataclass(frozen=True)
class PolicyKind:
    """A kind of dated policy, as a room hands it down.

    `form` is the dictionary of its fields: labels, choices, limits and help of page, API, workbook and trail. `key` are
    the fields that make two rows the same line over time. `refuse` gives sentences by field of what the law or another
    row forbids, `effects` what would change, `missing` what nothing holds for on a day. `leagues`: a league may enter
    rows of its own. `backdated`: a row may begin before today (what was decided keeps its row).
    """

    code: str
    label: Text
    about: Text
    clause: str
    model: type[Dated]
    form: type[forms.Form]
    key: tuple[str, ...]
    columns: tuple[str, ...]
    two_people: bool = False
    leagues: bool = False
    backdated: bool = False
    refuse: Callable[[Draft, Membership], dict[str, str]] = nothing_stands_against
    effects: Callable[[Draft], list[str]] = no_effects
    missing: Callable[[date], list[str]] = field(default=lambda day: [])

    @property
    def fields(self) -> list[str]:
        """The form's fields that are the row's own, without days and source."""
        return [name for name in self.form.base_fields if name not in DATED]

    def column(self, name: str) -> str:
        """The model's column of a field of the form."""
        return self.model._meta.get_field(name).attname


DATED = ("first_day", "last_day", "source", "is_example", "note")
_kinds: dict[str, PolicyKind] = {}
_links: list[tuple[Text, Text, str]] = []


def register_policy(kind: PolicyKind) -> None:
    """Called from `ready()`; the index shows kinds in the order of the rooms, the trail says their fields' labels."""
    _kinds[kind.code] = kind
    register_data_labels({f"{kind.code}_{name}": one.label for name, one in kind.form.base_fields.items()}, of="policy")


def register_policy_page(label: Text, about: Text, url_name: str) -> None:
    """A page of policy that stands elsewhere (the working calendar), for the index."""
    _links.append((label, about, url_name))


def policy_kinds() -> dict[str, PolicyKind]:
    return _kinds


def policy_pages() -> list[tuple[Text, Text, str]]:
    return _links


# ── who
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def why_not_enter(kind: PolicyKind, by: Membership | None) -> str:
    """The sentence that forbids this membership to enter rows of a kind, or ""."""
    if by is None or not by.administers_reporting_unit:
        return _("政策由自治区（盟市在自治区放开的范围内）人社部门的超级管理员录入。")
    if by.division.level != Level.REGION and not kind.leagues:
        return _("“%(kind)s”由自治区人社部门的超级管理员录入。") % {"kind": kind.label}
    return ""


# ── rows
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def line_of(kind: PolicyKind, row: Any) -> str:
    """The key of a row's line as one text."""
    return "|".join(_as_text(getattr(row, kind.column(name))) for name in kind.key)


def _as_text(value: Any) -> str:
    """A value as it is typed: nothing for None, a number without needless zeros."""
    return "" if value is None else f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def rows_of_line(kind: PolicyKind, row: Any) -> QuerySet[Any]:
    """All rows of the same line, the newest first."""
    same = {kind.column(name): getattr(row, kind.column(name)) for name in kind.key}
    conditions = Q(**{name: value for name, value in same.items() if value is not None})
    for name, value in same.items():
        if value is None:
            conditions &= Q(**{f"{name}__isnull": True})
    return related(kind).filter(conditions).order_by("-since")


def line_version(kind: PolicyKind, row: Any) -> str:
    """What whoever changes a line has seen of it."""
    return version_of(rows_of_line(kind, row))


def line_versions(kind: PolicyKind) -> dict[str, str]:
    """The same of all lines; one query."""
    lines: dict[str, list[Any]] = {}
    for row in ordered(kind):
        lines.setdefault(line_of(kind, row), []).append(row)
    return {line: version_of(rows) for line, rows in lines.items()}


def rows_on(kind: PolicyKind, day: date) -> QuerySet[Any]:
    return ordered(kind).filter(kind.model.on(day))


def ordered(kind: PolicyKind) -> QuerySet[Any]:
    """All rows by line, of a line the newest first."""
    return related(kind).order_by(*(kind.column(name) for name in kind.key), "-since")


def related(kind: PolicyKind) -> QuerySet[Any]:
    """All rows with what they point to."""
    rows = kind.model._default_manager.all()
    joined = [name for name in kind.fields if kind.model._meta.get_field(name).is_relation]
    return rows.select_related(*joined) if joined else rows


@dataclass(frozen=True)
class Standings:
    """The rows of a kind in three groups: what holds on a day, what will hold, what held."""

    now: list[Any]
    coming: list[Any]
    past: list[Any]


def standings(kind: PolicyKind, day: date) -> Standings:
    found = Standings([], [], [])
    for row in ordered(kind):
        (found.coming if row.since > day else found.now if row.is_on(day) else found.past).append(row)
    return found


def counted(kind: PolicyKind, day: date) -> dict[str, int]:
    """How many rows hold on a day, will hold, are only examples of those that hold; one query."""
    on = kind.model.on(day)
    return kind.model._default_manager.aggregate(
        now=Count("pk", filter=on),
        coming=Count("pk", filter=Q(since__gt=day)),
        example=Count("pk", filter=on & Q(is_example=True)),
    )


# ── words
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def choices_of(kind: PolicyKind) -> dict[str, dict[str, str]]:
    """The words of every field that has choices, asked once for a page."""
    found = {}
    for name, one in kind.form.base_fields.items():
        if isinstance(one, forms.ChoiceField):
            found[name] = {str(code): str(label) for code, label in one.choices}
    return found


def said(kind: PolicyKind, row: Any, name: str, choices: Mapping[str, Mapping[str, str]]) -> str:
    """A row's value as people read it."""
    value = getattr(row, kind.column(name))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list | tuple):
        return "、".join(choices.get(name, {}).get(str(one), str(one)) for one in value)
    if isinstance(kind.model._meta.get_field(name), MoneyField):
        return yuan_text(value)
    text = _as_text(value)
    return choices.get(name, {}).get(text, text)


def words_of(kind: PolicyKind, row: Any, choices: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """A row's line in words: its key, without what matches anything."""
    found = choices_of(kind) if choices is None else choices
    parts = [said(kind, row, name, found) for name in kind.key if getattr(row, kind.column(name)) not in ("", None, 0)]
    return " · ".join(parts) or str(kind.label)


def values_said(kind: PolicyKind, row: Any, choices: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, str]:
    """All of a row in words by field, days as people say them."""
    if row is None:
        return {}
    found = choices_of(kind) if choices is None else choices
    own = {name: said(kind, row, name, found) for name in kind.fields}
    return own | {
        "first_day": row.since.isoformat(),
        "last_day": row.last_day.isoformat() if row.until else "",
        "source": row.source,
        "is_example": _("是") if row.is_example else _("否"),
    }


def label_of(kind: PolicyKind, name: str) -> str:
    return str(kind.form.base_fields[name].label or name)


def given_of(kind: PolicyKind, row: Any) -> dict[str, Any]:
    """A row's own values as its form takes them."""
    found = {}
    for name in kind.fields:
        value = getattr(row, kind.column(name))
        found[name] = value if isinstance(value, bool | int | list) else _as_text(value)
    return found


# ── what changed between two days
# ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Difference:
    """A line that does not hold alike on two days: in words, its row then and now, and what differs by label."""

    kind: PolicyKind
    what: str
    before: Any
    after: Any
    fields: list[tuple[str, str, str]]


def differences(kind: PolicyKind, first: date, second: date) -> list[Difference]:
    """What changed of a kind from the first to the second day; one query."""
    rows = list(ordered(kind).filter(kind.model.on(first) | kind.model.on(second)))
    choices = choices_of(kind)
    before = {line_of(kind, row): row for row in rows if row.is_on(first)}
    after = {line_of(kind, row): row for row in rows if row.is_on(second)}
    found = []
    for line in dict.fromkeys([*before, *after]):
        old, new = before.get(line), after.get(line)
        if old is not None and new is not None and old.pk == new.pk:
            continue
        was, now = values_said(kind, old, choices), values_said(kind, new, choices)
        changed = [
            (label_of(kind, name), was.get(name, ""), now.get(name, ""))
            for name in (*kind.fields, "source", "is_example")
            if name not in kind.key and was.get(name, "") != now.get(name, "")
        ]
        found.append(Difference(kind, words_of(kind, new or old, choices), old, new, changed))
    return found


def missing_on(day: date) -> list[tuple[PolicyKind, str]]:
    """What nothing holds for: a sentence each, with the kind whose page mends it."""
    return [(kind, text) for kind in _kinds.values() for text in kind.missing(day)]
