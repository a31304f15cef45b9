"""`manage.py rotate_field_keys`: put every encrypted value under the newest key; safe to interrupt and to run again
(R-SEC-1).
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain.audit import record
from accounts.domain.keys import encrypted_columns, rotate
from kit.crypto import Keyring


class Command(BaseCommand):
    help = (
        "Re-encrypt all encrypted columns under the key with the highest id; retire older keys only when this reports"
        " no unreadable value."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch-size", type=int, default=500)

    def handle(self, *args: Any, batch_size: int, **options: Any) -> None:
        done = []
        for column in encrypted_columns():
            rotation = rotate(column, batch_size)
            done.append(rotation)
            self.stdout.write(f"{rotation.column}: {rotation.renewed} renewed, {rotation.unreadable} unreadable")
            if rotation.examples:
                self.stderr.write(f"  no key opens rows {', '.join(rotation.examples)}")
        renewed, unreadable = sum(r.renewed for r in done), sum(r.unreadable for r in done)
        record("keys.rotated", by=None, key=Keyring.from_settings().newest, renewed=renewed, unreadable=unreadable)
        self.stdout.write(f"{len(done)} columns, {renewed} values renewed")
        if unreadable:
            raise CommandError(f"{unreadable} values could not be opened: keep the old keys")
