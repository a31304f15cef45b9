"""What one job was answered, as the engine's records (R-ELG-1, R-ELG-6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from casework.models import Job
from eligibility.domain.enterprises import uscc_hash
from eligibility.engine import Record, read_answer
from eligibility.engine.records import MALFORMED
from eligibility.models import RegistryAnswer
from eligibility.registries.protocol import Silence


class Received(NamedTuple):
    """What registries answered about one subject: the records of those that answered, the silent ones, which of these
    people answer for, and which are not connected at all.
    """

    records: dict[str, tuple[Record, ...]]
    silent: list[str]
    by_people: list[str]
    not_connected: list[str]


NOTHING = Received({}, [], [], [])


class Answers:
    """What one job was answered, by registry and subject; read and decrypted once.

    `left_out`: registries that are listed as not asked where the job did not ask them, as it belongs to a time before
    that question.
    """

    def __init__(self, job: Job | None, *, left_out: Collection[str] = ()) -> None:
        self.left_out = left_out
        rows = RegistryAnswer.objects.filter(job=job) if job else RegistryAnswer.objects.none()
        self.kept: dict[tuple[str, bytes], Any] = {}
        self.by_people: set[tuple[str, bytes]] = set()
        self.not_connected: set[tuple[str, bytes]] = set()
        self.enterprises: dict[tuple[str, tuple[str, ...]], Received] = {}
        self.note(rows.values_list("registry", "subject_hash", "facts", "problem"))

    def note(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take in answers as they are stored: registry, subject, facts (None for silence), problem."""
        for registry, subject_hash, facts, problem, *_more in rows:
            self.kept[registry, subject_hash] = facts
            if facts is None and problem == Silence.ASSISTED:
                self.by_people.add((registry, subject_hash))
            elif problem == Silence.NOT_CONNECTED:
                self.not_connected.add((registry, subject_hash))

    def of(self, subject_hash: bytes, registry: str) -> tuple[Record, ...] | None:
        """The records of a subject, () for «nothing known», None for silence."""
        facts = self.kept.get((registry, subject_hash))
        return None if facts is None else records_of(registry, facts)

    def about(self, subject_hash: bytes, registries: Sequence[str]) -> Received:
        """What these registries answered about a subject."""
        received = Received({}, [], [], [])
        for registry in registries:
            records = self.of(subject_hash, registry)
            if records is not None:
                received.records[registry] = records
                continue
            received.silent.append(registry)
            if (registry, subject_hash) in self.by_people:
                received.by_people.append(registry)
            elif (registry, subject_hash) in self.not_connected or (
                registry in self.left_out and not self.asked(subject_hash, registry)
            ):
                received.not_connected.append(registry)
        return received

    def about_enterprise(self, uscc: str, registries: tuple[str, ...]) -> Received:
        """The same of an enterprise, read once for all its people."""
        if (uscc, registries) not in self.enterprises:
            self.enterprises[uscc, registries] = self.about(uscc_hash(uscc), registries)
        return self.enterprises[uscc, registries]

    def asked(self, subject_hash: bytes, registry: str) -> bool:
        return (registry, subject_hash) in self.kept


def records_of(registry: str, kept: Sequence[Mapping[str, Any]]) -> tuple[Record, ...]:
    """Kept facts as the engine's records; what the registry client flagged as odd stays evidence and decides nothing
    (R-ELG-1).
    """
    if not kept:
        return ()
    odd = tuple(
        Record(registry, MALFORMED, {"of_type": str(raw.get("type", "")), "reason": str(raw.get("problem", ""))})
        for raw in kept
        if raw.get("malformed")
    )
    return (*read_answer(registry, [raw for raw in kept if not raw.get("malformed")] if odd else kept), *odd)
