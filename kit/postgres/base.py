"""Django's PostgreSQL with two ears: the end of a transaction however it ends, and what a trigger refuses (R-AUT-4,
R-SEC-2).

A refused attempt must stay on record also where its transaction rolls back, and must not be written on a second
connection while the first holds the chain. It is written when the outermost transaction is over. `on_commit` would
forget it with the roll-back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError
from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refusal:
    """What a trigger said: `RAISE … USING CONSTRAINT = <name>, TABLE = <table>, DETAIL = <whom it concerns>`."""

    message: str
    table: str
    detail: str


# Whoever wants to know of refusals, by the constraint's name the trigger gives.
listeners: dict[str, Callable[[Refusal], None]] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection everything uses: pages, API, jobs, commands, shell."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.afterwards: list[tuple[Callable[[], object], bool]] = []
        self.execute_wrappers.append(_listening)

    def when_over(self, act: Callable[[], object]) -> None:
        """Run `act` when the outermost transaction has ended, committed or not; at once where there is none."""
        if self._is_over() and not self._is_broken():
            act()
        else:
            self.afterwards.append((act, bool(self.atomic_blocks) and _of_a_test(self.atomic_blocks[0])))

    def _is_over(self) -> bool:
        """No transaction is open; the one a test wraps itself in does not count, as for Django's own `on_commit`."""
        return all(_of_a_test(block) for block in self.atomic_blocks)

    def _is_broken(self) -> bool:
        return self.connection is not None and self.connection.get_transaction_status() == TRANSACTION_STATUS_INERROR

    def _run_afterwards(self) -> None:
        acts, self.afterwards = self.afterwards, []
        for act, of_a_test in acts:
            if of_a_test and not self.atomic_blocks:
                continue  # the test's own transaction is gone, and what it wanted with it
            try:
                act()
            except Exception:
                log.exception("what was to be done after a transaction failed")

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if autocommit and self.afterwards and not self.in_atomic_block:
            self._run_afterwards()

    def savepoint_rollback(self, sid: str) -> None:
        super().savepoint_rollback(sid)
        if self.afterwards and self._is_over():
            self._run_afterwards()

    def savepoint_commit(self, sid: str) -> None:
        super().savepoint_commit(sid)
        if self.afterwards and self._is_over():
            self._run_afterwards()

    def _commit(self) -> Any:
        try:
            return super()._commit()
        except DatabaseError as error:
            _tell(error)
            raise


def _of_a_test(block: Any) -> bool:
    return block._from_testcase  # noqa: SLF001


def _listening(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    try:
        return execute(sql, params, many, context)
    except DatabaseError as error:
        _tell(error)
        raise


def _tell(error: DatabaseError) -> None:
    said = getattr(error.__cause__, "diag", None)
    if said is not None and (listener := listeners.get(said.constraint_name or "")):
        listener(Refusal(said.message_primary or "", said.table_name or "", said.message_detail or ""))
