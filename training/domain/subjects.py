"""What CLASSES tells the rooms below it about its enrolments: who may see, who may answer, a person's life line."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.authority import may
from accounts.enums import Act, OrganisationKind
from accounts.models import Membership
from eligibility.domain.descriptions import label_of
from eligibility.domain.evidence import TONES
from eligibility.domain.examine import Described
from eligibility.domain.overrulings import overrulings_of
from eligibility.domain.people import LifeEvent
from eligibility.enums import Agreement, Gate, Verdict
from eligibility.models import Examination, Overruling, Person
from training.domain.classes.enrolments import KIND
from training.domain.verification.watch import why_not_in_charge
from training.enums import IDLE, REVIEWS
from training.models import Enrolment


def case_page(enrolment: Enrolment) -> str:
    """Where an enrolment was decided."""
    return reverse("case", args=["opening", enrolment.training_class.opening.pk])


def application_of(enrolment_id: int) -> tuple[str, int]:
    """The application whose file a department's reply about this enrolment goes into."""
    return "opening", Enrolment.objects.values_list("training_class__opening", flat=True).get(pk=enrolment_id)


def classmates(enrolment_id: int) -> list[int]:
    """Everyone living in the same class, the enrolment itself among them."""
    own = Enrolment.objects.filter(pk=enrolment_id).values("training_class")
    return list(
        Enrolment.objects.filter(training_class__in=own, struck_out_at__isnull=True).values_list("pk", flat=True)
    )


def employer_of(enrolment_id: int) -> str:
    """The credit code of the employer of the class; "" for a class without one."""
    return (
        Enrolment.objects.filter(pk=enrolment_id).values_list("training_class__employer__uscc", flat=True).first() or ""
    )


def employees_of(uscc: str) -> list[int]:
    """Everybody judged in a class of this employer whose case goes on."""
    return list(
        going_on()
        .filter(training_class__employer__uscc=uscc, examination__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def describe(membership: Membership, ids: Collection[int], *, struck: bool = False) -> dict[int, Described]:
    """The living enrolments among these that the membership may see, each with its class; with `struck` the struck out,
    too. One query.
    """
    rows = Enrolment.objects.visible_to(membership).filter(pk__in=ids)
    return _described(rows if struck else rows.filter(struck_out_at__isnull=True))


def named(ids: Collection[int]) -> dict[int, Described]:
    """The living enrolments among these of cases that go on, whoever asks; one query (R-ELG-5)."""
    return _described(going_on().filter(pk__in=ids))


def going_on() -> QuerySet[Enrolment]:
    """Everybody living in a class whose case goes on."""
    return Enrolment.objects.filter(struck_out_at__isnull=True).exclude(training_class__stage__in=IDLE)


def _described(rows: QuerySet[Enrolment]) -> dict[int, Described]:
    return {
        row.pk: Described(
            heading=f"{row.training_class.number} {row.training_class.name}",
            url=case_page(row),
            is_open=row.training_class.stage not in IDLE and not row.is_struck_out,
            desk=row.training_class.body_id or row.training_class.opening.desk_id,
        )
        for row in rows.select_related("training_class__opening")
    }


def why_not_answer(membership: Membership, enrolment_id: int) -> str:
    """Who answers an assisted check: an officer of the body that decides the class, holding one of its reviews
    (R-ELG-5).
    """
    if membership.is_unit:
        return _("协查结果由审核部门填写，申请单位不能填写。")
    enrolment = (
        Enrolment.objects.visible_to(membership)
        .filter(pk=enrolment_id)
        .select_related("training_class__opening", "training_class__division")
        .first()
    )
    if enrolment is None:
        return _("此人不在您的管辖范围内。")
    if enrolment.is_struck_out:
        return _("此人已被剔除，不再协查。")
    training_class = enrolment.training_class
    return why_not_in_charge(membership, training_class)


def why_not_second(membership: Membership, enrolment_id: int) -> str:
    """Who agrees to an overruling: a reviewer of the deciding body, or of an HR office above it (R-ELG-5)."""
    if not why_not_answer(membership, enrolment_id):
        return ""
    enrolment = (
        Enrolment.objects.visible_to(membership)
        .filter(pk=enrolment_id, struck_out_at__isnull=True)
        .select_related("training_class__division")
        .first()
    )
    if membership.is_unit or enrolment is None:
        return why_not_answer(membership, enrolment_id)
    training_class, own = enrolment.training_class, membership.organisation
    if own.kind != OrganisationKind.HR_OFFICE or own.division_id == training_class.division_id:
        return why_not_answer(membership, enrolment_id)
    if not any(
        may(
            membership,
            act,
            training_class.division,
            training_class.category,
            training_type=training_class.training_type,
        )
        for act in (*REVIEWS, Act.FILE_OPENING)
    ):
        return _("您没有这类人员的审批权限，或权限已到期。")
    return ""


def life(person: Person, membership: Membership) -> list[LifeEvent]:
    """A person's classes with their judgements and what officers overruled, as far as the membership may see them;
    three queries.
    """
    rows = list(
        Enrolment.objects.visible_to(membership)
        .filter(person=person)
        .select_related("training_class__institution", "training_class__opening")
    )
    examined = Examination.objects.filter(subject_kind=KIND, subject_id__in=[row.pk for row in rows])
    by_id = {row.pk: row for row in rows}
    overruled = overrulings_of(KIND, list(by_id))
    return [
        *(event for row in rows for event in _enrolled(row)),
        *(_judged(by_id[e.subject_id], e) for e in examined),
        *(_overruled(by_id[o.subject_id], o) for o in overruled),
    ]


def _enrolled(enrolment: Enrolment) -> list[LifeEvent]:
    training_class = enrolment.training_class
    url = case_page(enrolment)
    events = [
        LifeEvent(
            at=_morning(training_class.first_day) if training_class.first_day else training_class.created_at,
            title=_("参加培训：%(name)s") % {"name": training_class.name},
            text=_("班次%(number)s，%(stage)s")
            % {
                "number": training_class.number,
                "stage": training_class.get_stage_display(),
            },
            url=url,
            tone="primary",
            whole_day=bool(training_class.first_day),
        )
    ]
    if enrolment.struck_out_at:
        events.append(LifeEvent(enrolment.struck_out_at, _("被剔除"), enrolment.strike_reason, url, "danger"))
    if enrolment.result:
        at = _morning(training_class.last_day)
        events.append(
            LifeEvent(
                at,
                _("培训结果：%(result)s") % {"result": enrolment.get_result_display()},
                enrolment.certificate_number,
                url,
                "success" if enrolment.result == "pass" else "secondary",
                whole_day=True,
            )
        )
    return events


def _judged(enrolment: Enrolment, examination: Examination) -> LifeEvent:
    return LifeEvent(
        at=examination.examined_at,
        title=_("%(gate)s比对：%(verdict)s")
        % {
            "gate": Gate(examination.gate).label,
            "verdict": Verdict(examination.verdict).label,
        },
        text=_("班次%(number)s，核查日%(day)s")
        % {
            "number": enrolment.training_class.number,
            "day": examination.as_of.isoformat(),
        },
        url=case_page(enrolment),
        tone=TONES.get(examination.verdict, "secondary"),
    )


def _overruled(enrolment: Enrolment, one: Overruling) -> LifeEvent:
    """A registry's fail that was to be set aside: who, why, on which file, and what the second officer said."""
    text = _("%(check)s：%(by)s提出，理由：%(reason)s，依据：%(file)s") % {
        "check": label_of(one.check_code, one.examination.category),
        "by": one.proposed_by,
        "reason": one.reason,
        "file": one.attachment.name,
    }
    if one.answered_by:
        said = _("%(by)s同意") if one.state == Agreement.AGREED else _("%(by)s不同意：%(note)s")
        text = f"{text}；{said % {'by': one.answered_by, 'note': one.note}}"
    return LifeEvent(
        at=one.answered_at or one.proposed_at,
        title=_("推翻比对结果：%(state)s") % {"state": one.get_state_display()},
        text=text,
        url=case_page(enrolment),
        tone="warning",
    )


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
