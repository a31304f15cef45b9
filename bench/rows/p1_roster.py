"""P1: an xlsx roster of 10,000 rows to staged, validated rows with errors by cell (job time, without queueing)."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import python_calamine
import tablib
from django.core.files.base import ContentFile
from django.db import connection, transaction
from import_export import resources

from bench.actors import operator
from bench.crowd import crowd
from bench.measure import Bench, Line, Target, Variant
from bench.people import SURNAMES, card
from bench.traces import no_traces
from casework.models import Attachment, Parameter
from kit.ids import citizen_number_from
from kit.sheets import write_table
from training.domain.roster.staging import SLOT, read_upload
from training.fields import RosterField, check_cells, fields_for
from training.models import RosterRow, RosterUpload

CODE = "P1"
SENTENCE = "a roster of 10,000 rows from xlsx to staged rows in the database, with errors by cell"
ROWS, PART = 10_000, 1_000
CATEGORY = "laid_off_unemployed"
COLUMNS = "upload_id, row, cells, notes, warnings, errors, is_good"


def measure(bench: Bench) -> list[Line]:
    line = Line(CODE, "roster 10,000 rows", Target(share=0.3, naive=50))
    with no_traces(), an_upload() as (upload, fields, path):
        read_upload(upload)
        prepared = staged(upload)
        line.notes.append(
            f"{upload.good:,} good and {upload.bad:,} bad rows; naive measured on {PART:,} rows, preview and confirm,"
            f" times {ROWS // PART}"
        )
        part = roster_file(path.with_name("part.xlsx"), fields, PART).read_bytes()
        return [
            bench.timed(
                line,
                ours=Variant(lambda: read_upload(upload)),
                limit=Variant(lambda: read_and_copy(path, upload, prepared)),
                naive=Variant(lambda: import_export(part, upload, fields), times=ROWS / PART),
            )
        ]


@contextmanager
def an_upload() -> Iterator[tuple[RosterUpload, tuple[RosterField, ...], Path]]:
    """An uploaded roster of a class that is still a draft; its file is gone afterwards."""
    training_class = crowd(CATEGORY, 0)
    Parameter.objects.get_or_create(
        code="numbers_a_day",
        division=training_class.division,
        since=date(2020, 7, 1),
        defaults={"value": ROWS * 1000, "source": "bench", "is_example": True},
    )
    fields, by = fields_for(training_class.category, training_class.first_day), operator(training_class.applicant)
    with tempfile.TemporaryDirectory() as folder:
        path = roster_file(Path(folder) / "roster.xlsx", fields, ROWS)
        attachment = Attachment(
            kind="trainingclass",
            object_id=training_class.pk,
            slot=SLOT,
            name=path.name,
            media_type="application/xlsx",
            size=path.stat().st_size,
            sha256="0" * 64,
            by=by,
        )
        attachment.file.save(path.name, ContentFile(path.read_bytes()), save=False)
        attachment.save()
        try:
            yield RosterUpload.objects.create(training_class=training_class, attachment=attachment, by=by), fields, path
        finally:
            attachment.file.storage.delete(attachment.file.name)


def roster_file(path: Path, fields: tuple[RosterField, ...], rows: int) -> Path:
    """A roster as units send it: every thirty-third number mistyped, every fiftieth name with a space in it."""
    headers = [field.header for field in fields]
    write_table(
        path, headers, ([cells(n).get(field.key, "") for field in fields] for n in range(rows)), text_columns=headers
    )
    return path


def cells(n: int) -> dict[str, str]:
    number = citizen_number_from("150203", date(1970, 1, 1) + timedelta(days=n % 9_000), 700 + n // 9_000)
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    name = f"{SURNAMES[n % len(SURNAMES)]}{'建' if n % 50 else ' 建'}{SURNAMES[n * 7 % len(SURNAMES)]}"
    return {
        "name": name,
        "number": number if n % 33 else wrong,
        "ethnicity": "蒙古族" if n % 4 == 0 else "汉族",
        "household": "城镇",
        "phone": f"139{47_100_000 + n:08d}",
        "bank_name": "中国农业银行",
        "bank_account": card(n + 1),
    }


def staged(upload: RosterUpload) -> str:
    """The rows as they were staged, in COPY's own form: what the limit has ready before it starts."""
    text = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY (SELECT {COLUMNS} FROM training_rosterrow WHERE upload_id = {upload.pk} ORDER BY row) TO STDOUT",
            text,
        )
    return text.getvalue()


def read_and_copy(path: Path, upload: RosterUpload, prepared: str) -> None:
    """The limit: read the sheet with calamine, put the prepared rows in place of the old ones."""
    python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM training_rosterrow WHERE upload_id = %s", [upload.pk])
        cursor.copy_expert(f"COPY training_rosterrow ({COLUMNS}) FROM STDIN", io.StringIO(prepared))


def import_export(content: bytes, upload: RosterUpload, fields: tuple[RosterField, ...]) -> None:
    """The naive way: a model resource with its defaults, once as preview, once confirmed."""
    keys = {field.header: field.key for field in fields}

    class RosterResource(resources.ModelResource):
        class Meta:
            model = RosterRow
            import_id_fields = ("upload", "row")
            fields = ("upload", "row", "cells", "errors", "notes", "warnings", "is_good")

        def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
            mended, wrong, notes = check_cells(fields, {key: str(row[header] or "") for header, key in keys.items()})
            row |= {
                "cells": mended,
                "errors": json.dumps(wrong),
                "notes": json.dumps(notes),
                "warnings": "[]",
                "is_good": not wrong,
            }

    data = tablib.Dataset().load(content, format="xlsx")
    data.append_col([upload.pk] * len(data), header="upload")
    data.append_col(list(range(1_000_000, 1_000_000 + len(data))), header="row")
    with transaction.atomic():
        for preview in (True, False):
            result = RosterResource().import_data(data, dry_run=preview)
            if result.has_errors():
                raise ValueError([str(error.error) for error in result.base_errors] or result.row_errors()[0])
        transaction.set_rollback(True)
