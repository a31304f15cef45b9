"""The documents of a case as its reader sees them: what is asked for, what is attached, what was replaced (R-OPN-5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.models import Membership
from casework.domain.case_file import CaseFile
from casework.domain.files import asked_of, may_read, own_label, particulars_of
from casework.models import Attachment


@dataclass(frozen=True)
class Document:
    """A slot with its file now valid and the replaced ones."""

    code: str
    label: str
    required: bool
    files: list[Attachment] = field(default_factory=list)

    @property
    def particulars(self) -> dict[str, Any]:
        """What the paper must say of itself, field → label."""
        return particulars_of(self.code)

    @property
    def current(self) -> Attachment | None:
        return next((file for file in self.files if file.replaced_at is None), None)

    @property
    def earlier(self) -> list[Attachment]:
        return [file for file in self.files if file.replaced_at is not None]


def slots(file: CaseFile[Any], membership: Membership) -> list[Document]:
    """The documents the case asks for, then whatever else was attached, as far as the membership may read it."""
    files = {code: rows for code, rows in file.attachments.items() if may_read(code, membership)}
    asked = [
        Document(code, str(label), required, files.pop(code, []))
        for code, label, required in asked_of(file, membership)
    ]
    return asked + [Document(code, own_label(code), False, rows) for code, rows in files.items()]
