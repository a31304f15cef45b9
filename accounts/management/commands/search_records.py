"""`manage.py search_records`: the nightly search by hand; every finding a line, exit 1 when there is one (R-AUT-5,
R-SEC-2).
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.domain.findings import search, sentence_of


class Command(BaseCommand):
    help = "Look for rights nobody could be given, and for values that were changed without a trail."

    def handle(self, *args: Any, **options: Any) -> None:
        found = search()
        for finding in found:
            self.stdout.write(
                f"{finding.division_id} {finding.subject_kind} {finding.subject_id or ''} {finding.code}:"
                f" {sentence_of(finding)}"
            )
        if found:
            raise CommandError(f"{len(found)} findings")
        self.stdout.write(self.style.SUCCESS("nothing found"))
