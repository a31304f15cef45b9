"""Workbooks of units registered before, their teachers and rooms: read, previewed by cell, good rows taken, bad rows
given back (N二(二)3, R-REG-1, R-REG-5).

A row is judged by the forms of its page and taken by the same domain functions. Reading twice finds what was taken as
being there already, so taking again takes nothing twice.
"""

from __future__ import annotations

import base64
import copy
import io
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from django import forms
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.domain.audit import record
from accounts.enums import UNIT_KINDS, OrganisationKind
from accounts.models import Membership, Organisation, User
from kit.dates import cell_date
from kit.errors import FileRefused, IdError
from kit.ids import parse_uscc
from kit.refusals import NotAllowed, Refused
from kit.sealed import SECONDS, seal, unseal
from kit.sheets import CellProblem, Column, Table, read_table, write_template
from kit.text import cell_text, clean_number_text
from training.domain.units.importing import Told, beside, bring_in, has_operator, unit_with
from training.domain.units.keys import name_key, room_key
from training.domain.units.profiles import ACCOUNT, DAYS, LABELS, PROFILE, proposed
from training.domain.units.registrations import TYPES_BY_KIND
from training.domain.units.upkeep import may_open_units, open_case, save_teacher, save_venue, why_not_import
from training.forms.unit_imports import OPERATOR, IdentityForm, ProfileForm
from training.forms.units import TeacherForm, VenueForm
from training.models import Teacher, Unit, Venue

MOST_ROWS, MOST_ACCOUNTS = 1000, 100
VERSION = "units-1"
CHANGES = NEW, FILLS, SAME, WRONG = "new", "fills", "same", "wrong"
USCC, REASONS = "统一社会信用代码", "错误原因"
IDENTITY = {"uscc": USCC, "name": "单位名称", "kind": "单位类别", "division": "所在地"}
OPERATOR_HEADS = dict(zip(OPERATOR, ("经办人姓名", "经办人电话", "登录名"), strict=True))
TEACHER = {"uscc": USCC, "name": "姓名", "number": "公民身份号码", "qualification": "职业资格或职称"} | {
    "qualification_valid_to": "资格有效期至"
}
VENUE = {"uscc": USCC, "name": "场地名称", "address": "地址", "capacity": "容纳人数"}
KINDS: Mapping[str, Promise] = {
    "units": gettext_lazy("单位"),
    "teachers": gettext_lazy("师资"),
    "venues": gettext_lazy("场地"),
}
NEEDED = {"units": tuple(IDENTITY), "teachers": ("uscc", "name"), "venues": tuple(VENUE)}


def columns_of(what: str) -> dict[str, str]:
    """The heading of each field of a kind of row; `phone` is the unit's own, `operator_phone` its operator's."""
    if what == "units":
        with override("zh-hans"):  # a workbook's headings are the same for every reader
            with_words = {name: str(LABELS[name]) for name in (*PROFILE, *ACCOUNT)}
        return IDENTITY | with_words | {f"operator_{name}": head for name, head in OPERATOR_HEADS.items()}
    return TEACHER if what == "teachers" else VENUE


@dataclass
class Line:
    """One row: its number in the file, its cells, what would be done, what is wrong by field, what stays as it is.

    `act` does it and gives a first password, where one was made.
    """

    row: int
    cells: dict[str, str]
    change: str = WRONG
    errors: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    act: Callable[[], Told | None] | None = None
    key: tuple[Any, ...] = ()

    def refuse(self, name: str, said: str) -> None:
        self.change, self.act = WRONG, None
        self.errors.setdefault(name, []).append(said)


@dataclass(frozen=True)
class Preview:
    """The lines of a file; `token` finds the kept file again."""

    what: str
    token: str
    columns: dict[str, str]
    lines: list[Line]
    letters: dict[str, str]

    def counted(self, change: str) -> int:
        return sum(line.change == change for line in self.lines)

    def kept(self, token: str) -> Preview:
        """The same, with where its file is kept."""
        return replace(self, token=token)

    @property
    def counts(self) -> dict[str, int]:
        return {change: self.counted(change) for change in CHANGES}

    @property
    def to_take(self) -> int:
        return self.counted(NEW) + self.counted(FILLS)

    def said(self, line: Line) -> list[str]:
        """What is wrong with a line, each sentence with its cell as Excel shows it."""
        return [
            f"{self.letters.get(name, '')}{line.row if name in self.letters else ''} {self.columns.get(name, '')}：{one}"
            if name
            else one
            for name, sentences in line.errors.items()
            for one in sentences
        ]


@dataclass(frozen=True)
class Taken:
    """How many rows were taken in, the first passwords to be told once, and the file as it stands now."""

    counts: dict[str, int]
    told: list[Told]
    preview: Preview


# ── the file between preview and confirmation
# ─────────────────────────────────────────────────────────────────────────────


def keep(what: str, content: bytes, by: Membership) -> str:
    """The file for half an hour, sealed: there are people in it (R-SEC-1); for this membership only."""
    token = secrets.token_urlsafe(16)
    cache.set(_key(what, token, by), seal(base64.b64encode(content).decode("ascii"), "unit import"), SECONDS)
    return token


def kept(what: str, token: str, by: Membership) -> bytes:
    """Raises FileRefused when it is not kept any more."""
    sealed = cache.get(_key(what, token, by))
    text = unseal(sealed, "unit import") if sealed else None
    if text is None:
        raise FileRefused("expired", _("预览已过期，请重新上传。"))
    return base64.b64decode(text)


def _key(what: str, token: str, by: Membership) -> str:
    return f"unit-import:{what}:{by.pk}:{sha256(token.encode()).hexdigest()}"


# ── reading and judging
# ───────────────────────────────────────────────────────────────────────────────────────────────────


def preview(what: str, content: bytes, *, by: Membership) -> Preview:
    """What the file would do, row by row; nothing is done. Raises FileRefused, NotAllowed."""
    if not may_open_units(by):
        raise NotAllowed(why_not_import())
    columns = columns_of(what)
    table = read_table(
        content,
        list(columns.values()),
        optional=[head for name, head in columns.items() if name not in NEEDED[what]],
        max_rows=MOST_ROWS + 1,
    )
    lines = [_line(columns, number, values) for number, values in table.rows]
    if not lines:
        raise FileRefused("no_rows", _("表头下面没有内容，请填写后再上传。"))
    if len(lines) > MOST_ROWS:
        raise FileRefused("too_many_rows", _("一次最多导入%(most)s行，请分几个文件。") % {"most": MOST_ROWS})
    judge = {"units": _judge_unit, "teachers": _judge_teacher, "venues": _judge_venue}[what]
    for line in lines:
        if not line.errors:
            judge(line, by)
    _refuse_twice(lines)
    _refuse_accounts(lines)
    return Preview(what, "", columns, lines, _letters(table, columns))


def _letters(table: Table, columns: Mapping[str, str]) -> dict[str, str]:
    return {name: table.columns[head] for name, head in columns.items() if head in table.columns}


def _line(columns: Mapping[str, str], number: int, values: Mapping[str, Any]) -> Line:
    line = Line(number, {})
    for name, head in columns.items():
        value = values.get(head)
        if isinstance(value, CellProblem):
            line.cells[name] = value.text
            line.refuse(name, str(value.message))
            continue
        day = cell_date(value) if name in (*DAYS, "qualification_valid_to") else None
        line.cells[name] = day.isoformat() if day else cell_text(value)
    return line


def _refuse_twice(lines: Sequence[Line]) -> None:
    """A thing that stands twice: of rows that say the same the first is good, of rows that differ none."""
    first: dict[tuple[Any, ...], Line] = {}
    for line in lines:
        if not line.key:
            continue
        before = first.setdefault(line.key, line)
        if before is line:
            continue
        same = before.cells == line.cells
        line.refuse("uscc", _("与第%(row)s行是同一个。") % {"row": before.row})
        if not same:
            before.refuse("uscc", _("与第%(row)s行是同一个而内容不同，请只留一行。") % {"row": line.row})


def _refuse_accounts(lines: Sequence[Line]) -> None:
    """A user name twice in the file, and more new accounts than are opened at once."""
    seen: dict[str, int] = {}
    opened = 0
    for line in lines:
        name = line.cells.get("operator_username", "").lower()
        if not name or line.act is None:
            continue
        opened += 1
        if name in seen:
            line.refuse("operator_username", _("登录名与第%(row)s行相同。") % {"row": seen[name]})
        elif opened > MOST_ACCOUNTS:
            line.refuse(
                "operator_username", _("一次最多开设%(most)s个账户，其余请另行导入。") % {"most": MOST_ACCOUNTS}
            )
        seen.setdefault(name, line.row)


def _form_errors(line: Line, form: forms.BaseForm, prefix: str = "", only: Sequence[str] = ()) -> None:
    for name, sentences in form.errors.items():
        known = f"operator_{name}" if name in only else f"{prefix}{name}"
        for said in sentences:
            line.refuse("" if name == "__all__" else known, str(said))


def _judge_unit(line: Line, by: Membership) -> None:
    """A unit by the officer's form and the unit's own; one that is on file is filled in where it is empty."""
    cells = line.cells
    given = {name: cells[name] for name in IDENTITY} | {name: cells[f"operator_{name}"] for name in OPERATOR}
    identity = IdentityForm(given, by=by)
    if not identity.is_valid():
        _form_errors(line, identity, only=OPERATOR)
        return
    known = {name: identity.cleaned_data[name] for name in IDENTITY}
    line.key = (known["uscc"],)
    try:
        unit = unit_with(known["uscc"], by)
    except Refused as refused:
        line.refuse("uscc", str(refused))
        return
    shape = _shape(unit, known)
    profile = ProfileForm({name: cells[name] for name in (*PROFILE, *ACCOUNT)}, instance=shape)
    if not profile.is_valid():
        _form_errors(line, profile)
        return
    said = {name: value for name, value in profile.cleaned_data.items() if value}
    line.notes += [
        _("“%(field)s”没有收取：%(kind)s不填这一项，或已另有账户。")
        % {"kind": shape.organisation.get_kind_display(), "field": LABELS[name]}
        for name in (*PROFILE, *ACCOUNT)
        if cells[name] and name not in profile.fields
    ]
    operator = {name: identity.cleaned_data[name] for name in OPERATOR if identity.cleaned_data[name]}
    if unit is None:
        line.change = NEW
    else:
        found = beside(unit, said, name=known["name"], kind=known["kind"], division=known["division"])
        line.notes += [*found.differs, *([found.closed] if found.closed else [])]
        said = found.fills
        if operator and has_operator(unit):
            operator = {}
            line.notes.append(_("已有能登录的经办人，没有另开账户。"))
        line.change = FILLS if said or operator else SAME
    if operator and User.objects.filter(username__iexact=operator["username"]).exists():
        line.refuse("operator_username", _("登录名“%(name)s”已有人使用，请换一个。") % {"name": operator["username"]})
    elif line.change != SAME:
        line.act = lambda: bring_in(unit, identity=known, profile=said, operator=operator, by=by)


def _shape(unit: Unit | None, known: Mapping[str, Any]) -> Unit:
    """The unit the row's particulars are judged as; never to be saved."""
    if unit is None:
        organisation = Organisation(**{name: known[name] for name in ("name", "kind", "uscc", "division")})
        return Unit(organisation=organisation)
    registration = open_case(unit)
    if registration is None:
        return copy.copy(unit)
    registration.unit = unit
    return proposed(registration)


def _unit_of(line: Line, by: Membership) -> Unit | None:
    """The unit a teacher or room belongs to; None after a sentence at its cell."""
    try:
        unit = unit_with(parse_uscc(line.cells["uscc"]), by)
    except (IdError, Refused) as error:
        line.refuse("uscc", str(error))
        return None
    if unit is None:
        line.refuse("uscc", _("没有这个统一社会信用代码的单位，请先导入单位。"))
    return unit


def _judge_teacher(line: Line, by: Membership) -> None:
    """A teacher by the unit's own form; one who is on file stays as the unit has him."""
    unit = _unit_of(line, by)
    if unit is None:
        return
    form = TeacherForm({**line.cells, "is_active": "on"}, instance=Teacher(unit=unit))
    there = next((one for one in unit.teachers.all() if _same_teacher(one, line.cells)), None)
    if there is not None:
        line.change, line.key = SAME, (unit.pk, "there", there.pk)
        line.notes.append(_("教师“%(name)s”已经登记，不改；要修改的由单位办理。") % {"name": there.name})
    elif form.is_valid():
        teacher = form.save(commit=False)
        line.change, line.key = NEW, (unit.pk, teacher.number or name_key(teacher.name))
        line.act = lambda: _done(save_teacher(teacher, by=by))
    else:
        _form_errors(line, form)


def _same_teacher(teacher: Teacher, cells: Mapping[str, str]) -> bool:
    number = clean_number_text(cells["number"]).upper()
    return (
        (teacher.number == number) if teacher.number and number else name_key(teacher.name) == name_key(cells["name"])
    )


def _judge_venue(line: Line, by: Membership) -> None:
    """A room by the unit's own form; one that is on file stays as the unit has it."""
    unit = _unit_of(line, by)
    if unit is None:
        return
    form = VenueForm({**line.cells, "is_active": "on"}, instance=Venue(unit=unit))
    if not form.is_valid():
        _form_errors(line, form)
        return
    venue = form.save(commit=False)
    line.key = (unit.pk, room_key(venue.name, venue.address))
    there = next((one for one in unit.venues.all() if room_key(one.name, one.address) == line.key[1]), None)
    if there is None:
        line.change, line.act = NEW, lambda: _done(save_venue(venue, by=by))
        return
    line.change = SAME
    if there.capacity != venue.capacity:
        line.notes.append(
            _("容纳人数登记的是%(now)s，表中是%(said)s，不改。") % {"now": there.capacity, "said": venue.capacity}
        )


def _done(_thing: object) -> None:
    return None


# ── taking
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def take(what: str, token: str, *, by: Membership) -> Taken:
    """Take the good rows of a kept file, each whole or not at all; the others stay for the file of bad rows."""
    content = kept(what, token, by)
    seen, counts, told = preview(what, content, by=by).kept(token), {NEW: 0, FILLS: 0}, list[Told]()
    for line in seen.lines:
        if line.act is None:
            continue
        change = line.change
        try:
            with transaction.atomic():
                password = line.act()
        except Refused as refused:
            for name, sentences in refused.by_field.items():
                for said in sentences:
                    line.refuse(name, said)
            continue
        except IntegrityError:  # somebody else has brought the same in meanwhile
            line.refuse("", _("刚才有人登记了同样的内容，请重新上传查看。"))
            continue
        counts[change] += 1
        told += [password] if password else []
    record("unit.imported", by=by, what=what, wrong=seen.counted(WRONG), **counts)
    return Taken(counts, told, replace(seen, lines=[line for line in seen.lines if line.errors]))


# ── files
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def template(what: str) -> bytes:
    """The workbook to be filled in."""
    return _workbook(what, [])


def bad_rows(what: str, token: str, *, by: Membership) -> bytes:
    """The rows that cannot be taken as they were, with a column of reasons."""
    seen = preview(what, kept(what, token, by), by=by)
    record("unit.bad_rows_taken", by=by, what=what, wrong=seen.counted(WRONG))
    return _workbook(
        what,
        [
            [*line.cells.values(), _("原第%(row)s行。") % {"row": line.row} + "".join(seen.said(line))]
            for line in seen.lines
            if line.errors
        ],
    )


def _workbook(what: str, rows: Sequence[Sequence[str]]) -> bytes:
    choices = {
        "kind": [str(OrganisationKind(kind).label) for kind in UNIT_KINDS],
        "entity_type": [str(one.label) for types in TYPES_BY_KIND.values() for one in types],
    }
    heads = [
        Column(head, choices=choices.get(name, ()), required=name in NEEDED[what], width=20)
        for name, head in columns_of(what).items()
    ]
    if rows:
        heads.append(Column(REASONS, width=70))
    target = io.BytesIO()
    write_template(
        target,
        heads,
        _("导入：%(what)s") % {"what": KINDS[what]},
        [
            _("每行一个，从表头的下一行开始填写；红色表头为必填。号码和账号请按文本填写。"),
            _("已在册的只补空白，不改已有内容；导入的内容由单位补充完善后提交审核。"),
        ],
        VERSION,
        sheet_name=str(KINDS[what]),
        rows=rows,
        fill_rows=MOST_ROWS,
    )
    return target.getvalue()
