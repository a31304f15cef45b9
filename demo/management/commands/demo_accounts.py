"""Print the demo's accounts; `./dev demo` shows them at start."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from demo.offices import PASSWORD, SHOWN


class Command(BaseCommand):
    help = "Prints the demo accounts and their password."

    def handle(self, *args: Any, **options: Any) -> None:
        there = set(
            User.objects.filter(username__in=[name for name, _what in SHOWN]).values_list("username", flat=True)
        )
        if not there:
            self.stdout.write("  (no demo data: ./dev demo --fresh)")
            return
        self.stdout.write(f"  演示账号，密码都是 {PASSWORD}")
        for name, what in SHOWN:
            if name in there:
                self.stdout.write(f"    {name:<12} {what}")
