"""Files kept whole or not at all, under names nobody guesses: what a full disk cut short is taken away again (R-SEC-1,
R-SEC-4).
"""

from __future__ import annotations

import errno
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

FULL = {errno.ENOSPC, errno.EDQUOT}


@deconstructible
class Unguessable:
    """An `upload_to`: a name nobody can guess in a folder, with an ending where one is given."""

    def __init__(self, folder: str, ending: str = "") -> None:
        self.folder, self.ending = folder, ending

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unguessable) and (self.folder, self.ending) == (other.folder, other.ending)

    def __hash__(self) -> int:
        return hash((self.folder, self.ending))

    def __call__(self, instance: object, filename: str) -> str:
        return f"{self.folder}/{secrets.token_urlsafe(24)}{self.ending}"


class WholeFiles(FileSystemStorage):
    """The file system without halves: a file that could not be written to its end is removed."""

    def _save(self, name: str, content: Any) -> str:
        try:
            return super()._save(name, content)
        except OSError as problem:
            if problem.errno in FULL:
                Path(self.path(name)).unlink(missing_ok=True)
            raise


def is_disk_full(problem: BaseException | None) -> bool:
    """Whether an error comes, at whatever remove, of a disk without room: the files' or the database's."""
    return any(
        isinstance(one, psycopg2.errors.DiskFull) or (isinstance(one, OSError) and one.errno in FULL)
        for one in _causes(problem)
    )


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__
