"""A class in review whose people a department has to verify, and one in which a registry fails somebody."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from eligibility.models import Assistance
from tests.factories import eligibility as people
from tests.training import walk as walks

USCC = "91150100MA0N0J0A1F"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def paper(name: str = "依据.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


def insured_class(registries: Any, **how: Any) -> walks.Walk:
    """Three people, the second insured as an employee; with the officer."""
    walk = walks.laid_off_class(**how)
    registries.load([people.job_seeker(person) for person in walk.people])
    registries.load([people.insured(walk.people[1], USCC)])
    walk.to_officer()
    return walk


def shareholders(registries: Any, names: list[str] | None = None) -> walks.Walk:
    """People who are shareholders on paper: the market regulation department has to say whether they work."""
    walk = walks.laid_off_class(names)
    registries.load([people.job_seeker(person) for person in walk.people])
    for person in walk.people:
        registries.add_records(
            "business", person.number, [{"type": "post", "uscc": USCC, "role": "shareholder", "from": "2019-01-01"}]
        )
    walk.to_officer()
    return walk


def asked() -> list[Assistance]:
    return list(Assistance.objects.order_by("id"))


def filled(content: bytes, *rows: dict[str, str]) -> bytes:
    """The sheet with what a department typed, row by row from the first; a header's name finds its column."""
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[2]}
    for place, cells in enumerate(rows, start=3):
        for header, text in cells.items():
            sheet.cell(place, heads[header]).value = text
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def upload(content: bytes, name: str = "答复.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
