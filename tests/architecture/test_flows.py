"""The state diagrams of docs/flows.md are the flow tables', and every move of every flow can be followed in them."""

from django.utils import translation

from casework.domain.diagrams import all_diagrams, targets
from casework.domain.flow import flows
from eligibility.clauses import CLAUSES
from tests.architecture.code import ROOT


def test_the_diagrams_show_todays_flows():
    with translation.override("zh-hans"):
        assert (ROOT / "docs/flows.md").read_text(encoding="utf-8").endswith(f"\n\n{all_diagrams()}\n")


def test_every_move_leads_somewhere_known():
    assert [(f.kind, m.name) for f in flows().values() for m in f.moves if not targets(m)] == []


def test_every_move_cites_a_clause_of_the_index():
    assert [(f.kind, m.name, m.clause) for f in flows().values() for m in f.moves if m.clause not in CLAUSES] == []


def test_reasons_are_asked_of_everything_but_agreement():
    """Whoever decides otherwise than by agreeing says why (R-OPN-5)."""
    silent = [
        (f.kind, m.name) for f in flows().values() for m in f.moves if m.name in {"return", "refuse"} and not m.reason
    ]
    assert silent == []
