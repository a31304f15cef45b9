"""Each case's state, and since when it is decided, held against the trail: a superuser can write both, the chain
remembers (R-SEC-2).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.findings import Found, ask, register_search, standing
from accounts.domain.seals import register_sealed
from accounts.enums import Role
from accounts.models import Membership
from casework.domain.duties import Duty, register_duty
from casework.domain.flow import flows
from casework.enums import State

SENTENCES = {
    "state_without_trail": gettext_lazy("%(number)s的状态是“%(state)s”，审计记录中最后是“%(told)s”。"),
    "decided_at_another_time": gettext_lazy("%(number)s的办结时间是%(at)s，办理记录中是%(told)s。"),
}
STATES = """
    SELECT a.id, a.number, a.division_id, a.state, coalesce(e.after, 'draft') FROM {table} a
    LEFT JOIN LATERAL (
        SELECT data->>'after' AS after FROM accounts_event
        WHERE subject_kind = %s AND subject_id = a.id AND data->>'after' IS NOT NULL ORDER BY id DESC LIMIT 1
    ) e ON true
    WHERE a.state <> coalesce(e.after, 'draft')
"""
DECIDED = """
    SELECT a.id, a.number, a.division_id, a.decided_at, s.at FROM {table} a
    JOIN LATERAL (SELECT at, to_state FROM casework_step WHERE kind = %s
      AND object_id = a.id ORDER BY id DESC LIMIT 1) s ON true
    WHERE a.decided_at IS NOT NULL AND s.to_state = a.state AND a.decided_at <> s.at
"""


def states_without_trail() -> Iterator[Found]:
    """Every case of every flow whose state is not what its last event says, or whose decision is not of the time its
    step was taken.
    """
    for kind, flow in sorted(flows().items()):
        table = connection.ops.quote_name(flow.model._meta.db_table)
        for pk, number, place, state, told in ask(STATES.format(table=table), [kind]):
            yield Found(
                "state_without_trail",
                place,
                kind,
                pk,
                number,
                {"number": number, "state": _label(state), "told": _label(told)},
            )
        for pk, number, place, at, told in ask(DECIDED.format(table=table), [kind]):
            yield Found(
                "decided_at_another_time",
                place,
                kind,
                pk,
                number,
                {"number": number, "at": _clock(at), "told": _clock(told)},
            )


def _clock(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S")


def _label(state: str) -> str:
    return str(State(state).label) if state in State.values else state


def duty(membership: Membership) -> Duty | None:
    """待办 of the administrators while findings stand in their place and below; one query, of administrators only."""
    if membership.role != Role.ADMINISTRATOR:
        return None
    sums = standing(membership).order_by().aggregate(count=Count("pk"), first=Min("found_at"))
    if not sums["count"]:
        return None
    return Duty(
        label=_("查看夜间核对发现的%(count)s项问题") % {"count": sums["count"]},
        why=_("有谁也不能授予的权限或岗位，或有与审计记录不符的状态、金额、结论。"),
        url=reverse("findings"),
        due_on=timezone.localdate(sums["first"]),
    )


def register() -> None:
    register_duty(duty)
    register_search("states", states_without_trail, SENTENCES)
    register_sealed(
        "casework_attachment", ("kind", "object_id", "slot", "file", "media_type", "size", "sha256", "by_id")
    )
