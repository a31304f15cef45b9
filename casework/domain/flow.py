"""What a flow is: a table of moves; the tables stand in `<room>/procedures/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from casework.domain.case_file import CaseFile, Remits
from casework.enums import State
from casework.models import Application

Text: TypeAlias = "str | Promise"


class Who(Enum):
    """Whose move it is; judged in one place, `moves.why_not_yours`."""

    APPLICANT = "applicant"
    DESK = "desk"
    FINANCE = "finance"
    SYSTEM = "system"


@dataclass
class Context:
    """What a guard or an effect may look at: the file of the case, the actor, the words and the data given with the
    move, the time.
    """

    file: Any
    by: Membership | None
    reason: str
    data: Mapping[str, Any]
    at: Any
    move: Move
    jobs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)


Target = Callable[[Any, Any], str]


def leads_to(*states: str) -> Callable[[Target], Target]:
    """Marks a target function with every state it may give, for the diagrams and their tests."""

    def mark(target: Target) -> Target:
        target.targets = states  # type: ignore[attr-defined]
        return target

    return mark


Guard = Callable[[Any, Context], Iterable[Text]]
Effect = Callable[[Any, Context], None]


@dataclass(frozen=True)
class Move:
    """One line of a flow table.

    `target` may be a function of the application (routes with more steps stay in review). Guards are handed the file of
    the case and give sentences; effects are handed the application and run in the move's transaction after the state is
    set.
    """

    name: str
    label: Text
    sources: tuple[str, ...]
    target: str | Callable[[Any, Context], str]
    who: Who
    clause: str
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    reason: bool = False
    decides: bool = False
    tone: str = "primary"
    confirm: Text = ""
    tells: Text = ""


def return_move(clause: str, **other: Any) -> Move:
    """退回补正: the office in charge gives a case in review back, with its reason; `other` adds to it or replaces."""
    return Move(clause=clause, **(_decided("return", _("退回补正"), State.RETURNED, "warning") | other))


def refuse_move(clause: str, **other: Any) -> Move:
    """不同意: the office in charge refuses a case in review, with its reason."""
    return Move(clause=clause, **(_decided("refuse", _("不同意"), State.REFUSED, "danger") | other))


def withdraw_move(clause: str, **other: Any) -> Move:
    """撤回修改: the applicant takes a case back that is checked or reviewed."""
    sources = (State.CHECKING, State.IN_REVIEW)
    return Move(clause=clause, **(_taken_back("withdraw", _("撤回修改"), sources, State.DRAFT) | other))


def drop_move(clause: str, **other: Any) -> Move:
    """放弃: the applicant gives up what lies with it; the record stays."""
    sources = (State.DRAFT, State.RETURNED)
    return Move(clause=clause, **(_taken_back("drop", _("放弃"), sources, State.WITHDRAWN) | other))


def _decided(name: str, label: Text, target: str, tone: str) -> dict[str, Any]:
    of_office = {"sources": (State.IN_REVIEW,), "who": Who.DESK, "decides": True, "reason": True}
    return of_office | {"name": name, "label": label, "target": target, "tone": tone}


def _taken_back(name: str, label: Text, sources: tuple[str, ...], target: str) -> dict[str, Any]:
    of_applicant = {"who": Who.APPLICANT, "tone": "secondary"}
    return of_applicant | {"name": name, "label": label, "sources": sources, "target": target}


@dataclass(frozen=True)
class Cover:
    """What the work item shows of an application."""

    title: str
    people: int | None = None
    exceptions: int | None = None
    amount: Any = None
    is_late: bool = False


@dataclass(frozen=True)
class Flow:
    """A procedure: its model, its moves in the order of their buttons, and how its cover sheet is filled.

    `file` makes what is known of a case, for its guards and its page. `variant` picks a special route, `further` the
    variant whose steps follow the ordinary ones ("" for none). `title` is the cover's, for a page that needs none of
    its counts. `number` gives the number at the first submission. `barred` says who of the round's reviewers (user ids,
    in order) may not decide the present step; all of them, as a rule (R-AUT-5).
    """

    kind: str
    label: Text
    model: type[Application]
    moves: tuple[Move, ...]
    cover: Callable[[Any], Cover]
    file: Callable[[Any, Remits | None], CaseFile[Any]] = CaseFile
    variant: Callable[[Any], str] = lambda application: ""
    further: Callable[[Any], str] = lambda application: ""
    amount: Callable[[Any], Any] = lambda application: 0
    title: Callable[[Any], str] | None = None
    number: Callable[[Any], str] = lambda application: application.number
    barred: Callable[[Any, list[int]], list[int]] = lambda application, reviewers: reviewers

    def title_of(self, application: Any) -> str:
        return self.title(application) if self.title else self.cover(application).title

    def move(self, name: str) -> Move | None:
        return next((move for move in self.moves if move.name == name), None)


_flows: dict[str, Flow] = {}


def register(flow: Flow) -> None:
    """Called from an app's `ready()`, so the inbox lists kinds it does not know."""
    _flows[flow.kind] = flow


def flows() -> dict[str, Flow]:
    return _flows


def flow_of(application: models.Model) -> Flow:
    return _flows[application._meta.model_name or ""]


def file_of(application: Any, remits: Remits | None = None) -> Any:
    """The file of a case as its flow makes it; `remits` are the grants of who looks at it, where read already."""
    return flow_of(application).file(application, remits)
