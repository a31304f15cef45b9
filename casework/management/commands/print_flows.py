"""Print the state diagrams of all flows as docs/flows.md holds them."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from casework.domain.diagrams import all_diagrams


class Command(BaseCommand):
    help = "Prints every flow table as a Mermaid state diagram."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            self.stdout.write(all_diagrams())
