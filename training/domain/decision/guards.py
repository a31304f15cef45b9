"""Guards that several flows share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from casework.domain.case_file import CaseFile
from casework.models import Application, Step


def nobody_has_decided(file: CaseFile[Application], context: Any) -> list[str]:
    """Withdrawing is the applicant's as long as no officer has decided in this round."""
    application = file.application
    decided = Step.objects.filter(
        kind=application._meta.model_name, object_id=application.pk, round=application.round, decides=True
    ).exists()
    return [_("审核人员已作出决定，不能撤回；请联系审核部门退回补正。")] if decided else []
