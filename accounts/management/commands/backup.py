"""`manage.py backup FOLDER`: a copy of the database and of the files, with what proves that it is whole; keys are kept
apart (R-SEC-2).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain.backup import BackupError, Manifest, back_up


class Command(BaseCommand):
    help = "Copy the database and the files into a folder; only new files are copied. The keys are not in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where the copies are kept, best on another machine's disk")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            place = back_up(folder)
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        manifest = Manifest.read(place)
        rows = sum(count for count, _digest in manifest.tables.values())
        self.stdout.write(f"{len(manifest.tables)} tables, {rows} rows, {len(manifest.files)} files")
        self.stdout.write(f"keys to keep elsewhere: {', '.join(manifest.keys)}")
        self.stdout.write(self.style.SUCCESS(str(place)))
