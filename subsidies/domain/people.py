"""The people of a claim as the checks see them: who is not settled, and what changed since the gate before (R-SUB-2,
R-CMP-2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from eligibility.domain.brief import Brief
from eligibility.domain.evidence import GATES, QUIET
from eligibility.domain.examine import results_of
from eligibility.engine import PASS
from eligibility.engine.judgement import Result
from eligibility.enums import Verdict
from eligibility.models import Examination
from subsidies.domain.claim_file import ClaimFile
from subsidies.enums import WAITING, LineState
from subsidies.models import Subsidy, SubsidyLine
from training.domain.verification.certificates import claims_certificate
from training.domain.verification.findings import MOST_NAMED, Line, against, explain, hidden_lines, reasons
from training.enums import CertificateKind

# The same as `is_unsettled`, for counting. 培训合格证书 are given by the training itself and stand in no registry (R-CMP-2).
CERTIFICATE_OPEN = (
    Q(enrolment__certificate_verified=False)
    & ~Q(enrolment__certificate_number="")
    & ~Q(enrolment__certificate_kind=CertificateKind.COMPLETION)
)
NOT_ELIGIBLE = ~Q(enrolment__verdict=Verdict.ELIGIBLE)
UNSETTLED = (Q(state=LineState.CLAIMED) & (NOT_ELIGIBLE | CERTIFICATE_OPEN)) | (Q(state__in=WAITING) & NOT_ELIGIBLE)


@dataclass(frozen=True)
class Unsettled:
    """A line that may not be agreed to or paid yet, with every check that stands against it."""

    line: SubsidyLine
    checks: tuple[Line, ...]
    is_hidden: bool = False

    @property
    def reasons(self) -> str:
        return reasons(self.checks)

    @property
    def sentence(self) -> str:
        person = self.line.enrolment
        return _("%(sequence)s号 %(name)s：%(reasons)s。") % {
            "sequence": person.sequence,
            "name": person.name,
            "reasons": self.reasons,
        }

    @property
    def holds(self) -> str:
        """Why no money goes out for this person, and what lets it go."""
        person = self.line.enrolment
        return _(
            "%(sequence)s号 %(name)s：现在的结论是“%(verdict)s”（%(reasons)s），暂缓拨付；由审核部门核实、按程序推翻或剔除此人。"
        ) % {
            "sequence": person.sequence,
            "name": person.name,
            "verdict": person.get_verdict_display(),
            "reasons": self.reasons,
        }


@dataclass(frozen=True)
class Change:
    """One person whose checks came out otherwise than at the gate before."""

    line: SubsidyLine
    then: Examination
    now: Examination
    sentences: tuple[str, ...]


def count_people(subsidy: Subsidy) -> tuple[int, int]:
    """How many are in the claim and how many of them are unsettled, as the database has it now; one query."""
    found = subsidy.lines.aggregate(
        people=Count("pk", filter=~Q(state=LineState.REFUSED)), exceptions=Count("pk", filter=UNSETTLED)
    )
    return found["people"], found["exceptions"]


def is_unsettled(line: SubsidyLine) -> bool:
    """Claimed: not eligible, or with a certificate that was not found as reported; approved: not eligible by today's
    judgement.

    `no answer` is never a pass.
    """
    person = line.enrolment
    certificate_open = (
        line.state == LineState.CLAIMED and claims_certificate(person) and not person.certificate_verified
    )
    return line.state in (LineState.CLAIMED, *WAITING) and (person.verdict != Verdict.ELIGIBLE or certificate_open)


def not_eligible(lines: Collection[int]) -> list[Unsettled]:
    """Those of these lines whose people are not eligible now, with what stands against them; one query, none for
    nobody.
    """
    rows = SubsidyLine.objects.filter(NOT_ELIGIBLE, pk__in=lines) if lines else SubsidyLine.objects.none()
    rows = rows.select_related("enrolment__person", "enrolment__examination", "payment__batch").order_by(
        "enrolment__sequence", "item"
    )
    return [
        Unsettled(line, tuple(Line(r, *explain(r), None) for r in against(Brief.of(line.enrolment.examination))))
        for line in rows
    ]


def unsettled_people(file: ClaimFile) -> list[Unsettled]:
    """Everyone unsettled with the reasons, the ineligible first."""
    found = [
        Unsettled(
            line,
            tuple(
                Line(r, *explain(r), file.assistances.get((line.enrolment_id, r.code)))
                for r in against(Brief.of(line.enrolment.examination))
            ),
        )
        for line in file.living
        if is_unsettled(line)
    ]
    return sorted(found, key=lambda one: one.line.enrolment.verdict != Verdict.INELIGIBLE)


def for_units(people: Iterable[Unsettled]) -> list[Unsettled]:
    """The same as a unit may read it: of somebody whose name and number do not agree, nothing that a registry said
    (R-SEC-1).
    """
    shown = [
        replace(one, checks=hidden, is_hidden=True)
        if (hidden := hidden_lines(Brief.of(one.line.enrolment.examination)))
        else one
        for one in people
    ]
    return sorted(shown, key=lambda one: one.is_hidden or one.line.enrolment.verdict != Verdict.INELIGIBLE)


def unsettled_sentences(file: ClaimFile) -> list[str]:
    """One sentence a person, twenty at most, then how many more."""
    people = unsettled_people(file)
    found = [_("%(person)s请先核实或剔除。") % {"person": one.sentence} for one in people[:MOST_NAMED]]
    if len(people) > MOST_NAMED:
        found.append(_("另有%(count)s人未核实或不符合。") % {"count": len(people) - MOST_NAMED})
    return found


def changes(file: ClaimFile) -> list[Change]:
    """Everyone still in the claim whose verdict or checks differ from the gate before: completion →
    subsidy → payment.
    """
    found = []
    for line in file.living:
        now = line.enrolment.examination
        then = _before(now, file.examined.get(line.enrolment_id, [])) if now else None
        if now and then and (sentences := _differences(then, now)):
            found.append(Change(line, then, now, sentences))
    return found


def _before(now: Examination, examined: list[Examination]) -> Examination | None:
    """The last judgement at an earlier gate than the present one."""
    earlier = [e for e in examined if e.pk != now.pk and GATES.index(e.gate) < GATES.index(now.gate)]
    return earlier[-1] if earlier else None


def _differences(then: Examination, now: Examination) -> tuple[str, ...]:
    """What each check says now where its outcome is another, or where something has come after the class since; a check
    that is new and passed, or was not asked, says nothing.
    """
    before = {result.code: (result.outcome, result.after) for result in results_of(then)}
    return tuple(
        explain(result)[0] for result in results_of(now) if is_news(result, *before.get(result.code, (PASS, ())))
    )


def is_news(result: Result, outcome: str, after: tuple[dict[str, Any], ...]) -> bool:
    """Whether a result differs from an earlier one in its outcome, or tells more of what came after the class."""
    quiet = result.outcome in QUIET and outcome in QUIET
    return (result.outcome != outcome and not quiet) or (result.after != after and bool(result.after))
