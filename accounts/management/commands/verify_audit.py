"""`manage.py verify_audit`: walk the audit chains; exit 1 with every flaw listed, else print the day's digest (R-SEC-2)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.domain.audit import digest_of_the_day, verify


class Command(BaseCommand):
    help = "Check that no audit event was changed, removed or slipped in."

    def handle(self, *args: Any, **options: Any) -> None:
        flaws = verify()
        for flaw in flaws:
            self.stdout.write(f"{flaw.chain} #{flaw.number}: {flaw.problem}")
        self.stdout.write(f"digest {digest_of_the_day()}")
        if flaws:
            raise CommandError(f"{len(flaws)} flaws in the audit trail")
        self.stdout.write(self.style.SUCCESS("the audit trail is whole"))
