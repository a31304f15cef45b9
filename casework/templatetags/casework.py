"""What the pages say and show again and again: tones of states, days left, counters, a block printed twice, an app's
own section.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import get_template, render_to_string
from django.template.loader_tags import BlockNode
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.enums import Act
from casework.context import Frame
from casework.domain.categories import category_name
from casework.domain.flow import flows
from casework.domain.history import folded
from casework.domain.workdays import calendar, waits_for, year_label
from casework.domain.workdays import day_off as free_by
from casework.enums import ON_A_DESK, JobState, Standing, State
from casework.menu import menu_of

register = template.Library()
register.filter("folded", folded)

TONES = {
    State.DRAFT: "secondary",
    State.CHECKING: "info",
    State.IN_REVIEW: "primary",
    State.RETURNED: "warning",
    State.PUBLICITY: "info",
    State.CONCLUDING: "primary",
    State.CONFIRMING: "primary",
    State.APPROVED: "success",
    State.REFUSED: "danger",
    State.WITHDRAWN: "secondary",
    State.FROZEN: "info",
    State.SETTLED: "success",
}
JOB_TONES = {
    JobState.QUEUED: "secondary",
    JobState.RUNNING: "info",
    JobState.DONE: "success",
    JobState.FAILED: "danger",
    JobState.STUCK: "warning",
}


class RepeatNode(Node):
    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: Context) -> str:
        return BlockNode(self.name, NodeList()).render(context)


@register.tag
def repeat(parser: Parser, token: Token) -> RepeatNode:
    """Print a block a second time: {% repeat title %}."""
    return RepeatNode(token.split_contents()[1])


@register.filter
def state_label(state: str) -> str:
    return str(State(state).label) if state in State.values else state


@register.filter
def state_tone(state: str) -> str:
    return TONES.get(state, "secondary")


@register.filter
def job_tone(state: str) -> str:
    return JOB_TONES.get(state, "secondary")


@register.filter
def standing_label(standing: str) -> str:
    return str(Standing(standing).label)


@register.filter
def kind_label(kind: str) -> str:
    """A flow's name in the field's words."""
    flow = flows().get(kind)
    return str(flow.label) if flow else kind


@register.filter
def act_label(act: str) -> str:
    """What a step asks for: 开班审批, 补贴复审 …"""
    return str(Act(act).label) if act in Act.values else act


@register.filter
def is_on_desk(state: str) -> bool:
    return state in ON_A_DESK


@register.filter
def asks(case: Any) -> str:
    """What a case on a desk asks for: the act of its step, or the state's own words where that says more.

    A permission of another procedure may decide here too: then it is the case's own procedure that is named.
    """
    if case.state != State.IN_REVIEW:
        return state_label(case.state)
    kind = getattr(case, "kind", "") or case._meta.model_name
    return act_label(case.need) if case.need.endswith(kind) or kind not in flows() else str(flows()[kind].label)


@register.filter
def category_label(code: str) -> str:
    return category_name(code)


@register.filter
def move_label(step: Any) -> str:
    """The label of a step's move; the bare name when the flow no longer has it."""
    flow = flows().get(step.kind)
    move = flow.move(step.move) if flow else None
    return str(move.label) if move else step.move


@register.filter
def days_left(day: date | None) -> str:
    """A deadline in words: 今天到期, 还剩 3 天, 已超期 2 天."""
    if day is None:
        return ""
    left = (day - timezone.localdate()).days
    if left == 0:
        return _("今天到期")
    if left > 0:
        return ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", left) % {"n": left}
    return ngettext("已超期 %(n)d 天", "已超期 %(n)d 天", -left) % {"n": -left}


@register.filter
def days_tone(day: date | None) -> str:
    if day is None:
        return "secondary"
    left = (day - timezone.localdate()).days
    return "danger" if left < 0 else "warning" if left <= 1 else "success"


@register.simple_tag(takes_context=True)
def provisional(context: Context, day: date | None) -> str:
    """Behind a last day that an arrangement still to come may move; one query a page, and none where the package is
    certain.
    """
    frame = context.get("frame")
    return year_label(waits_for(day, (lambda: frame.workdays) if frame else calendar))


@register.simple_tag(takes_context=True)
def day_off(context: Context, lesson: Any) -> str:
    """The holiday by which a lesson's day is free, "" for others; one query a page where the lessons did not bring
    along what was `entered`.
    """
    if hasattr(lesson, "entered"):
        return free_by(lesson.day, lesson.entered)
    frame = context.get("frame")
    return (frame.workdays if frame else calendar()).day_off(lesson.day)


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """mapping[key], or nothing."""
    return mapping.get(key, "") if mapping else ""


@register.simple_tag
def menu(frame: Frame) -> SafeString:
    """The menu of the frame, drawn once for all who see the same: role, kind of office, language, page and numbers are
    all it shows.
    """
    membership = frame.membership
    return (
        _drawn(
            membership.role,
            membership.organisation.kind,
            membership.division.level,
            get_language(),
            frame.current,
            tuple(sorted(frame.counters.items())),
        )
        if membership
        else SafeString()
    )


@lru_cache(maxsize=512)
def _drawn(
    role: str, kind: str, level: str, language: str, current: str, counters: tuple[tuple[str, int], ...]
) -> SafeString:
    return render_to_string(
        "components/_menu.html", {"menu": menu_of(role, kind, level), "current": current, "counters": dict(counters)}
    )


@register.simple_tag(takes_context=True)
def render_part(context: Context, template_name: str, values: dict[str, Any]) -> SafeString:
    """An app's own template inside this page: the page's context with the part's values on top."""
    with context.push(**values):
        return mark_safe(get_template(template_name).template.render(context))  # noqa: S308 - a template


@register.filter
def differences(form: Any) -> list[Any]:
    """What was saved meanwhile otherwise than it is typed here (`casework.http.overtaken`); usually nothing."""
    return getattr(form, "differences", [])


@register.filter
def time_left(job: Any) -> str:
    """How long a running job will still take, judged by its pace so far; nothing while that cannot be said."""
    if not job.started_at or not job.done or job.done >= job.total:
        return ""
    spent = (timezone.now() - job.started_at).total_seconds()
    minutes = round(spent * (job.total - job.done) / job.done / 60)
    return _("预计不到一分钟") if minutes < 1 else _("预计还需约 %(n)d 分钟") % {"n": minutes}
