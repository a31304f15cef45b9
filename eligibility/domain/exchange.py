"""文件交换: the open subjects of a registry out, its records back in as its answer (R-ELG-1, R-ELG-7).

The sheet is read elsewhere; here is who is on it, the signed row ids, and what a returned answer does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Membership, Organisation
from casework.enums import JobState
from eligibility.domain.connections import modes, silent_rows
from eligibility.domain.enterprises import uscc_hash
from eligibility.enums import Mode
from eligibility.models import Exchange, Person, RegistryAnswer
from eligibility.registries.catalogue import REGISTRIES
from kit.identity import mend_number
from kit.refusals import NotAllowed, NotNow, NotValid

SALT = "registry-exchange"
Records = list[dict[str, Any]]


@dataclass(frozen=True)
class Open:
    """One subject that waits for a registry's file."""

    row_id: str
    about: str
    key: str
    name: str


def _allowed(registry: str, by: Membership) -> None:
    if not by.administers_region:
        raise NotAllowed(_("交换文件由自治区超级管理员办理。"))
    if registry not in REGISTRIES or modes()[registry] != Mode.FILE:
        raise NotNow(_("这个系统现在不是文件交换方式。"))


def send_out(registry: str, *, by: Membership) -> tuple[Exchange, list[Open]]:
    """Everyone who waits for this registry, each once, under a new exchange; NotNow when nobody waits."""
    _allowed(registry, by)
    rows = (
        silent_rows(by.division)
        .filter(registry=registry, job__state=JobState.DONE)
        .order_by("subject_hash", "-id")
        .distinct("subject_hash")
    )
    answers = {bytes(row.subject_hash): row.pk for row in rows}
    if not answers:
        raise NotNow(_("现在没有等待这个系统答复的人员或企业。"))
    with transaction.atomic():
        exchange = Exchange.objects.create(registry=registry, subjects=len(answers), by=by, at=timezone.now())
        record("registry.file_out", by=by, on=exchange, registry=registry, subjects=len(answers))
    return exchange, list(_named(exchange, answers))


def _named(exchange: Exchange, answers: Mapping[bytes, int]) -> Iterable[Open]:
    """The subjects in clear: people by their record, enterprises by their account."""
    for person in Person.objects.filter(number_hash__in=list(answers)).order_by("name", "id"):
        yield Open(row_id(exchange, answers[bytes(person.number_hash)]), "person", person.number, person.name)
    for organisation in Organisation.objects.exclude(uscc__isnull=True).exclude(uscc="").order_by("name", "id"):
        answer = answers.get(bytes(uscc_hash(organisation.uscc)))
        if answer:
            yield Open(row_id(exchange, answer), "enterprise", organisation.uscc, organisation.name)


def row_id(exchange: Exchange, answer: int) -> str:
    """The id a row carries out and back; nobody can make one up."""
    return Signer(salt=SALT).sign(f"{exchange.pk}-{answer}")


def subject_of(exchange: Exchange, row: str, key: str, about: str) -> bytes:
    """The subject a row was made for, when the number beside it is still the same; NotValid otherwise."""
    try:
        number, _dash, answer = Signer(salt=SALT).unsign(row).partition("-")
    except BadSignature as forged:
        raise NotValid(_("行号不是本系统发出的，请不要改动")) from forged
    if number != str(exchange.pk):
        raise NotValid(_("行号属于另一份交换文件"))
    subject = (
        RegistryAnswer.objects.filter(pk=answer, registry=exchange.registry)
        .values_list("subject_hash", flat=True)
        .first()
    )
    if subject is None or not _is(bytes(subject), key, about):
        raise NotValid(_("行号与号码不是同一个对象，请不要移动单元格"))
    return bytes(subject)


def _is(subject: bytes, key: str, about: str) -> bool:
    if about == "enterprise":
        return bytes(uscc_hash(key)) == subject
    person = Person.objects.filter(number_hash=subject).first()
    return person is not None and person.number == mend_number(key)[0]


def take_in(exchange: Exchange, answers: Mapping[bytes, Records], *, by: Membership) -> list[int]:
    """Keep what came back as the registry's answer wherever it is waited for; gives the checks that can now be taken up
    again.

    An answer to nobody's question is refused by `subject_of`; one that comes twice changes nothing the second time.
    """
    _allowed(exchange.registry, by)
    with transaction.atomic():
        waiting = _waiting(exchange, list(answers), by)
        for row in waiting:
            row.facts, row.problem, row.asked_at = answers[bytes(row.subject_hash)], "", exchange.at
        RegistryAnswer.objects.bulk_update(waiting, ["facts", "problem", "asked_at"], batch_size=500)
        taken = len({bytes(row.subject_hash) for row in waiting})
        exchange.answered += taken
        exchange.returned_at, exchange.returned_by = timezone.now(), by
        exchange.save(update_fields=["answered", "returned_at", "returned_by"])
        record("registry.file_in", by=by, on=exchange, registry=exchange.registry, subjects=taken)
    return sorted({row.job_id for row in waiting})


def _waiting(exchange: Exchange, subjects: Sequence[bytes], by: Membership) -> list[RegistryAnswer]:
    rows = silent_rows(by.division).filter(
        registry=exchange.registry, subject_hash__in=subjects, job__state=JobState.DONE
    )
    return list(
        RegistryAnswer.objects.select_for_update(of=("self",)).filter(pk__in=rows.values("pk")).exclude(problem="")
    )
