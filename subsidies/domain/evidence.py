"""From any paid fen back to its basis: standard, checks, decisions, publicity, budget, batches,
bank lines (R-SUB-6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q

from accounts.models import Membership
from casework.models import Application, Step
from eligibility.domain.descriptions import for_unit
from eligibility.domain.evidence import GateShown, gates_among
from eligibility.domain.examine import results_of
from eligibility.models import Examination
from subsidies.domain.claims import earlier_claims
from subsidies.domain.corrections import RELATED
from subsidies.models import BankCorrection, Objection, Payment, Publicity, SubsidyLine
from training.domain.classes.enrolments import KIND
from training.domain.verification.findings import explain
from training.models import Completion, Opening


@dataclass(frozen=True)
class Check:
    """One judgement of the person at one gate, with what each check said."""

    examination: Examination
    sentences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Evidence:
    """Everything one line of a claim stands on; `payments` newest first, the returned ones included."""

    line: SubsidyLine
    cases: list[tuple[str, Application]]
    steps: list[Step]
    checks: list[Check]
    publicities: list[Publicity]
    objections: list[Objection]
    payments: list[Payment]

    @property
    def gates(self) -> list[GateShown]:
        """The four gates, each with what changed since the last; no query."""
        return gates_among([check.examination for check in self.checks])


def evidence_of(line: SubsidyLine, membership: Membership) -> Evidence:
    """What a line stands on as this reader may know it; a constant number of queries."""
    claim = line.subsidy
    cases: list[tuple[str, Any]] = [
        *(
            (model._meta.model_name, case)
            for model in (Opening, Completion)
            for case in model.objects.filter(training_class=claim.training_class_id)
        ),
        *(("subsidy", before) for before in earlier_claims(claim)),
        ("subsidy", claim),
    ]
    corrections = Prefetch("corrections", BankCorrection.objects.select_related(*RELATED).order_by("pk"))
    payments = list(
        Payment.objects.filter(parts__line=line).select_related("batch").prefetch_related(corrections).order_by("-pk")
    )
    return Evidence(
        line=line,
        cases=cases,
        steps=_steps(cases, payments),
        checks=_checks(line, membership),
        publicities=[one for one in claim.publicities.order_by("round") if _shows(one, line)],
        objections=list(line.objections.order_by("pk")),
        payments=payments,
    )


def _steps(cases: list[tuple[str, Any]], payments: list[Payment]) -> list[Step]:
    """Every decision from the opening to the bank, oldest first; one query."""
    chosen = Q(kind="paymentbatch", object_id__in=[payment.batch_id for payment in payments])
    for kind, case in cases:
        chosen |= Q(kind=kind, object_id=case.pk)
    return list(Step.objects.filter(chosen).order_by("id"))


def _checks(line: SubsidyLine, membership: Membership) -> list[Check]:
    """The last judgement of each gate, in the order they were given, to a unit as it may read them (R-SEC-1); one
    query.
    """
    last: dict[str, Examination] = {}
    for examination in Examination.objects.filter(subject_kind=KIND, subject_id=line.enrolment_id).order_by("id"):
        last[examination.gate] = examination
    return [
        Check(
            one,
            tuple(
                (*explain(result)[:2], result.clause)
                for result in (for_unit(results_of(one)) if membership.is_unit else results_of(one))
            ),
        )
        for one in sorted(last.values(), key=lambda one: one.pk)
    ]


def _shows(publicity: Publicity, line: SubsidyLine) -> bool:
    return any(row["sequence"] == line.enrolment.sequence for row in publicity.snapshot["rows"])
