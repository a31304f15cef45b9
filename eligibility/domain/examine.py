"""Judging people by what a job's answers say, and keeping each judgement as it was given (R-ELG-1 … R-ELG-4).

Whose enrolment it is, which papers are attached and what is filed, an upper room says (`Case.facts`); nothing here
knows of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import F, Func, JSONField, QuerySet, Value

from accounts.models import Division, Membership
from casework.models import Job
from eligibility.domain.answers import NOTHING, Answers
from eligibility.domain.kept import read
from eligibility.domain.overruling_effects import agreed_for, set_aside
from eligibility.engine import Facts, Judgement, RuleTable, judge, other_categories, registries_needed
from eligibility.engine.judgement import Result
from eligibility.models import Examination, Person
from kit.fast.bulk import insert_made
from kit.identity import same_name

Extra = Callable[["Case", "Answers"], Iterable[Result]]


@dataclass(frozen=True)
class Case:
    """One person to be judged: the subject in the upper room's table, who it is, and the facts without the records."""

    subject_id: int
    person: Person
    facts: Facts


def facts_of(case: Case, answers: Answers, table: RuleTable) -> Facts:
    """The facts of a case with what the registries answered; a registry switched to 协查 is answered
    by people (R-ELG-5).
    """
    needed = registries_needed(table.category(case.facts.category))
    own, uscc = answers.about(case.person.number_hash, needed.person), case.facts.employer_uscc
    employers = answers.about_enterprise(uscc, needed.employer) if uscc else NOTHING
    answered = own.records.keys() | employers.records.keys()
    return Facts(
        **vars(case.facts)
        | {
            "records": own.records,
            "employer_records": employers.records,
            "unavailable": frozenset({*own.silent, *employers.silent} - answered),
            "by_people": frozenset({*own.by_people, *employers.by_people}),
            "not_connected": frozenset(own.not_connected),
        }
    )


def examine(
    cases: Sequence[Case],
    answers: Answers,
    *,
    table: RuleTable,
    kind: str,
    gate: str,
    job: Job | None,
    at: datetime,
    extra: Extra | None = None,
    only_changes: bool = False,
) -> list[Examination]:
    """Judge everyone and keep what is new; call it in the transaction that writes the verdicts. Four queries however
    many.

    The first are being written while the next are judged, so nothing here may query: not the engine, not `extra`.

    A judgement equal to the last one is not written again when the job is the same (taken up again) or with
    `only_changes` (a silent registry asked once more): the last one is returned in its place. A fail two officers
    overruled stays overruled while it rests on the same facts (R-ELG-5). `extra` adds results of the upper room's own
    (a certificate's comparison) without a say in the verdict.
    """
    ids = [case.subject_id for case in cases]
    last, agreed = latest(kind, ids), agreed_for(kind, ids)
    found: list[Examination] = []

    def new() -> Iterator[Examination]:
        for case in cases:
            facts = facts_of(case, answers, table)
            judgement = set_aside(judge(facts, table), agreed.get(case.subject_id, ()))
            results = written(judgement, extra(case, answers) if extra else (), instead_of(facts, table, judgement))
            before = last.get(case.subject_id)
            same_job = before and before.job_id == (job.pk if job else None)
            if (
                before
                and (same_job or only_changes)
                and before.gate == gate
                and same_statement(before.results, results)
            ):
                found.append(before)
                continue
            examination = Examination(
                person_id=case.person.pk,
                subject_kind=kind,
                subject_id=case.subject_id,
                gate=gate,
                category=case.facts.category,
                table=judgement.table_code,
                as_of=judgement.as_of,
                verdict=judgement.verdict,
                results=results,
                subgroups=list(judgement.subgroups),
                job_id=job.pk if job else None,
                examined_at=at,
            )
            found.append(examination)
            yield examination

    insert_made(Examination, new(), len(cases))
    return found


def same_statement(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether two judgements say the same, whenever each was asked."""
    return {**before, "as_of": ""} == {**now, "as_of": ""}


def passed_by(kind: str, ids: Collection[int], day: date, checks: Collection[str]) -> dict[int, frozenset[str]]:
    """Which of these checks each subject passed when it was last judged on or before a day, the precheck apart; one
    query (R-ELG-3).

    They rest on records without dates: a different answer after the day is held against nobody.
    """
    if not checks:
        return {}
    wanted = " || ".join(f'@.code == "{code}"' for code in checks)
    passed = Func(
        F("results"),
        Value(f'$.results[*] ? (@.outcome == "pass" && ({wanted})).code'),
        function="jsonb_path_query_array",
        output_field=JSONField(),
    )
    rows = (
        Examination.objects.filter(subject_kind=kind, subject_id__in=ids, as_of__lte=day)
        .order_by("subject_id", "-id")
        .distinct("subject_id")
    )
    return {pk: frozenset(codes) for pk, codes in rows.annotate(passed=passed).values_list("subject_id", "passed")}


def written(judgement: Judgement, more: Iterable[Result], beside: Mapping[str, Any]) -> dict[str, Any]:
    """The judgement as JSON with further results behind its own and more beside it; the verdict
    stays the rule table's.
    """
    more = tuple(more)
    whole = replace(judgement, results=(*judgement.results, *more)) if more else judgement
    return {**whole.to_json(), **beside}


def instead_of(facts: Facts, table: RuleTable, judgement: Judgement) -> dict[str, Any]:
    """Which other category may fit where a check failed, kept beside the judgement: code, verdict on the same facts,
    failed check.
    """
    found = other_categories(facts, table, judgement) if judgement.failed else ()
    return (
        {"instead": [{"category": s.category.code, "verdict": s.verdict, "because": s.because} for s in found]}
        if found
        else {}
    )


def latest(kind: str, ids: Collection[int]) -> dict[int, Examination]:
    """The newest examination of each subject."""
    rows = (
        Examination.objects.filter(subject_kind=kind, subject_id__in=ids)
        .order_by("subject_id", "-id")
        .distinct("subject_id")
    )
    return {row.subject_id: row for row in rows}


def results_of(examination: Examination | None) -> list[Result]:
    """The results as they were given; none for somebody not examined yet."""
    return read(examination.results["results"], examination.results) if examination else []


@dataclass(frozen=True)
class Described:
    """What an upper room says of one subject to somebody who may see it: a heading, a page, whether its case goes on,
    the office in charge.
    """

    heading: str
    url: str
    is_open: bool = True
    desk: int | None = None


@dataclass(frozen=True)
class Entry:
    """A person as one unit entered it: the record of the number, the name entered, which unit, where, and whether it is
    a draft still.
    """

    kind: str
    pk: int | None
    person: Person
    name: str
    place: Division
    owner: int | None = None
    is_draft: bool = False

    @property
    def is_other(self) -> bool:
        """Whether the record of that number has another name."""
        return not same_name(self.name, self.person.name)


@dataclass(frozen=True)
class SubjectProvider:
    """What the room of the classes tells of whoever is examined, an enrolment: `kind` is the subject's name in rows and
    addresses, subjects are named by their id.

    `describe(membership, ids, struck=False)`: those the membership may see, with `struck` the struck out, too;
    `going_on()`: a queryset of all whose case goes on; `named(ids)`: those of them, whoever asks (a department is asked
    about a person without seeing the class). `why_not(membership, id)`: the sentence that forbids to answer for a
    subject, or ""; `why_not_second` to agree to what an officer of the office in charge proposed. `rejudge(ids)` judges
    again from stored answers. `case_of(id)`: the application (kind, id) whose file the evidence goes into;
    `classmates(id)`: those examined with it; `employer_of(id)`: the credit code of its employer, `employees_of(code)`:
    everybody of that employer whose case goes on. `ask_again(jobs=None)` queues new checks where a registry was silent,
    of these last checks at once and without waiting for their pause, and gives how many. `entry(id)`: the subject as
    its unit entered it; `enter(id, person, by=)` makes it that person's, under the record's own name (R-SEC-2).
    """

    kind: str
    describe: Callable[..., dict[int, Described]]
    named: Callable[[Collection[int]], dict[int, Described]]
    going_on: Callable[[], QuerySet]
    why_not: Callable[[Membership, int], str]
    why_not_second: Callable[[Membership, int], str]
    rejudge: Callable[[Collection[int]], int]
    case_of: Callable[[int], tuple[str, int]]
    classmates: Callable[[int], list[int]]
    employer_of: Callable[[int], str]
    employees_of: Callable[[str], list[int]]
    ask_again: Callable[..., int]
    entry: Callable[[int], Entry | None]
    enter: Callable[..., None]


_provider: list[SubjectProvider] = []


def register_subjects(provider: SubjectProvider) -> None:
    """Called once, from the upper room's `ready()`."""
    _provider[:] = [provider]


def subjects() -> SubjectProvider:
    return _provider[0]


def subjects_called(kind: str) -> SubjectProvider | None:
    """The provider where an address or a row names its kind; None for any other word, so that nothing is found."""
    return subjects() if subjects().kind == kind else None


def subjects_of(rows: Iterable[Any], say: Callable[[list[int]], dict[int, Described]]) -> dict[int, Described]:
    """What `say` tells of the subjects of these rows (`subject_id`), by the row's id; one call."""
    rows = list(rows)
    found = say([row.subject_id for row in rows])
    return {row.pk: found[row.subject_id] for row in rows if row.subject_id in found}
