"""Certificates compared with the certificate registry: type, number, occupation, level, person, date (R-CMP-2)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from casework.enums import State
from casework.models import Job
from eligibility.domain.answers import Answers
from eligibility.engine import FAIL, PASS, UNKNOWN, Record
from eligibility.engine.judgement import Result as CheckResult
from training.enums import CertificateKind, Result, SkillLevel
from training.models import CertificateChange, Enrolment, TrainingClass

REGISTRY = "certificates"
CODE = "certificate_verified"
CLAUSE = "M二(二)"
LABEL = ("证书核验", "Certificate verified")
SILENT = (
    "技能人员证书系统暂未答复，证书待核，系统会自动再次核验。",
    "The certificate registry has not answered; the system asks again by itself.",
)
NOT_FOUND = (
    "技能人员证书系统没有查到该人员编号为{number}的证书。",
    "The certificate registry knows no certificate {number} of this person.",
)
SAME = ("证书{number}与技能人员证书系统登记一致。", "Certificate {number} agrees with the certificate registry.")
DIFFERS = ("证书{number}与登记不一致：{fields}。", "Certificate {number} differs from the registry: {fields}.")
ADVICE = (
    "请核对证书的种类、编号、职业、等级和发证日期；登记有误的由发证机构更正。",
    "Check kind, number, occupation, level and date; have a wrong entry corrected by the issuer.",
)
FIELDS = {
    "kind": ("证书种类", "kind"),
    "occupation": ("职业", "occupation"),
    "level": ("等级", "level"),
    "date": ("发证日期", "date"),
}


def claims_certificate(enrolment: Enrolment) -> bool:
    """Whether there is a certificate to compare; 培训合格证书 are given by the training itself and stand in no registry
    (R-OPN-6).
    """
    return (
        enrolment.result == Result.PASS
        and bool(enrolment.certificate_number)
        and enrolment.certificate_kind != CertificateKind.COMPLETION
    )


def proved_since(job: Job | None, enrolments: Collection[int]) -> dict[int, Answers]:
    """What the registry said of certificates put right after this check, by enrolment: an older answer says nothing of
    them. One query.
    """
    rows = CertificateChange.objects.filter(
        enrolment__in=enrolments, state=State.APPROVED, proof__gt=job.pk if job else 0
    )
    return {change.enrolment_id: Answers(change.proof) for change in rows.select_related("proof").order_by("proof")}


def compare(training_class: TrainingClass, enrolment: Enrolment, answers: Answers) -> CheckResult:
    """The comparison as one result; a registry that is down leaves the certificate unverified, never right or wrong
    (R-ELG-1).
    """
    number = {"number": enrolment.certificate_number}
    records = answers.of(enrolment.person.number_hash, REGISTRY)
    if records is None or any(record.malformed for record in records):
        return _result(UNKNOWN, SILENT, number, needs="registry")
    found = [
        r
        for r in records
        if r.type == "certificate" and _plain(r.text("number")) == _plain(enrolment.certificate_number)
    ]
    if not found:
        return _result(FAIL, NOT_FOUND, number)
    wrong = min((differences(training_class, enrolment, record) for record in found), key=len)
    if wrong:
        words = ["、".join(FIELDS[name][0] for name in wrong), ", ".join(FIELDS[name][1] for name in wrong)]
        return _result(FAIL, DIFFERS, number, found, fields=words)
    return _result(PASS, SAME, number, found)


def differences(training_class: TrainingClass, enrolment: Enrolment, record: Record) -> list[str]:
    """The fields in which the registry's record differs from what was reported; a field the registry leaves out says
    nothing.
    """
    project = training_class.project
    kinds = (
        {enrolment.certificate_kind, str(CertificateKind(enrolment.certificate_kind).label)}
        if enrolment.certificate_kind
        else set()
    )
    wrong = []
    if record.text("kind") and record.text("kind") not in kinds:
        wrong.append("kind")
    if (
        project.occupation
        and record.text("occupation")
        and not _same_occupation(record.text("occupation"), project.occupation)
    ):
        wrong.append("occupation")
    if project.level and record.text("level") and record.text("level") not in _level_words(project.level):
        wrong.append("level")
    if record.day("issued_on") != enrolment.certificate_on:
        wrong.append("date")
    return wrong


def _same_occupation(said: str, occupation: Any) -> bool:
    return _plain(said) in {_plain(occupation.code), _plain(occupation.name)}


def _level_words(level: int) -> set[str]:
    label = str(SkillLevel(level).label)
    return {str(level), label, f"{label}工", f"{'一二三四五'[level - 1]}级"}


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text).upper()


def _result(
    outcome: str,
    says: tuple[str, str],
    number: dict[str, str],
    records: Sequence[Record] = (),
    *,
    needs: str | None = None,
    fields: Sequence[str] = ("", ""),
) -> CheckResult:
    zh, en = (text.format(**number, fields=fields[index]) for index, text in enumerate(says))
    return CheckResult(
        code=CODE,
        label_zh=LABEL[0],
        label_en=LABEL[1],
        clause=CLAUSE,
        registry=REGISTRY,
        outcome=outcome,
        sentence_zh=zh,
        sentence_en=en,
        advice_zh="" if outcome == PASS else ADVICE[0],
        advice_en="" if outcome == PASS else ADVICE[1],
        evidence=tuple(record.evidence() for record in records),
        needs=needs,
    )
