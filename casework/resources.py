"""Policy rows out and in as a table: one row of the sheet is one row of the kind; a file proposes, it never rewrites
(R-SUB-1, R-CAT-1).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import tablib
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export import fields, resources
from import_export.instance_loaders import BaseInstanceLoader

from accounts.domain.audit import record
from accounts.models import Membership
from casework.domain.policy import (
    DATED,
    Draft,
    PolicyKind,
    choices_of,
    label_of,
    line_of,
    ordered,
    rows_of_line,
    said,
    values_said,
    why_not_enter,
)
from casework.domain.proposals import propose, read
from casework.enums import PolicyAction
from casework.models import PolicyFile
from kit.crypto import file_digest
from kit.errors import FileRefused
from kit.languages import by_label
from kit.moments import minute
from kit.refusals import NotAllowed, NotNow, Overtaken, Refused
from kit.sheets import CellProblem, Table, read_table, write_table
from kit.text import cell_text, squeeze

MOST_POLICIES = 2000
YES = {"是": "on", "yes": "on", "true": "on", "1": "on"}
SKIPPED, WRONG = "skip", "wrong"


@dataclass
class Asked:
    """What a row of the sheet asks for; nothing where it stands like this already."""

    pk: int | None = None
    draft: Draft | None = None


@contextmanager
def refused_by_cell() -> Iterator[None]:
    """A refusal of the block is what is wrong with the row, field by field."""
    try:
        yield
    except Refused as refused:
        errors = {name or NON_FIELD_ERRORS: sentences for name, sentences in refused.by_field.items()}
        raise ValidationError(errors) from refused


class WordField(fields.Field):
    """A column of a kind: its value as people read it, a number as a number."""

    def __init__(self, kind: PolicyKind, name: str, choices: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(attribute=name, column_name=label_of(kind, name))
        self.kind, self.name, self.choices = kind, name, choices

    def export(self, instance: Any, **kwargs: Any) -> Any:
        if self.name in DATED:
            return values_said(self.kind, instance, self.choices).get(self.name, "")
        if isinstance(self.kind.form.base_fields[self.name], forms.IntegerField | forms.DecimalField):
            value = getattr(instance, self.kind.column(self.name))
            return "" if value is None else value
        return said(self.kind, instance, self.name, self.choices)


class PolicyResource(resources.Resource):
    """The rows of one kind; what a row asks for is proposed through the same functions as on the page."""

    class Meta:
        using_db = "default"
        use_transactions = True
        skip_diff = True
        store_instance = True
        import_id_fields = ()
        instance_loader_class = BaseInstanceLoader

    def __init__(self, kind: PolicyKind, by: Membership | None = None, file: PolicyFile | None = None) -> None:
        super().__init__()
        self.kind, self.by, self.file, self.choices = kind, by, file, choices_of(kind)
        self.fields = {name: WordField(kind, name, self.choices) for name in (*kind.fields, *DATED)}
        self.known = {
            name: by_label(one.choices) | {code: code for code in self.choices[name]}
            for name, one in kind.form.base_fields.items()
            if isinstance(one, forms.ChoiceField)
        }
        self.lines: set[str] = set()

    def get_import_order(self) -> list[str]:
        return list(self.fields)

    get_export_order = get_import_order

    def get_instance(self, instance_loader: Any, row: Any) -> None:
        return None

    def init_instance(self, row: Any = None) -> Asked:
        return Asked()

    def import_instance(self, instance: Asked, row: Mapping[str, Any], **kwargs: Any) -> None:
        given = {name: self._given(name, row.get(field.column_name)) for name, field in self.fields.items()}
        with refused_by_cell():
            instance.draft = self._meant(read(self.kind, PolicyAction.ADD, given), given)

    def skip_row(self, instance: Asked, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        return instance.draft is None and not import_validation_errors

    def validate_instance(
        self, instance: Asked, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def save_instance(self, instance: Asked, is_create: bool, row: Any, **kwargs: Any) -> None:
        assert self.by is not None
        assert instance.draft is not None
        with refused_by_cell():
            instance.pk = propose(instance.draft, by=self.by, file=self.file).pk

    def save_m2m(self, instance: Asked, row: Any, **kwargs: Any) -> None:
        """Nothing: a proposal is one row."""

    def _given(self, name: str, value: Any) -> Any:
        """A cell as the form takes it: a word of a list by its code, 是 as a tick."""
        field = self.kind.form.base_fields[name]
        if isinstance(field, forms.BooleanField):
            return YES.get(squeeze(cell_text(value)).lower(), "")
        if isinstance(field, forms.DateField):
            return value
        text = cell_text(value)
        if isinstance(field, forms.MultipleChoiceField):
            parts = [part for part in squeeze(text).replace(",", "、").split("、") if part]
            return [self.known[name].get(part, part) for part in parts]
        return self.known[name].get(squeeze(text), text) if name in self.known else text

    def _meant(self, draft: Draft, given: Mapping[str, Any]) -> Draft | None:
        """The action a row stands for: nothing, an end, a row that follows, a new one. Raises NotNow."""
        row = draft.subject
        for other in rows_of_line(self.kind, row):
            if other.since == row.since:
                return self._same_first_day(draft, other, given)
            if other.since < row.since and (other.until is None or other.until > row.since):
                self._once(draft)
                return read(self.kind, PolicyAction.FOLLOW, given, other)
        self._once(draft)
        return draft

    def _same_first_day(self, draft: Draft, other: Any, given: Mapping[str, Any]) -> Draft | None:
        asked, stands = values_said(self.kind, draft.row, self.choices), values_said(self.kind, other, self.choices)
        differing = {name for name in asked if asked[name] != stands[name]}
        if not differing:
            return None
        if differing == {"last_day"} and draft.last_day and (other.until is None or draft.last_day < other.last_day):
            self._once(draft)
            note = given.get("note") or _("按表格终止")
            return read(self.kind, PolicyAction.CLOSE, {**given, "note": note}, other)
        raise NotNow(
            _("这一天已有一条，不能改写：%(names)s。要改变的，请另起一行写新的第一天；还没有施行的可以先在页面上取消。")
            % {"names": "、".join(label_of(self.kind, name) for name in sorted(differing))}
        )

    def _once(self, draft: Draft) -> None:
        """Where a second person decides, a line changes once a file: the second row would rest on a mere draft."""
        line = line_of(self.kind, draft.subject)
        if self.kind.two_people and line in self.lines:
            raise NotNow(_("同一项在一个文件里只能改一次；前一条复核生效以后，再报后一条。"))
        self.lines.add(line)


# ── files
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class SheetLine:
    """A row of the preview: its number in the file, what it would do, what is wrong, the cells."""

    row: int
    change: str
    errors: list[str]
    cells: list[str]

    @property
    def label(self) -> str:
        return str(PolicyAction(self.change).label) if self.change in PolicyAction.values else ""


@dataclass(frozen=True)
class SheetPreview:
    file: PolicyFile
    columns: list[str]
    lines: list[SheetLine]

    @property
    def wrong(self) -> int:
        return sum(bool(line.errors) for line in self.lines)

    @property
    def changing(self) -> int:
        return sum(line.change in PolicyAction.values for line in self.lines)


def export(kind: PolicyKind, by: Membership) -> bytes:
    """All rows of a kind as xlsx, in the columns the import reads; on record."""
    dataset = PolicyResource(kind).export(queryset=ordered(kind))
    target = io.BytesIO()
    write_table(target, dataset.headers, dataset, watermark=f"{by} {minute()}")
    record("policy.exported", by=by, kind=kind.model._meta.model_name or "", policy=kind.code, rows=len(dataset))
    return target.getvalue()


def keep_file(kind: PolicyKind, upload: UploadedFile, *, by: Membership) -> PolicyFile:
    """The file as it was uploaded, kept whether or not it is taken."""
    if why := why_not_enter(kind, by):
        raise NotAllowed(why)
    return PolicyFile.objects.create(
        kind=kind.code,
        name=(upload.name or "")[:200],
        file=upload,
        sha256=file_digest(upload),
        division=by.division,
        by=by,
        at=timezone.now(),
    )


def preview_file(file: PolicyFile, kind: PolicyKind, *, by: Membership) -> SheetPreview:
    """What the file would propose, row by row; nothing is changed. FileRefused for a file that holds no such table."""
    return _imported(file, kind, by, dry_run=True)


def take_file(file: PolicyFile, kind: PolicyKind, *, by: Membership) -> int:
    """Propose what the file asks for, all or nothing; how many proposals. Raises NotAllowed, NotNow, Overtaken."""
    with transaction.atomic():
        locked = PolicyFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
        if locked.by_id != by.pk:
            raise NotAllowed(_("表格由上传的人确认。"))
        if locked.taken_at:
            raise Overtaken(_("这个表格已经确认过，没有重复办理。"))
        done = _imported(locked, kind, by, dry_run=False)
        if done.wrong:
            raise NotNow(_("有的行现在不能办理，没有作任何改动；请重新上传查看。"))
        locked.taken_at = timezone.now()
        locked.save(update_fields=["taken_at"])
        record("policy.imported", by=by, on=locked, policy=kind.code, rows=done.changing, sha256=locked.sha256)
    return done.changing


def _imported(file: PolicyFile, kind: PolicyKind, by: Membership, *, dry_run: bool) -> SheetPreview:
    resource = PolicyResource(kind, by, file)
    columns = [field.column_name for field in resource.fields.values()]
    optional = [label_of(kind, name) for name in (*kind.fields, *DATED) if not kind.form.base_fields[name].required]
    with file.file.open("rb") as stored:
        table = read_table(stored.read(), columns, optional=optional, max_rows=MOST_POLICIES)
    rows = list(table.rows)
    if not rows:
        raise FileRefused("no_rows", _("表头下面没有内容，请填写后再上传。"))
    dataset = tablib.Dataset(headers=list(table.headers))
    for _number, values in rows:
        dataset.append([_text(values[head]) for head in table.headers])
    result = resource.import_data(dataset, dry_run=dry_run, raise_errors=False, rollback_on_validation_errors=True)
    lines = []
    for (number, values), found in zip(rows, result.rows, strict=True):
        errors = [str(one) for one in values.values() if isinstance(one, CellProblem)]
        errors += _errors(found, resource, table, number)
        draft = found.instance.draft if found.instance else None
        change = WRONG if errors else draft.action if draft else SKIPPED
        lines.append(SheetLine(number, change, errors, [cell_text(_text(values[head])) for head in table.headers]))
    return SheetPreview(file, list(table.headers), lines)


def _text(value: Any) -> Any:
    return value.text if isinstance(value, CellProblem) else value


def _errors(found: Any, resource: PolicyResource, table: Table, row: int) -> list[str]:
    """Each sentence with its cell."""
    sentences = [_("这一行不能导入，请核对各列。") for _error in found.errors]
    if found.validation_error:
        for name, texts in found.validation_error.message_dict.items():
            head = resource.fields[name].column_name if name in resource.fields else ""
            place = f"{table.address(head, row)} {head}：" if head in table.columns else f"{head}：" if head else ""
            sentences += [f"{place}{text}" for text in texts]
    return sentences
