"""Workbooks and other uploads: what a file really is, tables in, tables and templates out."""

from kit.errors import FileRefused

from .guard import ATTACHMENT_MAX_BYTES, ROSTER_MAX_BYTES, guard_zip, inspect_upload
from .reading import CellProblem, Table, read_table, what_was_folded
from .templates import Column, write_template
from .writing import XLSX, escape_formula, write_table

__all__ = [
    "ATTACHMENT_MAX_BYTES",
    "ROSTER_MAX_BYTES",
    "XLSX",
    "CellProblem",
    "Column",
    "FileRefused",
    "Table",
    "escape_formula",
    "guard_zip",
    "inspect_upload",
    "read_table",
    "what_was_folded",
    "write_table",
    "write_template",
]
