"""The one-time change of verdicts given before judgements were for the days of the class: who changes, and why, then
the change itself (R-ELG-3, R-ELG-4).

Judged again is what the last check was answered, at its gate and for its day; nobody is asked. A registry nobody asked
then is listed as not asked, so that no verdict turns on it; whoever is still on a desk is compared anew. Where money
has gone out already the verdict stays as it was and is only reported; where it is approved and has not, it is held back
(`stopped.held_back`) and the office is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from casework.domain.flow import flow_of
from casework.domain.inbox import tell, write_cover
from casework.enums import State
from eligibility.domain import assistance
from eligibility.domain.answers import Answers
from eligibility.domain.enterprises import uscc_hash
from eligibility.domain.examine import Case, examine, facts_of, results_of
from eligibility.domain.overruling_effects import agreed_for, set_aside
from eligibility.engine import NOT_ASKED, UnknownCategory, judge
from eligibility.engine.judgement import Result
from eligibility.engine.records import REGISTRIES
from eligibility.enums import Verdict
from eligibility.models import Examination
from eligibility.rules.table import NoTable, table_on
from kit.fast.bulk import update_values
from subsidies.enums import WAITING, LineState
from subsidies.models import Subsidy, SubsidyLine
from training.domain.classes.enrolments import KIND
from training.domain.verification.certificates import CODE
from training.domain.verification.facts import subjects_of
from training.domain.verification.findings import explain
from training.domain.verification.verify import locked_cases, tell_verdicts
from training.models import Enrolment, TrainingClass

SENT = (LineState.PAYING, LineState.PAID, LineState.RECOVERED)
# A judgement of the time before says nothing of the days of the class.
OF_BEFORE = Q(examination__isnull=False) & ~Q(examination__results__has_key="first_day")


@dataclass(frozen=True)
class Rejudged:
    """One person: the verdict then, the verdict now ("" where that cannot be said), the lines that differ, whether
    money has gone out.
    """

    enrolment: Enrolment
    before: str
    after: str
    lines: tuple[str, ...] = ()
    is_paid: bool = False
    why_not: str = ""

    @property
    def changes(self) -> bool:
        return bool(self.after) and self.after != self.before


def of_before() -> QuerySet[Enrolment]:
    """Whose last judgement is of the time before; `is_paid`: money has gone out for them."""
    sent = SubsidyLine.objects.filter(enrolment=OuterRef("pk"), state__in=SENT).exclude(
        state=LineState.PAYING, payment__batch__state=State.DRAFT
    )
    return Enrolment.objects.filter(OF_BEFORE).annotate(is_paid=Exists(sent))


def classes_of_before(*, unpaid: bool = False) -> list[int]:
    """The classes that have any; `unpaid`: any that is still to be changed, so that a run broken off goes on where it
    was.
    """
    rows = of_before().filter(is_paid=False) if unpaid else of_before()
    return list(rows.order_by("training_class").values_list("training_class", flat=True).distinct())


def report(class_id: int) -> Iterator[Rejudged]:
    """Everyone of a class with a judgement of the time before, as it would come out now; nothing is changed."""
    training_class = _class(class_id)
    for members, cases, answers in _groups(training_class, of_before().filter(training_class=class_id)):
        agreed = agreed_for(KIND, [member.pk for member in members])
        for member, case in zip(members, cases, strict=True):
            frozen = member.examination
            if why := why_not_judged(member, case, answers):
                yield Rejudged(member, frozen.verdict, "", is_paid=member.is_paid, why_not=why)
                continue
            table = table_on(training_class.first_day)
            now = set_aside(judge(facts_of(case, answers, table), table), agreed.get(member.pk, ()))
            then = {result.code: result.outcome for result in results_of(frozen)}
            lines = tuple(
                f"{explain(r)[1]}：{explain(r)[0]}"
                for r in now.results
                if r.outcome not in (then.get(r.code, ""), NOT_ASKED)
            )
            yield Rejudged(
                member, frozen.verdict, now.verdict, lines if now.verdict != frozen.verdict else (), member.is_paid
            )


def why_not_judged(member: Enrolment, case: Case, answers: Answers) -> str:
    """Why somebody cannot be judged from what is on record, or "": what the judgement then rested on must be there, or
    silence would pass (R-ELG-1).
    """
    try:
        checks = table_on(case.facts.first_day).category(case.facts.category).checks
    except (NoTable, UnknownCategory):
        return _("没有适用的审核条件")
    codes = {result.code for result in results_of(member.examination)}
    then = [check for check in checks if check.code in codes]
    uscc = case.facts.employer_uscc
    own = all(answers.asked(case.person.number_hash, registry) for check in then for registry in check.asks_person)
    employer = not uscc or all(
        answers.asked(uscc_hash(uscc), registry) for check in then for registry in check.asks_employer
    )
    return "" if own and employer else _("资料不足：当时的答复没有留存")


def apply(class_id: int) -> tuple[int, int, list[int]]:
    """Keep the new judgements of a class, in one transaction; gives how many, how many verdicts changed, and the last
    checks of those on a desk.

    Call it again whenever: who has been judged anew, and who has been paid, is left alone.
    """
    training_class, at = _class(class_id), timezone.now()
    with transaction.atomic():
        on_desk = locked_cases(training_class)
        locked = list(
            Enrolment.objects.select_for_update()
            .filter(training_class=class_id)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        rows = of_before().filter(is_paid=False, pk__in=locked)
        judged: list[Examination] = []
        before: dict[int, str] = {}
        jobs: set[int] = set()
        for group, all_cases, answers in _groups(training_class, rows):
            able = [(m, case) for m, case in zip(group, all_cases, strict=True) if not why_not_judged(m, case, answers)]
            members, cases = [member for member, _case in able], [case for _member, case in able]
            if not members:
                continue
            last = members[0].examination
            kept = {m.pk: [r for r in results_of(m.examination) if r.code == CODE] for m in members}

            def certificates(case: Case, _answers: Any, kept: dict[int, list[Result]] = kept) -> list[Result]:
                return kept[case.subject_id]

            before |= {member.pk: member.verdict for member in members}
            jobs |= {last.job_id} - {None}
            judged += examine(
                cases,
                answers,
                table=table_on(training_class.first_day),
                kind=KIND,
                gate=last.gate,
                job=last.job,
                at=at,
                extra=certificates,
            )
        update_values(Enrolment, ["verdict", "examination"], [(one.subject_id, one.verdict, one.pk) for one in judged])
        changed = [one for one in judged if one.verdict != before[one.subject_id]]
        if on_desk:
            assistance.put_to_people(judged, training_class.division)
        tell_verdicts(on_desk, len(changed))
        for application in on_desk:
            write_cover(application, flow_of(application))
        tell_held([one.subject_id for one in changed if one.verdict != Verdict.ELIGIBLE])
        if judged:
            record(
                "verdicts.judged_anew",
                by=None,
                on=training_class,
                division=training_class.division_id,
                judged=len(judged),
                changed={str(one.subject_id): f"{before[one.subject_id]} → {one.verdict}" for one in changed},
            )
    return len(judged), len(changed), sorted(jobs) if on_desk else []


def tell_held(enrolments: list[int]) -> None:
    """Whoever approved money for these people, that has not gone out, hears that it stands still;
    one notice a claim.
    """
    lines = SubsidyLine.objects.filter(enrolment__in=enrolments, state__in=[*WAITING, LineState.PAYING])
    for claim in (
        Subsidy.objects.filter(lines__in=lines, desk__isnull=False)
        .select_related("desk")
        .annotate(people=Count("lines"))
        .order_by("pk")
    ):
        tell(
            claim,
            _("补贴%(number)s：%(count)s人按班期重新判定不再是“符合”，暂缓拨付，请核实、推翻或剔除。")
            % {
                "number": claim.number,
                "count": claim.people,
            },
            organisation=claim.desk,
        )


def _class(class_id: int) -> TrainingClass:
    return TrainingClass.objects.select_related("opening", "project__occupation", "employer", "division").get(
        pk=class_id
    )


def _groups(
    training_class: TrainingClass, rows: QuerySet[Enrolment]
) -> Iterator[tuple[list[Enrolment], list[Case], Answers]]:
    """These people by gate, day and check of their last judgement, with what that check was answered."""
    people = sorted(rows.select_related("person", "examination__job"), key=_when)
    for (_gate, day, _job), group in groupby(people, key=_when):
        members = list(group)
        answers = Answers(members[0].examination.job, left_out=REGISTRIES)
        cases = subjects_of(training_class, enrolments=members, day=day)
        yield (
            members,
            [
                replace(case, facts=replace(case.facts, category=m.examination.category))
                for m, case in zip(members, cases, strict=True)
            ],
            answers,
        )


def _when(enrolment: Enrolment) -> tuple[str, date, int]:
    examination = enrolment.examination
    return examination.gate, examination.as_of, examination.job_id or 0
