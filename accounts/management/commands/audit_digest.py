"""`manage.py audit_digest [--to FILE]`: the day's digest as a file to keep outside the system; made now where the night
has not yet (R-SEC-2).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.domain.digests import make_digest, text_of


class Command(BaseCommand):
    help = "Write the digest of today: every chain with its number and hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FILE")

    def handle(self, *args: Any, to: Path | None = None, **options: Any) -> None:
        text = text_of(make_digest())
        if to:
            to.write_text(text, "utf-8")
        else:
            self.stdout.write(text, ending="")
