"""Roster uploads: the file kept, its rows staged with errors by cell, good rows taken, bad rows mended (R-SEC-4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Membership
from casework.domain.files import attach
from casework.domain.flow import flow_of
from casework.domain.inbox import write_cover
from casework.domain.jobs import queue
from eligibility.domain.corrected import slips_again
from eligibility.domain.people import number_hash
from kit.crypto import Keyring
from kit.fast.copying import copy_in, hexed, json_line, write_json
from kit.refusals import NotNow
from kit.sheets import ROSTER_MAX_BYTES, CellProblem, FileRefused, read_table, what_was_folded
from kit.text import cell_text, written
from training.domain.roster.enrolling import enrol, open_for
from training.domain.roster.entry_limit import count_numbers
from training.domain.roster.known_people import what_is_known
from training.fields import SEQUENCE, VERSION, Problem, RosterField, check_cells, fields_for
from training.models import RosterRow, RosterUpload, TrainingClass

READ_ROSTER, TAKE_ROSTER = "training.tasks.read_roster", "training.tasks.take_roster"
HOLDER, SLOT = "rostersource", "roster_upload"
CHUNK = 1000
CELLS_AAD = "training_rosterrow.cells"
COLUMNS = ("upload_id", "row", "cells", "notes", "warnings", "errors", "is_good")
Progress = Callable[[int, int], None]


@dataclass
class Staged:
    """One row on its way: its number in the file, its cells, what was mended, what to look at, what
    is wrong by column.
    """

    row: int
    cells: dict[str, str]
    notes: list[list[str]] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    errors: dict[str, Problem] = field(default_factory=dict)


def start_upload(training_class: TrainingClass, upload: UploadedFile, *, by: Membership) -> RosterUpload:
    """Keep the file and queue its reading. FileRefused at once for what is no xlsx, locked, a bomb or too large;
    NotNow.
    """
    with transaction.atomic():
        open_for(training_class, by)
        attachment = attach(
            HOLDER, training_class.pk, SLOT, upload, by=by, allowed=frozenset({"xlsx"}), max_bytes=ROSTER_MAX_BYTES
        )
        found = RosterUpload.objects.create(training_class=training_class, attachment=attachment, by=by)
        found.job = queue(
            READ_ROSTER,
            title=_("读取花名册：%(name)s") % {"name": attachment.name},
            kind="trainingclass",
            object_id=training_class.pk,
            owner=training_class.applicant,
            division=training_class.division,
            by=by,
            upload=found.pk,
        )
        found.save(update_fields=["job"])
        record("roster.uploaded", by=by, on=training_class, upload=found.pk, sha256=attachment.sha256)
    return found


def read_upload(upload: RosterUpload, progress: Progress = lambda done, total: None) -> None:
    """Read the kept file into staged rows; safe to run twice. A file that cannot be read leaves its sentence in
    `refusal`.
    """
    training_class = upload.training_class
    fields = fields_for(training_class.category, training_class.first_day)
    with translation.override("zh-hans"):
        try:
            with upload.attachment.file.open("rb") as stream:
                rows = _rows_of(stream, fields)
        except FileRefused as refused:
            upload.refusal = str(refused)
            upload.save(update_fields=["refusal"])
            return
        if why := count_numbers(training_class.applicant, len(rows), by=upload.by):
            upload.refusal = why
            upload.save(update_fields=["refusal"])
            return
        progress(0, len(rows))
        for start in range(0, len(rows), CHUNK):
            _check(rows[start : start + CHUNK], fields)
            progress(min(start + CHUNK, len(rows)), len(rows))
        stage(upload, rows)


def _rows_of(stream: Any, fields: Sequence[RosterField]) -> list[Staged]:
    """Every row of the table as text by column; FileRefused with a sentence for the file as a whole."""
    headers = [SEQUENCE, *(column.header for column in fields)]
    table = read_table(
        stream,
        headers,
        synonyms={column.header: column.synonyms for column in fields},
        filler=[SEQUENCE],
        optional=[SEQUENCE, *(column.header for column in fields if not column.required)],
    )
    if table.version and table.version.startswith("roster-") and table.version != VERSION:
        raise FileRefused("old_template", _("这是旧版模板，请下载最新模板，把内容粘贴过去再上传。"))
    rows = []
    for number, values in table.rows:
        staged = Staged(number, {})
        for column in fields:
            value = values.get(column.header)
            staged.cells[column.key] = cell_text(value) if not isinstance(value, CellProblem) else value.text
            if isinstance(value, CellProblem):
                staged.errors[column.key] = ["cell", value.text[:60]]
            elif isinstance(value, str):
                staged.notes += [[column.key, str(note)] for note in what_was_folded(value)]
        given = [value for column in fields if (value := values.get(column.header)) is not None]
        problems = [value for value in given if isinstance(value, CellProblem)]
        if problems and problems == given:
            staged.cells, staged.errors = dict.fromkeys(staged.cells, ""), {"number": ["no_row", problems[0].text[:60]]}
        if number in table.hidden_rows:
            staged.warnings.append(["hidden"])
        rows.append(staged)
    if not rows:
        raise FileRefused("no_rows", _("表头下面没有学员。请从表头的下一行开始，每人一行填写后再上传。"))
    return rows


def _check(rows: Iterable[Staged], fields: Sequence[RosterField]) -> None:
    for staged in rows:
        if staged.errors.get("number", [""])[0] == "no_row":
            continue
        mended, wrong, notes = check_cells(fields, staged.cells)
        broken = {key: problem for key, problem in staged.errors.items() if problem[0] == "cell"}
        staged.cells, staged.errors, staged.notes = mended, wrong | broken, [*staged.notes, *notes]


def _compare(training_class: TrainingClass, rows: Sequence[Staged]) -> None:
    """What only shows beside other rows and the house's records: the same number twice, already here, elsewhere at the
    time.

    Of two rows that say the same of one person the first is good; of two that differ neither is, until one is left out.
    """
    first: dict[str, Staged] = {}
    good = [staged for staged in rows if "number" not in staged.errors]
    people = {staged.cells["number"]: staged.cells["name"] for staged in good}
    by_hash = {number_hash(number): number for number in people}
    known, slips = what_is_known(training_class, people, by_hash), slips_again(people, by_hash)
    for staged in good:
        number = staged.cells["number"]
        before = first.setdefault(number, staged)
        if before is not staged:
            staged.errors["number"] = ["twice", before.row]
            if before.cells != staged.cells:
                before.errors["number"] = ["twice", staged.row]
        elif number in known.in_roster:
            staged.errors["number"] = ["in_roster"]
        staged.warnings = [w for w in staged.warnings if w[0] == "hidden"] + known.warnings.get(number, [])
        if number in slips:
            staged.warnings.append(["corrected"])


def stage(upload: RosterUpload, rows: Sequence[Staged]) -> None:
    """Compare the checked rows and put them in place of what was staged before, by COPY."""
    _compare(upload.training_class, rows)
    seal = Keyring.from_settings().sealer(CELLS_AAD)
    bad = sum(bool(staged.errors) for staged in rows)
    with transaction.atomic():
        RosterUpload.objects.select_for_update().get(pk=upload.pk)
        RosterRow.objects.filter(upload=upload).delete()
        copy_in("training_rosterrow", COLUMNS, (_line(upload.pk, staged, seal) for staged in rows))
        upload.good, upload.bad, upload.refusal = len(rows) - bad, bad, ""
        upload.save(update_fields=["good", "bad", "refusal"])


def _line(upload_id: int, staged: Staged, seal: Callable[[str], bytes]) -> bytes:
    """One line in COPY's text form; cells are encrypted as the model's column would."""
    more = [json_line(found) if found else b"[]" for found in (staged.notes, staged.warnings)]
    errors, good = (json_line(staged.errors), b"f") if staged.errors else (b"{}", b"t")
    return (
        b"\t".join([b"%d\t%d" % (upload_id, staged.row), hexed(seal(write_json(staged.cells))), *more, errors, good])
        + b"\n"
    )


def fix_rows(
    upload: RosterUpload, changes: Mapping[int, Mapping[str, str]], *, by: Membership, drop: Collection[int] = ()
) -> int:
    """Put corrected cells into staged rows {row: {column: text}}, leave `drop` out, judge everything again; gives the
    bad rows left.
    """
    training_class = upload.training_class
    fields = fields_for(training_class.category, training_class.first_day)
    keys = {column.key for column in fields}
    if why := count_numbers(by.organisation, len(changes), by=by):
        raise NotNow(why)
    with transaction.atomic():
        open_for(training_class, by)
        upload = RosterUpload.objects.select_for_update().get(pk=upload.pk)
        rows = [
            Staged(row.row, row.cells, row.notes, row.warnings, row.errors)
            for row in upload.rows.exclude(row__in=drop).order_by("row")
        ]
        for staged in rows:
            given = {key: written(text) for key, text in changes.get(staged.row, {}).items() if key in keys}
            if any(given[key] != staged.cells.get(key) for key in given):
                staged.cells |= given
                staged.errors = {key: problem for key, problem in staged.errors.items() if key not in given}
        with translation.override("zh-hans"):
            _check(rows, fields)
        stage(upload, rows)
        record("roster.mended", by=by, on=training_class, upload=upload.pk, rows=len(changes))
    return RosterUpload.objects.get(pk=upload.pk).bad


def take_good_rows(upload: RosterUpload, *, by: Membership, most: int | None = None) -> int:
    """Enrol the good rows (or the first `most`) in one transaction; others stay staged. Twice is harmless.
    NotNow above the class's limit.
    """
    training_class = upload.training_class
    with transaction.atomic():
        opening = open_for(training_class, by)
        upload = RosterUpload.objects.select_for_update().get(pk=upload.pk)
        good = list(upload.rows.filter(is_good=True).order_by("row")[:most])
        taken = len(enrol(training_class, [row.cells for row in good], by=by))
        if good:
            upload.rows.filter(is_good=True, row__lte=good[-1].row).delete()
        upload.good, upload.taken_at = upload.good - len(good), upload.taken_at or timezone.now()
        upload.save(update_fields=["good", "taken_at"])
        record("roster.taken", by=by, on=training_class, upload=upload.pk, people=taken)
        write_cover(opening, flow_of(opening))
    return taken


def common_problems(upload: RosterUpload) -> list[tuple[str, str, int]]:
    """(column, problem code, how many rows), the most frequent first, so that one mistake of many rows is said once."""
    found: Counter[tuple[str, str]] = Counter()
    for errors in upload.rows.filter(is_good=False).values_list("errors", flat=True):
        found.update((key, problem[0]) for key, problem in errors.items())
    return [(key, code, count) for (key, code), count in found.most_common(8)]
