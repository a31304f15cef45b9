"""State diagrams drawn from the flow tables, so that the documents cannot tell another story."""

from __future__ import annotations

from casework.domain.flow import Flow, Move, Who, flows
from casework.enums import State

ACTORS = {Who.APPLICANT: "applicant", Who.DESK: "officer", Who.FINANCE: "finance", Who.SYSTEM: "system"}


def targets(move: Move) -> tuple[str, ...]:
    """Where a move leads; one whose target depends on the case names its possible targets itself."""
    return tuple(getattr(move.target, "targets", ())) if callable(move.target) else (move.target,)


def diagram(flow: Flow) -> str:
    """One flow as a Mermaid state diagram: states with their Chinese label, moves with who takes them."""
    states = [state for state in State.values if any(state in (*move.sources, *targets(move)) for move in flow.moves)]
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {flow.moves[0].sources[0]}"]
    lines += [f"    {state} : {state} {State(state).label}" for state in states]
    for move in flow.moves:
        words = f"{move.name} ({ACTORS[move.who]}{', reason' if move.reason else ''})"
        lines += [f"    {source} --> {target} : {words}" for source in move.sources for target in targets(move)]
    return "\n".join([*lines, "```"])


def all_diagrams() -> str:
    return "\n\n".join(f"**{flow.kind}**\n\n{diagram(flow)}" for flow in flows().values())
