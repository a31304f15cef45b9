"""Each case's state held against the last event that tells of it: a superuser can write a state, the chain remembers (R-SEC-2)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.findings import Found, ask, register_search, standing
from accounts.domain.seals import register_sealed
from accounts.enums import Role
from accounts.models import Post
from casework.domain.duties import Duty, register_duty
from casework.domain.flow import flows
from casework.enums import State

SENTENCES = {"state_without_trail": gettext_lazy("%(number)s的状态是“%(state)s”，审计记录中最后是“%(told)s”。")}
STATES = """
    SELECT a.id, a.number, a.division_id, a.state, coalesce(e.after, 'draft') FROM {table} a
    LEFT JOIN LATERAL (
        SELECT data->>'after' AS after FROM accounts_event
        WHERE subject_kind = %s AND subject_id = a.id AND data->>'after' IS NOT NULL ORDER BY id DESC LIMIT 1
    ) e ON true
    WHERE a.state <> coalesce(e.after, 'draft')
"""


def states_without_trail() -> Iterator[Found]:
    """Every case of every flow whose state is not what its last event says."""
    for kind, flow in sorted(flows().items()):
        table = connection.ops.quote_name(flow.model._meta.db_table)
        for pk, number, place, state, told in ask(STATES.format(table=table), [kind]):
            yield Found("state_without_trail", place, kind, pk, number, {"number": number, "state": _label(state), "told": _label(told)})


def _label(state: str) -> str:
    return str(State(state).label) if state in State.values else state


def duty(post: Post) -> Duty | None:
    """待办 of the administrators while findings stand in their place and below; one query, of administrators only."""
    if post.role != Role.ADMINISTRATOR:
        return None
    sums = standing(post).order_by().aggregate(count=Count("pk"), first=Min("found_at"))
    if not sums["count"]:
        return None
    return Duty(
        label=_("查看夜间核对发现的%(count)s项问题") % {"count": sums["count"]},
        why=_("有谁也不能授予的权限或岗位，或有与审计记录不符的状态、金额、结论。"),
        url=reverse("findings"), due_on=timezone.localdate(sums["first"]),
    )


def register() -> None:
    register_duty(duty)
    register_search("states", states_without_trail, SENTENCES)
    register_sealed("casework_attachment", ("kind", "object_id", "slot", "file", "media_type", "size", "sha256", "by_id"))
