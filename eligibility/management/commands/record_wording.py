"""Record the new sentences of the rule tables; one in use is never edited (R-ELG-2, R-ELG-4)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eligibility.rules.wording import Reworded, record


class Command(BaseCommand):
    """New sentences are added to `eligibility/rules/wording.txt`; a reworded one is refused by its address."""

    help = (
        "登记规则表的新句子；已登记的不能改写 / Record new sentences of the rule tables; recorded ones are never"
        " reworded."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            added = record()
        except Reworded as changed:
            raise CommandError(f"已登记的句子不能改写，请另立一句或新表 / in use and reworded: {changed}") from changed
        self.stdout.write(f"{added} 句 / sentences")
