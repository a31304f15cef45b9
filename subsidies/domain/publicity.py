"""公示: what the public is shown, masked and sealed with a digest, for so many working days; one a round (R-SUB-4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.domain.flow import flow_of, leads_to
from casework.domain.routing import is_last_step, parameter
from casework.domain.workdays import due_on
from casework.enums import State
from subsidies.enums import LineState
from subsidies.models import Publicity, Subsidy
from training.domain.stages import set_stage
from training.enums import FundSource, Stage

PAYMENT_CHECK_TASK = "subsidies.tasks.check_payment"
CONCLUDING_DAYS = 3


def publish(subsidy: Subsidy) -> Publicity:
    """Open the publicity of this round: begins today, ends after the last of its full working days.

    Only those who are to be paid are shown: why another got nothing is nobody else's business.
    """
    days = int(parameter("publicity_workdays", division=subsidy.division))
    today = timezone.localdate()
    snapshot = snapshot_of(subsidy)
    return Publicity.objects.create(
        subsidy=subsidy, round=subsidy.round, begins=today, ends=due_on(today, days), working_days=days, snapshot=snapshot,
        digest=digest_of(snapshot),
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


def digest_of(snapshot: Mapping[str, Any]) -> str:
    """The SHA-256 of a snapshot; anybody can work it out again from what is shown."""
    return hashlib.sha256(json.dumps(snapshot, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def is_open(publicity: Publicity) -> bool:
    """Whether objections are taken: until the claim is approved or returned, also after the last day (R-SUB-4)."""
    return publicity.ended_at is None and publicity.subsidy.state in (State.PUBLICITY, State.CONCLUDING)


def over_by(day: date) -> QuerySet[Subsidy]:
    """Claims whose publicity was over before this day begins."""
    ended = Publicity.objects.filter(subsidy=OuterRef("pk"), ended_at__isnull=True, ends__lt=day)
    return Subsidy.objects.filter(Exists(ended), state=State.PUBLICITY).order_by("pk")


# ── target and effects of moves ─────────────────────────────────────────────────────────────────────────────────────────


@leads_to(State.IN_REVIEW, State.PUBLICITY)
def after_agreement(subsidy: Subsidy, context: Any) -> str:
    """The next review while the route has further steps, else publicity."""
    return State.PUBLICITY if is_last_step(subsidy, flow_of(subsidy)) else State.IN_REVIEW


def open_publicity(subsidy: Subsidy, context: Any) -> None:
    if subsidy.state == State.PUBLICITY:
        publicity = publish(subsidy)
        subsidy.due_on = publicity.ends + timedelta(days=1)  # the last day belongs to the public
        context.notes |= {"digest": publicity.digest, "begins": publicity.begins.isoformat(), "ends": publicity.ends.isoformat()}
        set_stage(subsidy.training_class, Stage.PUBLICITY)


def put_on_desk(subsidy: Subsidy, context: Any) -> None:
    """On the desk of the last review again; everybody is compared once more before money is promised (R-SUB-2)."""
    subsidy.due_on = due_on(timezone.localdate(), CONCLUDING_DAYS)
    context.jobs.append((PAYMENT_CHECK_TASK, {
        "title": _("拨付前复核比对：%(number)s") % {"number": subsidy.number}, "queue_name": "checks", "version": subsidy.version,
    }))
