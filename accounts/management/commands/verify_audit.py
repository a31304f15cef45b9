"""`manage.py verify_audit [--against DIGEST]`: walk the audit chains; exit 1 with every flaw listed, else print the
day's digest (R-SEC-2).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain.audit import digest_of_the_day, verify
from accounts.domain.digests import DigestUnreadable, held_against, read_digest
from accounts.domain.seals import seals_held_against


class Command(BaseCommand):
    help = (
        "Check that no audit event was changed, removed or slipped in; with a digest kept outside also that no chain"
        " was wound back or removed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--against", type=Path, metavar="DIGEST", help="a digest file that was kept elsewhere")

    def handle(self, *args: Any, against: Path | None = None, **options: Any) -> None:
        flaws = [f"{flaw.chain} #{flaw.number}: {flaw.problem}" for flaw in verify()]
        if against:
            try:
                kept = read_digest(against.read_text("utf-8"))
            except (OSError, UnicodeDecodeError, DigestUnreadable) as unreadable:
                raise CommandError(f"{against}: {unreadable}") from unreadable
            flaws += [f"{flaw.chain} #{flaw.number}: {flaw.problem}" for flaw in held_against(kept.heads)]
            flaws += [
                f"{table}: the seals over its rows are not those of {kept.day}"
                for table in seals_held_against(kept.seals)
            ]
            self.stdout.write(f"held against the digest of {kept.day}: {len(kept.heads)} chains")
        for flaw in flaws:
            self.stdout.write(flaw)
        self.stdout.write(f"digest {digest_of_the_day()}")
        if flaws:
            raise CommandError(f"{len(flaws)} flaws in the audit trail")
        self.stdout.write(self.style.SUCCESS("the audit trail is whole"))
