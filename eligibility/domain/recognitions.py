"""A department's recognition of an employer: asked and entered once, and every open class of the employer is judged by
it (R-ELG-5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.audit import record
from accounts.domain.refusals import noted
from accounts.models import Division, Membership
from casework.domain.files import attach, day_after
from eligibility.domain.assistance import DECIDING
from eligibility.domain.departments import REPLY
from eligibility.domain.examine import subjects
from eligibility.engine import Recognition as Recognised
from eligibility.engine.facts import Vouched
from eligibility.enums import Answer
from eligibility.models import Recognition
from kit.refusals import NotAllowed, NotNow, NotValid
from kit.text import written

DISTRESSED = "employer_distressed"
RELATED = ("area", "by__user", "by__organisation")

NO_RESULT = gettext_lazy("请选择认定结果：属实或不属实。")


@dataclass(frozen=True)
class Answered:
    """The department's answer: `last_day` is the last day of the period as the letter writes it, None for no end."""

    answer: str
    since: date | None = None
    last_day: date | None = None
    area: Division | None = None
    department: str = ""
    letter: str = ""
    note: str = ""


def known_of(uscc: str, check_code: str = DISTRESSED) -> Recognition | None:
    """The newest answer about an employer."""
    return Recognition.objects.filter(uscc=uscc, check_code=check_code).select_related(*RELATED).order_by("-pk").first()


def for_judging(uscc: str) -> tuple[dict[str, Recognised], dict[str, str], dict[str, Vouched]]:
    """The same as the judge takes it: a recognition with its period; or the answer that there is none, and who gave it
    on what.
    """
    known = known_of(uscc)
    if known is None:
        return {}, {}, {}
    if known.answer == Answer.CONFIRMED:
        return {known.check_code: Recognised(known.since, known.until, known.area.name)}, {}, {}
    who = f"{known.by.user.full_name}（{known.by.organisation.name}）"
    return (
        {},
        {known.check_code: known.answer},
        {known.check_code: Vouched(who, f"{known.department}{known.letter}", False, known.at.isoformat())},
    )


def recognise(
    kind: str, subject_id: int, answered: Answered, *, by: Membership, upload: UploadedFile | None = None
) -> Recognition:
    """Enter the answer about the employer of this trainee; everybody of its open classes is judged again at once.

    Raises NotAllowed for somebody who does not decide the class.
    """
    provider = subjects()
    with noted(
        "recognition.refused",
        by=by,
        kind=kind,
        pk=subject_id,
        division=by.organisation.division_id,
        subject=subject_id,
        check=DISTRESSED,
    ):
        if why := provider.why_not(by, subject_id):
            raise NotAllowed(why)
    uscc = provider.employer_of(subject_id)
    if not uscc:
        raise NotNow(_("此班次没有用工企业。"))
    _refuse_incomplete(answered)
    confirmed = answered.answer == Answer.CONFIRMED
    with transaction.atomic():
        before = known_of(uscc)
        made = Recognition.objects.create(
            uscc=uscc,
            check_code=DISTRESSED,
            answer=answered.answer,
            since=answered.since if confirmed else None,
            until=day_after(answered.last_day) if confirmed else None,
            area=answered.area if confirmed else None,
            department=written(answered.department),
            letter=written(answered.letter),
            note=written(answered.note),
            division=by.organisation.division,
            by=by,
        )
        case = provider.case_of(subject_id)
        file = attach(*case, f"{REPLY}e{made.pk}", upload, by=by).name if upload else ""
        record(
            "recognition.entered",
            by=by,
            kind="recognition",
            pk=made.pk,
            division=made.division_id,
            reason=made.note,
            subject=subject_id,
            check=DISTRESSED,
            before=str(before.answer) if before else "",
            answer=made.answer,
            department=made.department,
            letter=made.letter,
            uscc=uscc,
            since=made.since.isoformat() if made.since else "",
            until=answered.last_day.isoformat() if made.until and answered.last_day else "",
            area=made.area.name if made.area else "",
            file=file,
        )
        provider.rejudge(provider.employees_of(uscc))
    return made


def _refuse_incomplete(answered: Answered) -> None:
    """What is missing or cannot be, with its field."""
    if answered.answer not in DECIDING:
        raise NotValid(NO_RESULT, field="answer")
    if not written(answered.department):
        raise NotValid(_("请填写答复的认定部门。"), field="department")
    if not written(answered.letter):
        raise NotValid(_("请填写复函文号。"), field="letter")
    if answered.answer != Answer.CONFIRMED:
        return
    if answered.since is None:
        raise NotValid(_("请填写认定的起始日期。"), field="since")
    if answered.area is None:
        raise NotValid(_("请选择认定地区。"), field="area")
    if answered.last_day and answered.last_day < answered.since:
        raise NotValid(_("认定的截止日期早于起始日期。"), field="last_day")
