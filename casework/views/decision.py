"""The page of a case and the one view for all moves (R-OPN-5).

It knows no kind: facts, conditions and sections come from the page its app registered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.domain.form_tokens import OWN_FIELDS
from accounts.http import Request
from accounts.middleware import membership_required
from accounts.models import Membership
from accounts.submissions import post_only
from casework.context import frame_of
from casework.domain.case_file import CaseFile
from casework.domain.case_page import Section, case_page_of
from casework.domain.comments import comments_on
from casework.domain.documents import slots
from casework.domain.files import may_attach
from casework.domain.flow import Flow
from casework.domain.history import line_of_time, story, trail_of
from casework.domain.moves import Available, available, take
from casework.domain.reasons import ready_reasons
from casework.domain.routing import steps_of
from casework.enums import ON_A_DESK, SHOWN, State
from casework.models import Application, Job, Step
from casework.views.base import load_case
from kit.refusals import NotNow, Overtaken
from kit.text import joined
from kit.whole import whole

NOT_DATA = OWN_FIELDS | {"reason", "reason_choice"}


@dataclass(frozen=True)
class Part:
    """A section ready to be shown."""

    section: Section
    values: dict[str, Any]
    count: int | None

    @property
    def comes_first(self) -> bool:
        """Exceptions: an open section that counts what has to be settled."""
        return self.section.open and self.count is not None


@dataclass(frozen=True)
class Typed:
    """What was filled in when a move was refused, to be shown again."""

    move: str = ""
    reason: str = ""
    reason_choice: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@require_GET
@membership_required()
def case(request: Request, kind: str, pk: int) -> HttpResponse:
    flow, application = load_case(request, kind, pk)
    return case_page(request, flow, application)


@post_only("case", "kind", "pk")
@membership_required()
def move(request: Request, kind: str, pk: int, name: str) -> HttpResponse:
    """Take a move with all posted fields as its data; a refusal shows the case again with its sentences and what was
    typed.
    """
    flow, application = load_case(request, kind, pk)
    typed = Typed(name, request.POST.get("reason", ""), request.POST.get("reason_choice", ""), data_of(request.POST))
    version = whole(request.POST.get("expected_version"))
    if version is None:
        sentences = [_("提交不完整（缺少版本号），没有执行。请在最新页面上重新办理。")]
        return case_page(request, flow, application, typed=typed, sentences=sentences, status=409)
    try:
        take(
            application,
            name,
            by=request.membership,
            reason=typed_reason(typed),
            expected_version=version,
            data=typed.data,
        )
    except NotNow as refused:
        application.refresh_from_db()
        overtaken = isinstance(refused, Overtaken)
        answer = case_page(
            request, flow, application, typed=typed, sentences=refused.sentences, overtaken=overtaken, status=409
        )
        answer.wrong = {name: " ".join(found) for name, found in refused.by_field.items()}
        return answer
    return after_move(request, flow, application, name)


def data_of(posted: QueryDict) -> dict[str, Any]:
    """Every other field: its text, or the list of its texts where it came more than once."""
    found = {}
    for name in posted:
        if name not in NOT_DATA:
            values = posted.getlist(name)
            found[name] = values if len(values) > 1 else values[0]
    return found


def typed_reason(typed: Typed) -> str:
    """The ready sentence and the free words as one reason."""
    return joined(typed.reason_choice, typed.reason)


def after_move(request: Request, flow: Flow, application: Application, name: str) -> HttpResponse:
    """Back to the case; to the inbox when the case has left this membership's sight (a department sees only its own
    desk).
    """
    taken = flow.move(name)
    messages.success(
        request, _("%(number)s 已办理：%(what)s。") % {"number": application, "what": taken.label if taken else name}
    )
    if flow.model.objects.visible_to(request.membership).filter(pk=application.pk).exists():
        return redirect("case", flow.kind, application.pk)
    return redirect("inbox", "todo")


def case_page(
    request: Request,
    flow: Flow,
    application: Application,
    *,
    typed: Typed | None = None,
    sentences: Sequence[Any] = (),
    overtaken: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The page with whatever was just refused on top of it."""
    membership: Membership = request.membership
    page = case_page_of(flow.kind)
    file = flow.file(application, None if membership.is_unit else frame_of(request).remits)
    steps = story(flow, file)
    own = [step for step in steps if step.kind == flow.kind and step.object_id == application.pk]
    parts = list(filter(None, (ready(section, file, membership) for section in page.sections)))
    moves = available(file, membership, steps=own)
    documents, comments = slots(file, membership), comments_on(application, membership)
    return render(
        request,
        "casework/case/page.html",
        {
            "flow": flow,
            "kind": flow.kind,
            "application": application,
            "title": flow.title_of(application),
            "moves": moves,
            "own_moves": membership.is_unit,
            "reasons": reasons_for(flow, moves, page.acts, application.category),
            "typed": typed or Typed(),
            "sentences": sentences,
            "overtaken": overtaken,
            "subject": subject_of(flow.kind, file, membership),
            "facts": page.facts(file, membership),
            "conditions": page.conditions(file, membership),
            "exceptions": [part for part in parts if part.comes_first],
            "parts": [part for part in parts if not part.comes_first],
            "documents": documents,
            "may_attach": may_attach(application, membership),
            "comments": comments,
            "entries": line_of_time(steps, trail_of(flow.kind, application.pk, file), membership),
            "verdict": verdict(application, own),
            "place": place(flow, application),
            "jobs": open_jobs(flow.kind, application) if application.state == State.CHECKING else [],
            "paper": {
                "case": application,
                "steps": [(one.round, one.move, one.to_state, one.actor, one.reason, one.at) for one in own],
                "files": [document.files for document in documents],
                "comments": comments,
                "rows": page.paper(file, membership),
            },
            "news": frame_of(request).has_news_of(flow.kind, application.pk),
        },
        status=status,
    )


def ready(section: Section, file: CaseFile[Any], membership: Membership) -> Part | None:
    values = section.context(file, membership)
    return None if values is None else Part(section, values, section.count(file))


def subject_of(kind: str, file: CaseFile[Any], membership: Membership) -> dict[str, Any] | None:
    """The page of what the case is about, for the button beside the title."""
    found = case_page_of(kind).subject(file, membership)
    return {"label": found[0], "url": reverse(found[1], args=found[2:])} if found else None


def verdict(application: Application, steps: list[Step]) -> Step | None:
    """The step that returned, refused or decided the case, shown on top for its reason."""
    if application.state not in (State.RETURNED, State.REFUSED):
        return None
    return next((step for step in reversed(steps) if step.to_state == application.state), None)


def place(flow: Flow, application: Application) -> dict[str, int] | None:
    """Which step of how many the case is at, while it is under review."""
    if application.state not in ON_A_DESK:
        return None
    return {"position": application.position, "of": max(len(steps_of(application, flow)), application.position)}


def reasons_for(flow: Flow, moves: list[Available], acts: tuple[str, ...], category: str) -> dict[str, list[str]]:
    """The ready sentences of each move and act that asks for a reason; one query, and none for those who may not
    decide.
    """
    names = [one.move.name for one in moves if one.move.reason]
    names += acts if names else ()
    found: dict[str, list[str]] = {name: [] for name in names}
    if names:
        for name, text in ready_reasons(tuple(names), kind=flow.kind, category=category):
            found[name].append(text)
    return found


def open_jobs(kind: str, application: Application) -> list[Job]:
    return list(Job.objects.filter(kind=kind, object_id=application.pk, state__in=SHOWN).order_by("-id")[:3])
