"""What the case page shows of a correction (R-OPN-5)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from casework.domain.case_file import CaseFile
from casework.domain.dossier import Dossier, Fact, Section
from casework.enums import WITH_APPLICANT
from eligibility.domain import corrections
from eligibility.models import Correction
from kit.masking import mask_id


def facts(file: CaseFile[Correction], membership: Membership) -> list[Fact]:
    correction = file.application
    return [
        Fact(_("提出单位"), correction.applicant.name),
        Fact(_("提出人"), str(correction.asked_by)),
        Fact(_("提出时的姓名"), correction.old_name),
        Fact(_("提出时的号码"), mask_id(correction.old_number)),
        Fact(_("理由"), correction.reason or "—"),
    ]


def subject(file: CaseFile[Correction], membership: Membership) -> tuple[Any, ...] | None:
    """The applicant mends what was returned; an office opens the person."""
    correction = file.application
    if membership.organisation_id == correction.applicant_id and correction.state in WITH_APPLICANT:
        return _("修改更正内容"), "correction_edit", correction.pk
    return None if membership.is_unit else (_("历次记录"), "person", correction.person_id)


CORRECTION = Dossier(
    kind=corrections.KIND,
    facts=facts,
    conditions=corrections.conditions,
    sections=(Section(_("更正内容"), "eligibility/corrections/_change.html", corrections.change_shown, open=True),),
    documents=lambda file: [(corrections.EVIDENCE, _("身份证复印件或证明"), bool(file.application.new_name))],
    history=lambda file: [(corrections.KIND, file.application.pk)],
    related=("person", "asked_by__user", "asked_by__organisation"),
    subject=subject,
)
