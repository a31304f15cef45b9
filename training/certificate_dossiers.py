"""What the case page shows of a correction of a certificate (R-OPN-5; R-CMP-2)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from casework.domain.dossier import Condition, Dossier, Fact, Section
from casework.enums import ENDED, WITH_APPLICANT
from eligibility.engine import PASS
from training.domain import certificate_changes
from training.domain.exceptions import spoken
from training.models import CertificateChange


def facts(change: CertificateChange, post: Post) -> list[Fact]:
    enrolment, training_class = change.enrolment, change.training_class
    project = training_class.project
    return [
        Fact(_("提出单位"), change.applicant.name),
        Fact(_("班次"), f"{training_class.number} {training_class.name}"),
        Fact(_("学员"), f"{enrolment.sequence} {enrolment.name}"),
        Fact(_("公民身份号码"), enrolment.person.masked_number),
        Fact(_("职业（工种）"), f"{project.occupation or '—'} {project.get_level_display() or ''}".strip()),
        Fact(_("理由"), change.reason or "—"),
    ]


def conditions(change: CertificateChange, post: Post | None) -> list[Condition]:
    """What was asked still stands, then what the registry said: a contradiction blocks agreement, silence both answers."""
    if change.state in ENDED:
        return []
    found = [Condition(False, sentence) for sentence in certificate_changes.guard_asked(change, None)]
    if not found:
        found.append(Condition(True, _("填写完整，证书编号没有用于其他学员。")))
    if change.state in WITH_APPLICANT:
        return found
    _job, result = certificate_changes.last_check(change)
    return [*found, Condition(result.outcome == PASS, spoken(result)[0])] if result else found


def both(change: CertificateChange, post: Post) -> dict[str, Any]:
    """What stood on the roster and what shall stand there, side by side."""
    return {"change": change}


def subject(change: CertificateChange, post: Post) -> tuple[Any, ...]:
    """Who asked mends what was returned; everybody else opens the class."""
    if post.organisation_id == change.applicant_id and change.state in WITH_APPLICANT:
        return _("修改更正内容"), "certificate_edit", change.pk
    return _("打开班次"), "class_completion", change.training_class_id


CERTIFICATE_CHANGE = Dossier(
    kind=certificate_changes.KIND,
    facts=facts,
    conditions=conditions,
    sections=(Section(_("更正内容"), "training/certificate/_both.html", both, open=True),),
    documents=lambda change: [("certificate", _("证书或发证机构的证明"), False)],
    history=lambda change: [(certificate_changes.KIND, change.pk)],
    related=certificate_changes.AROUND,
    subject=subject,
)
