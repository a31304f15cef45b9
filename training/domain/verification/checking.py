"""One check of everyone in a case at a gate, the same for every kind that has one (R-OPN-5, R-CMP-2, R-SUB-2)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from casework.domain.flow import flow_of
from casework.domain.inbox import tell, write_cover
from casework.domain.jobs import finish
from casework.domain.moves import Obstructed, moved_since, take
from casework.enums import State
from casework.models import Job
from eligibility.domain import crosscheck
from training.domain.decision.openings import Recheck, recheck
from training.domain.verification.again import answers_about, answers_to_ask_anew


def check_case(
    job: Job, application: Any, gate: str, *, while_in: str = State.IN_REVIEW, then: str = "checked"
) -> None:
    """Compare everyone of the class with the registries, then take the move `then`; without one, tell the desk.

    A job of an earlier move than the case's last comes too late. One that asks again (`again` names the job before)
    keeps what was
    answered, but for people `renamed` since, and only goes on while the case is still `while_in`. Not inside a
    transaction; may be called again after a crash.
    """
    again, renamed = job.arguments.get("again"), job.arguments.get("renamed", [])
    overtaken = application.state != while_in if again else moved_since(application, job.arguments["version"])
    if overtaken:
        finish(job, _("申请已撤回、已重新提交或已作出决定，这次比对不再继续。"))
        return
    if again:
        old = Job.objects.get(pk=again)
        crosscheck.carry_over(
            old, job, ask_anew=[*answers_to_ask_anew(application.training_class), *answers_about(old, renamed)]
        )
    outcome = recheck(application.training_class, gate, job=job, only_changes=bool(again) and not renamed)
    if again or not then:
        tell_officer(application, outcome)
    else:
        move_on(application, job, then)
    finish(
        job, in_words(outcome), examined=outcome.examined, exceptions=outcome.exceptions, silent=list(outcome.silent)
    )


def move_on(application: Any, job: Job, name: str = "checked") -> None:
    """To the officer; a case that was withdrawn meanwhile stays where it is."""
    try:
        take(application, name, by=None, expected_version=job.arguments["version"])
    except Obstructed:
        application.refresh_from_db()


def tell_officer(application: Any, outcome: Recheck) -> None:
    """The cover sheet follows; whoever has the case on the desk hears of a change."""
    with transaction.atomic():
        locked = type(application).objects.select_for_update(of=("self",)).get(pk=application.pk)
        flow = flow_of(locked)
        write_cover(locked, flow)
        if outcome.changed and locked.desk_id:
            tell(
                locked,
                _("%(number)s再次比对：%(count)s人的结果有变化。")
                % {
                    "number": locked.number,
                    "count": outcome.changed,
                },
                organisation=locked.desk,
            )


def in_words(outcome: Recheck) -> str:
    words = _("已比对%(examined)s人，%(exceptions)s人不符合或待核。") % {
        "examined": outcome.examined,
        "exceptions": outcome.exceptions,
    }
    if outcome.silent:
        words += _("有系统暂未答复或答复无法识别，稍后自动再次比对。")
    return words
