"""公示: what the public is shown, masked and sealed with a digest, for so many working days; one a round (R-SUB-4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.changes import changes
from casework.domain.deadlines import put_due_on, recount_cases
from casework.domain.flow import flow_of, leads_to
from casework.domain.routing import is_last_step, parameter
from casework.domain.workdays import calendar, due_on, year_label
from casework.enums import State
from kit.crypto import digest_of
from subsidies.enums import LineState
from subsidies.models import Publicity, Subsidy
from training.domain.classes.stages import set_stage
from training.enums import FundSource, Stage

PAYMENT_CHECK_TASK = "subsidies.tasks.check_payment"
CONCLUDING_DAYS = 3


def publish(subsidy: Subsidy) -> Publicity:
    """Open the publicity of this round: begins today, ends after the last of its full working days.

    Only those who are to be paid are shown: why another got nothing is nobody else's business.
    """
    days = int(parameter("publicity_workdays", division=subsidy.division))
    today = timezone.localdate()
    snapshot, last = snapshot_of(subsidy), calendar().add(today, days)
    return Publicity.objects.create(
        subsidy=subsidy,
        round=subsidy.round,
        begins=today,
        ends=last.day,
        waits_for=last.waits_for,
        working_days=days,
        snapshot=snapshot,
        digest=snapshot_digest(snapshot),
    )


def snapshot_of(subsidy: Subsidy) -> dict[str, Any]:
    """What the public sees of a claim: names and numbers masked, the standard, the amounts, the payee."""
    lines = subsidy.lines.filter(state=LineState.CLAIMED).order_by("enrolment__sequence", "item")
    return {
        "number": subsidy.number,
        "class": subsidy.training_class.name,
        "applicant": subsidy.applicant.name,
        "payee": subsidy.payee.name,
        "fund": str(FundSource(subsidy.fund_source).label),
        "amount": str(subsidy.amount),
        "rows": [
            {
                "sequence": line.enrolment.sequence,
                "name": line.enrolment.person.masked_name,
                "number": line.enrolment.person.masked_number,
                "item": str(line.get_item_display()),
                "standard": str(line.standard.amount) if line.standard else "",
                "amount": str(line.amount),
            }
            for line in lines.select_related("enrolment__person", "standard")
        ],
    }


def snapshot_digest(snapshot: Mapping[str, Any]) -> str:
    """The SHA-256 of a snapshot; anybody can work it out again from what is shown."""
    return digest_of(json.dumps(snapshot, ensure_ascii=False, sort_keys=True))


def is_open(publicity: Publicity) -> bool:
    """Whether objections are taken: until the claim is approved or returned, also after the last day (R-SUB-4)."""
    return publicity.ended_at is None and publicity.subsidy.state in (State.PUBLICITY, State.CONCLUDING)


def over_by(day: date) -> QuerySet[Subsidy]:
    """Claims whose publicity was over before this day begins; none while its last day is provisional."""
    ended = Publicity.objects.filter(
        subsidy=OuterRef("pk"), ended_at__isnull=True, ends__lt=day, waits_for__isnull=True
    )
    return Subsidy.objects.filter(Exists(ended), state=State.PUBLICITY).order_by("pk")


def day_after(publicity: Publicity) -> date:
    """The first day on which the office may go on: the last one belongs to the public."""
    return publicity.ends + timedelta(days=1)


def recount_publicities(since: date) -> int:
    """Last days of running publicities once more, after an arrangement was entered: what was certain is never made
    shorter.
    """
    known, moved = calendar(), 0
    running = Publicity.objects.select_related("subsidy").filter(
        subsidy__state=State.PUBLICITY, ended_at__isnull=True, ends__gte=since
    )
    for publicity in running.select_for_update(of=("self",)):
        last, before = known.add(publicity.begins, publicity.working_days), _said(publicity)
        publicity.ends = last.day if publicity.waits_for else max(last.day, publicity.ends)
        publicity.waits_for = last.waits_for
        if said := changes(before, _said(publicity)):
            publicity.save(update_fields=["ends", "waits_for"])
            put_due_on(publicity.subsidy, day_after(publicity))
            record("publicity.recounted", by=None, on=publicity.subsidy, changed=said)
            moved += 1
    return moved


def _said(publicity: Publicity) -> dict[str, str]:
    return {"ends": publicity.ends.isoformat() + year_label(publicity.waits_for)}


def recount_concluding(since: date) -> int:
    return recount_cases(since, State.CONCLUDING, lambda _case: CONCLUDING_DAYS)


# ── target and effects of moves
# ─────────────────────────────────────────────────────────────────────────────────────────


@leads_to(State.IN_REVIEW, State.PUBLICITY)
def after_agreement(subsidy: Subsidy, context: Any) -> str:
    """The next review while the route has further steps, else publicity."""
    return State.PUBLICITY if is_last_step(subsidy, flow_of(subsidy)) else State.IN_REVIEW


def open_publicity(subsidy: Subsidy, context: Any) -> None:
    if subsidy.state == State.PUBLICITY:
        publicity = publish(subsidy)
        subsidy.due_on = day_after(publicity)
        context.notes |= {
            "digest": publicity.digest,
            "begins": publicity.begins.isoformat(),
            "ends": publicity.ends.isoformat(),
        }
        set_stage(subsidy.training_class, Stage.PUBLICITY)


def hand_to_office(subsidy: Subsidy, context: Any) -> None:
    """On the desk of the last review again; everybody is compared once more before money is promised (R-SUB-2)."""
    subsidy.due_on = due_on(timezone.localdate(), CONCLUDING_DAYS)
    context.jobs.append(
        (
            PAYMENT_CHECK_TASK,
            {
                "title": _("拨付前复核比对：%(number)s") % {"number": subsidy.number},
                "queue_name": "checks",
                "version": subsidy.version,
            },
        )
    )
