"""What stands in the way of a claim's moves, as sentences; the table in `subsidies/procedures/` names them (R-SUB-1 …
R-SUB-5).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.inbox import reviewers_of
from casework.enums import UNFINISHED, State
from casework.models import Job
from eligibility.enums import Gate
from subsidies.domain.budgets import why_not_committed
from subsidies.domain.claim_file import ClaimFile
from subsidies.domain.claims import CHECK_TASK, claimed_at, lines_today, newer_claim
from subsidies.domain.limits import over_the_limit
from subsidies.domain.people import unsettled_sentences
from subsidies.domain.publicity import PAYMENT_CHECK_TASK
from subsidies.enums import LIVE, LineState, ObjectionOutcome
from subsidies.models import Subsidy
from training.domain.units.accounts import account_of, under_way


def class_is_completed(file: ClaimFile, context: Any) -> Iterable[str]:
    subsidy = file.application
    if subsidy.training_class.stage not in claimed_at(subsidy.sequence):
        yield _("班次现在是“%(stage)s”，结业审批同意后才能申请补贴。") % {
            "stage": subsidy.training_class.get_stage_display()
        }


def nothing_came_after(file: ClaimFile, context: Any) -> Iterable[str]:
    if why := newer_claim(file.application):
        yield why


def something_to_claim(file: ClaimFile, context: Any) -> Iterable[str]:
    """By today's record, which submission is going to freeze."""
    if not any(line.state == LineState.CLAIMED for line in lines_today(file.application)):
        yield _("没有可以申请补贴的学员：请查看每个人的不予补贴理由。")


def payee_has_account(file: ClaimFile, context: Any) -> Iterable[str]:
    """In force, or asked for and in an office's hands; to be paid it must be in force (R-SUB-7)."""
    if account_of(file.subsidy.payee) is None and not under_way([file.subsidy.payee_id]):
        yield _("收款单位%(name)s没有收款账户，请先在单位信息中申请账户。") % {"name": file.subsidy.payee.name}


def checks_are_done(file: ClaimFile, context: Any) -> Iterable[str]:
    """Nothing is decided while a check is running (R-ELG-1)."""
    running = Job.objects.filter(
        task__in=[CHECK_TASK, PAYMENT_CHECK_TASK], kind="subsidy", object_id=file.application.pk, state__in=UNFINISHED
    )
    if running.exists():
        yield _("系统比对还在进行，完成后再办理。")


def everyone_is_settled(file: ClaimFile, context: Any) -> Iterable[str]:
    """Nobody is approved while a person left in the claim is not eligible, or not verified (R-ELG-1)."""
    return unsettled_sentences(file)


def someone_is_left(file: ClaimFile, context: Any) -> Iterable[str]:
    if not file.claimed:
        yield _("所有人员都已剔除，没有可以同意的补贴；请退回或不同意。")


def publicity_is_over(file: ClaimFile, context: Any) -> Iterable[str]:
    latest = next(iter(file.publicities), None)
    if latest and latest.waits_for:
        yield _("公示至%(day)s是暂定的：%(year)s年放假安排录入后重新计算，此前公示不能期满。") % {
            "day": latest.ends.isoformat(),
            "year": latest.waits_for,
        }
    elif latest is None or timezone.localdate() <= latest.ends:
        yield _("公示至%(day)s，期满后才能审批。") % {"day": latest.ends.isoformat() if latest else "—"}


def checked_for_payment(file: ClaimFile, context: Any) -> Iterable[str]:
    """Everybody was compared after the publicity, at the gate of payment (R-SUB-2)."""
    examined = [line.enrolment.examination for line in file.claimed]
    if any(examination is None or examination.gate != Gate.PAYMENT for examination in examined):
        yield _("拨付前复核比对还没有完成；比对中断的，请在“任务”中重新开始。")


def objections_are_answered(file: ClaimFile, context: Any) -> Iterable[str]:
    """Of this publicity and of every earlier one."""
    if waiting := len(file.open_objections):
        yield _("还有%(count)s件异议没有处理完。") % {"count": waiting}


def nothing_was_upheld(file: ClaimFile, context: Any) -> Iterable[str]:
    """An objection upheld since the claim was last submitted is settled by taking the person out, or by returning the
    claim.
    """
    for objection in file.objections:
        if objection.outcome != ObjectionOutcome.UPHELD or objection.handled_at < file.application.submitted_at:
            continue
        if objection.line is None:
            yield _("异议成立：%(answer)s。请退回申请单位更正。") % {"answer": objection.answer.rstrip("。")}
        elif objection.line.state in LIVE:
            yield _("对%(sequence)s号 %(name)s的异议成立：%(answer)s。请剔除此人，或退回申请单位更正。") % {
                "sequence": objection.line.enrolment.sequence,
                "name": objection.line.enrolment.name,
                "answer": objection.answer.rstrip("。"),
            }


def nobody_is_over_the_limit(file: ClaimFile, context: Any) -> Iterable[str]:
    return over_the_limit(file)


def budget_bears_it(file: ClaimFile, context: Any) -> Iterable[str]:
    if why := why_not_committed(file.subsidy, file.budget):
        yield why


def barred_reviewers(subsidy: Subsidy, reviewers: list[int]) -> list[int]:
    """In review, everybody who has decided; after the publicity, who agreed first, where another agreed after
    (R-AUT-5).
    """
    if subsidy.state == State.IN_REVIEW:
        return reviewers
    return reviewers[:1] if len(reviewers) > 1 else []


def not_by_the_first_reviewer(file: ClaimFile, context: Any) -> Iterable[str]:
    """Who agreed first may not approve the money: two people stand behind every payment (R-AUT-5)."""
    if context.by and context.by.user_id in barred_reviewers(file.application, reviewers_of(file.application)):
        yield _("您是本件的初审人员，批准拨付须由复审或其他有权限的人员办理。")
