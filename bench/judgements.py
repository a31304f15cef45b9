"""One real judgement a category and verdict, made by the engine itself; the generated examinations keep them as they
are.

`data/people.json` holds one made-up eligible person for each of the 21 categories, in the form of the policy cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eligibility.engine import ELIGIBLE, INELIGIBLE, NEEDS_VERIFICATION, REGISTRIES, Judgement
from eligibility.scenarios import read_scenarios, run_scenario

PEOPLE = Path(__file__).parent / "data" / "people.json"


def judgements() -> Iterator[tuple[str, str, Judgement]]:
    """(category, verdict, judgement): in order, with a mistyped number, and with every registry silent."""
    for person in read_scenarios(PEOPLE):
        for verdict, case in (
            (ELIGIBLE, person),
            (INELIGIBLE, mistyped(person)),
            (NEEDS_VERIFICATION, person | {"unavailable": list(REGISTRIES), "assisted": {}}),
        ):
            outcome = run_scenario(case, 1)
            if outcome.judgement is None or outcome.judgement.verdict != verdict:
                raise ValueError(
                    f"{PEOPLE.name}: {person['category']} is not {verdict}: {outcome.error or outcome.judgement}"
                )
            yield person["category"], verdict, outcome.judgement


def mistyped(case: dict[str, Any]) -> dict[str, Any]:
    """The same person under a number whose check digit is wrong."""
    number = case["person"]["id_number"]
    return case | {"person": case["person"] | {"id_number": number[:-1] + ("1" if number[-1] != "1" else "2")}}
