"""The nightly watch: what became of trainees of running and unpaid classes since they were judged (R-ELG-8).

It changes no verdict; which of its entries stand in the way of money is in `stopping`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.authority import may
from accounts.models import Division, Membership
from casework.domain.moves import why_not_deciding
from casework.models import Job, Notice
from eligibility.domain import crosscheck
from eligibility.domain.answers import Answers
from eligibility.domain.connections import POPULATION
from eligibility.engine import UnknownCategory, registries_needed
from eligibility.models import RegistryAnswer
from eligibility.rules.table import NoTable, table_on
from kit.refusals import NotAllowed, NotValid, Overtaken
from kit.text import written
from training.domain.classes.enrolments import living
from training.domain.verification.watch_stops import concerns_class
from training.enums import REVIEWS, ChangeKind, Stage
from training.models import Change, Enrolment, TrainingClass

TASK = "training.tasks.watch_class"
KIND = "watch"
WATCHED = (Stage.IN_TRAINING, Stage.COMPLETION, Stage.COMPLETED, Stage.SUBSIDY, Stage.PUBLICITY, Stage.PAYABLE)
OWNERS = ("legal_representative", "individual_operator")
# registry, record type → what it means when it is new
SIGNS = {
    ("employment", "unit_employment"): ChangeKind.HIRED,
    ("labour_contract", "contract"): ChangeKind.HIRED,
    ("labour_contract", "dispatch"): ChangeKind.HIRED,
    ("social_security", "employee_insurance"): ChangeKind.INSURED,
    ("business", "post"): ChangeKind.BUSINESS,
    ("social_security", "employee_pension"): ChangeKind.PENSION,
    (POPULATION, "death"): ChangeKind.DIED,
    (POPULATION, "imprisonment"): ChangeKind.IMPRISONED,
}
SINCE = {ChangeKind.DIED: "on", ChangeKind.PENSION: "drawing_since"}
# Who draws a pension or serves a term may be trained in these categories (R-ELG-3); a pension is asked about where the
# category asks for it.
BESIDE = {ChangeKind.PENSION: ("poor_family_child", "inmate", "rehab"), ChangeKind.IMPRISONED: ("inmate", "rehab")}
STOPPING = (ChangeKind.DIED, ChangeKind.IMPRISONED, ChangeKind.PENSION)
LONGEST_NOTE, LONGEST_DOCUMENT = 500, 120
Fact = Mapping[str, Any]


@dataclass(frozen=True)
class Sign:
    """One fact that may be news: what it means, since when, about which enterprise."""

    what: str
    registry: str
    since: date
    uscc: str
    key: str


def watched() -> QuerySet[TrainingClass]:
    """Running and unpaid classes."""
    return TrainingClass.objects.filter(stage__in=WATCHED).select_related("division", "applicant").order_by("pk")


def registries_of(training_class: TrainingClass) -> list[str]:
    """The registries that may bring news: of those the category asks anyway, and whether the person lives (R-ELG-7)."""
    try:
        category = table_on(training_class.first_day).category(training_class.category)
    except (NoTable, UnknownCategory):
        return [POPULATION]
    telling = {registry for registry, _type in SIGNS}
    return list(
        dict.fromkeys(
            [*(registry for registry in registries_needed(category).person if registry in telling), POPULATION]
        )
    )


def watch(training_class: TrainingClass, *, job: Job) -> list[Change]:
    """Ask about everyone of a class, keep what is news, tell the officer once. May be called again after a crash.

    What the registries said beside the news is not kept (R-ELG-7); one that is silent is asked the next night.
    """
    people = list(living(training_class).select_related("examination"))
    registries = registries_of(training_class)
    questions = crosscheck.Questions.none()
    for person in people:
        questions.about_person(person.person, registries)
    crosscheck.ask(job, questions)
    now = timezone.now()
    with transaction.atomic():
        new = _keep(training_class, people, registries, Answers(job), now)
        if new:
            _tell(training_class, new)
        RegistryAnswer.objects.filter(job=job).delete()
    return new


def _keep(
    training_class: TrainingClass, people: list[Enrolment], registries: list[str], answers: Answers, now: datetime
) -> list[Change]:
    own = training_class.employer.uscc if training_class.employer else ""
    before: dict[int | None, Answers] = {}
    known = set(Change.objects.filter(enrolment__in=people).values_list("enrolment", "key"))
    new = []
    for person in people:
        job = person.examination.job_id if person.examination else None
        if job not in before:
            before[job] = Answers(Job.objects.filter(pk=job).first() if job else None)
        for sign in news(person, registries, answers, before[job], training_class):
            if (sign.uscc and sign.uscc == own) or (person.pk, sign.key) in known:
                continue
            known.add((person.pk, sign.key))
            new.append(
                Change(
                    enrolment=person,
                    what=sign.what,
                    registry=sign.registry,
                    since=sign.since,
                    uscc=sign.uscc,
                    key=sign.key,
                    seen_at=now,
                )
            )
    return Change.objects.bulk_create(new)


def news(
    person: Enrolment, registries: list[str], now: Answers, then: Answers, training_class: TrainingClass
) -> Iterator[Sign]:
    """What holds today and was not known when the person was last judged; where that registry had not answered, what
    began since, and what would stop money whenever it began.
    """
    subject, today = person.person.number_hash, timezone.localdate()
    judged = timezone.localdate(person.examination.examined_at) if person.examination else training_class.first_day
    for registry in registries:
        old = then.kept.get((registry, subject))
        seen = {sign.key for sign in _signs(registry, old or (), today, training_class)}
        for sign in _signs(registry, now.kept.get((registry, subject)) or (), today, training_class):
            unheard = old is None and sign.what not in STOPPING and sign.since < judged
            if sign.key not in seen and not unheard:
                yield sign


def _signs(registry: str, facts: Any, today: date, training_class: TrainingClass) -> Iterator[Sign]:
    for fact in facts:
        what = SIGNS.get((registry, fact.get("type", "")))
        if what is None or fact.get("malformed") or (fact["type"] == "post" and fact["role"] not in OWNERS):
            continue
        if (begun := fact.get(SINCE.get(what, "from"))) is None or training_class.category in BESIDE.get(what, ()):
            continue
        since = date.fromisoformat(begun)
        # A prison term that is over counts where it overlapped the class.
        over = training_class.first_day if what == ChangeKind.IMPRISONED else today
        ended = "to" in fact and date.fromisoformat(fact["to"]) <= over
        if since > today or ended or fact.get("status", "active") != "active":
            continue
        uscc = str(fact.get("uscc") or fact.get("host_uscc") or "")
        yield Sign(what, registry, since, uscc, f"{fact['type']}:{uscc}:{since.isoformat()}")


def _tell(training_class: TrainingClass, new: list[Change]) -> None:
    """One notice for the class, to whoever has it in charge."""
    body = training_class.body or training_class.opening.desk
    if body is None:
        return
    count = len({change.enrolment_id for change in new})
    words = "、".join(dict.fromkeys(str(ChangeKind(change.what).label) for change in new))
    Notice.objects.create(
        organisation=body,
        kind=KIND,
        object_id=training_class.pk,
        url=f"{reverse('watch')}?class={training_class.pk}",
        text=_("%(number)s：%(count)s名学员情况有变化（%(words)s），请核实。")
        % {
            "number": training_class.number,
            "count": count,
            "words": words,
        },
    )


def changes_for(membership: Membership) -> QuerySet[Change]:
    """The changes of the membership's scope, of people who are still in their class."""
    return Change.objects.visible_to(membership).filter(enrolment__struck_out_at__isnull=True)


def why_not_in_charge(membership: Membership, training_class: TrainingClass) -> str:
    """Who answers about the people of a class: a reviewer of the body that has it in charge; the sentence, or ""."""
    return why_none_in_charge(membership, [training_class])[training_class.pk]


def why_none_in_charge(membership: Membership, classes: Iterable[TrainingClass]) -> dict[int, str]:
    """The same for many classes, each place and category asked once."""

    @cache
    def reviews(division: Division, category: str, training_type: str) -> bool:
        return any(may(membership, act, division, category, training_type=training_type) for act in REVIEWS)

    return {
        one.pk: why_not_deciding(
            membership,
            [one.body_id, one.opening.desk_id],
            partial(reviews, one.division, one.category, one.opening.training_type),
        )
        for one in classes
    }


def deal_with(change: Change, note: str, *, document: str = "", by: Membership) -> Change:
    """Mark a change as dealt with, saying how; once. One that stops money is let go only on a document. Raises
    NotAllowed, NotValid, Overtaken.
    """
    note, document = written(note)[:LONGEST_NOTE], written(document)[:LONGEST_DOCUMENT]
    training_class = change.enrolment.training_class
    if why := why_not_in_charge(by, training_class):
        raise NotAllowed(why)
    if not note:
        raise NotValid(_("请写明核实和处理情况。"), field="note")
    if not document and concerns_class(change, training_class):
        raise NotValid(_("这一项涉及补贴资金，请写明核实依据的文号或文件名；属实的，请剔除此人。"), field="document")
    with transaction.atomic():
        locked = (
            Change.objects.select_for_update(of=("self",))
            .select_related("dealt_by__user", "dealt_by__organisation")
            .get(pk=change.pk)
        )
        if locked.dealt_at:
            if (locked.dealt_by_id, locked.note, locked.document) == (by.pk, note, document):
                return locked
            raise Overtaken(_("%(who)s已处理：%(note)s") % {"who": locked.dealt_by, "note": locked.note})
        locked.dealt_at, locked.dealt_by, locked.note, locked.document = timezone.now(), by, note, document
        locked.save(update_fields=["dealt_at", "dealt_by", "note", "document"])
        record(
            "watch.dealt_with",
            by=by,
            on=training_class,
            division=training_class.division_id,
            reason=note,
            letter=document,
            enrolment=locked.enrolment_id,
            sign=str(ChangeKind(locked.what).label),
        )
    return locked
