"""What-if: which verdicts of past enrolments another rule table would change, judged from what is
on record (R-ELG-4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.audit import record
from accounts.enums import Level
from accounts.models import Membership
from casework.domain.jobs import queue
from casework.models import Job
from eligibility.domain.answers import Answers
from eligibility.domain.examine import Case, facts_of, results_of
from eligibility.engine import NOT_ASKED, Judgement, RuleTable, UnknownCategory, judge, registries_needed
from eligibility.engine.judgement import Result
from eligibility.engine.records import REGISTRIES
from eligibility.rules.table import TABLES, NoTable, table_named
from kit.languages import language
from kit.refusals import NotAllowed, NotValid
from training.domain.verification.facts import subjects_of
from training.domain.verification.findings import explain
from training.models import Enrolment, TrainingClass

TASK = "training.tasks.what_if"
NO_TABLE = gettext_lazy("请选择审核条件。")
NO_PERIOD = gettext_lazy("请填写起止日期，起始日期不能晚于终止日期。")


@dataclass(frozen=True)
class Outcome:
    """One enrolment under the other table: the verdict then and there, or why that cannot be said."""

    enrolment: Enrolment
    before: str
    after: str
    lines: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def changes(self) -> bool:
        return bool(self.after) and self.after != self.before


def of_region(membership: Membership) -> None:
    """Raises NotAllowed for everybody but the region's offices."""
    if membership.is_unit or membership.division.level != Level.REGION:
        raise NotAllowed(_("政策测算由自治区办理。"))


def titles() -> dict[str, str]:
    """The rule tables there are, in the reader's language."""
    return {table.code: table.title.of(language()) for table in TABLES.values()}


def runs(membership: Membership) -> QuerySet[Job]:
    """The runs of the scope."""
    return Job.objects.visible_to(membership).filter(task=TASK).select_related("by__user", "by__organisation")


def start(table: str, since: date | None, until: date | None, *, by: Membership) -> Job:
    """Queue a run over the classes that begin in a period."""
    of_region(by)
    if table not in TABLES:
        raise NotValid(NO_TABLE, field="table")
    if since is None or until is None or since > until:
        raise NotValid(NO_PERIOD, field="since")
    days: dict[str, Any] = {"since": since.isoformat(), "until": until.isoformat()}
    with transaction.atomic():
        record("whatif.run", by=by, kind="whatif", table=table, **days)
        return queue(
            TASK,
            title=_("政策测算：%(table)s（%(since)s 至 %(until)s）") % {"table": titles()[table], **days},
            division=by.division,
            by=by,
            queue_name="exports",
            table=table,
            **days,
        )


def changed_in(job: Job, membership: Membership) -> list[tuple[Enrolment, dict[str, Any]]]:
    """What a run told of the people the membership may see: each with before, after, the lines that differ or why it
    cannot be said.
    """
    told = job.result.get("rows", [])
    people = (
        Enrolment.objects.visible_to(membership)
        .select_related("person", "training_class__opening")
        .in_bulk([one["enrolment"] for one in told])
    )
    return [(people[one["enrolment"]], one) for one in told if one["enrolment"] in people]


def judged_classes(since: date, until: date) -> list[int]:
    """The classes of a period that have somebody judged."""
    rows = Enrolment.objects.filter(
        training_class__first_day__range=(since, until), struck_out_at__isnull=True, examination__isnull=False
    )
    return list(
        rows.order_by("training_class__first_day", "training_class").values_list("training_class", flat=True).distinct()
    )


def what_if(table: RuleTable, class_id: int) -> Iterator[Outcome]:
    """Everyone of a class judged again under `table`, at the gate and for the day of their last judgement."""
    training_class = TrainingClass.objects.select_related("opening", "project__occupation", "employer", "division").get(
        pk=class_id
    )
    people = training_class.enrolments.filter(struck_out_at__isnull=True, examination__isnull=False).select_related(
        "person", "examination__job"
    )
    ordered = sorted(people, key=_when)
    for (_gate, day, _job), group in groupby(ordered, key=_when):
        members = list(group)
        answers = Answers(members[0].examination.job, left_out=REGISTRIES)
        for member, case in zip(members, subjects_of(training_class, enrolments=members, day=day), strict=True):
            facts = replace(case.facts, category=member.examination.category)
            yield _outcome(member, replace(case, facts=facts), answers, table)


def _when(enrolment: Enrolment) -> tuple[str, date, int]:
    examination = enrolment.examination
    return examination.gate, examination.as_of, examination.job_id or 0


def _outcome(enrolment: Enrolment, case: Case, answers: Answers, table: RuleTable) -> Outcome:
    frozen = enrolment.examination
    try:
        then = table_named(frozen.table)
        asked = set(registries_needed(table.category(frozen.category)).person)
    except NoTable:
        return Outcome(enrolment, frozen.verdict, "", why_not=_("资料不足：当时的审核条件已不在册"))
    except UnknownCategory:
        return Outcome(enrolment, frozen.verdict, "", why_not=_("所选审核条件没有这一人员类别"))
    frozen_results = results_of(frozen)
    asked -= {
        result.registry for result in frozen_results if result.outcome == NOT_ASKED
    }  # listed so then, and so it is again
    if any(not answers.asked(case.person.number_hash, registry) for registry in asked):
        return Outcome(enrolment, frozen.verdict, "", why_not=_("资料不足：有需要的系统当时没有比对"))
    again = _judge(case, answers, then, frozen_results)
    if again.verdict != frozen.verdict:
        return Outcome(enrolment, frozen.verdict, "", why_not=_("资料不足：用留存资料不能重现当时的结论"))
    new = _judge(case, answers, table, frozen_results)
    return Outcome(enrolment, frozen.verdict, new.verdict, tuple(_differences(again, new)))


def _judge(case: Case, answers: Answers, table: RuleTable, frozen: list[Result]) -> Judgement:
    """The judgement, with what two officers had set aside set aside again."""
    return judge(facts_of(case, answers, table), table).with_overruled(r.code for r in frozen if r.overruled)


def _differences(before: Judgement, after: Judgement) -> Iterator[str]:
    """The checks that come out otherwise, by name: fallen away, new, or with another outcome."""
    old, new = ({r.code: r for r in judgement.results} for judgement in (before, after))
    for code in dict.fromkeys([*old, *new]):
        if code not in new:
            yield _("不再审核：%(check)s") % {"check": explain(old[code])[1]}
        elif code not in old or old[code].outcome != new[code].outcome:
            yield explain(new[code])[1]
