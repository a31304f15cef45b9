"""One world for the matrices: an office, a unit and its class in every stage, money under way, and everybody who may
ask for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.enums import Act, Department, OrganisationKind, Role
from casework.domain.moves import take
from casework.domain.policy import policy_kinds
from casework.domain.proposals import propose, read
from casework.enums import JobState, State
from casework.models import Job, Notice, Parameter
from eligibility.domain.corrections import draft, entered_by
from eligibility.models import Assistance, Letter, Overruling
from subsidies.enums import Item, LineState
from subsidies.models import (
    BankCorrection,
    Objection,
    Payment,
    PaymentBatch,
    PaymentPart,
    Publicity,
    Subsidy,
    SubsidyLine,
)
from tests import factories
from tests.factories import casework as cases
from tests.factories import eligibility as people
from tests.factories import training as make
from tests.factories.guards import put_in
from tests.training import walk as walks
from training.domain.decision.completions import open_completion
from training.domain.units.accounts import begin_change
from training.domain.verification.whatif import start
from training.models import CertificateChange, Change, Unit


@dataclass
class World:
    """Who asks, and what is asked for."""

    memberships: dict[str, Any]
    things: dict[str, list[Any]]


def build(registries) -> World:
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    memberships = {
        "school": walk.applicant,
        "officer": walk.officer,
        "auditor": factories.member(walk.officer.organisation, Role.AUDITOR),
        "finance": factories.member(factories.office(kind=OrganisationKind.FINANCE), Role.FINANCE),
        "second": factories.member(walk.officer.organisation),
        "stranger": factories.operator(factories.unit()),
        "elsewhere": factories.officer("150203"),
        "region": factories.administrator("150000"),
        "disabled": factories.member(factories.office(kind=OrganisationKind.INDUSTRY, department=Department.DISABLED)),
    }
    things = (
        {"": [], "year": [2099], "project": [walk.training_class.project_id]}
        | in_review(walk)
        | in_draft(walk)
        | money(walk, memberships["finance"])
        | running(walk)
        | looked_after(walk, memberships["region"])
        | policy_of(memberships["region"])
    )
    return World(memberships, things)


def policy_of(region) -> dict[str, list[Any]]:
    """A number of policy, and what is in force of one proposal."""
    kind = policy_kinds()["parameters"]
    last = Parameter.objects.get(code="numbers_a_day")
    given = {"last_day": timezone.localdate() + timedelta(days=60), "source": "示例", "note": "不再要求"}
    made = propose(read(kind, "close", given, last), by=region)
    return {
        "policy_kind": ["parameters"],
        "parameter": [Parameter.objects.get(code="class_most_people").pk],
        "proposal": [made.pk],
    }


def in_review(walk) -> dict[str, list[Any]]:
    walk.to_officer()
    enrolment = walk.enrolments[0]
    Assistance.objects.create(
        subject_kind="enrolment",
        subject_id=enrolment.pk,
        person=enrolment.person,
        check_code="identity",
        division=walk.opening.division,
    )
    kept = walks.attach(walk.opening, "other", walk.applicant)
    overruling = Overruling.objects.create(
        subject_kind="enrolment",
        subject_id=enrolment.pk,
        person=enrolment.person,
        examination=enrolment.examination,
        attachment=kept,
        check_code="not_insured_as_employee",
        facts="0" * 64,
        reason="已离职",
        division=walk.opening.division,
        proposed_by=walk.officer,
        proposer=walk.officer.user,
    )
    letter = Letter.objects.create(
        number="协查函1号",
        year=2026,
        sequence=1,
        department="残联",
        division=walk.opening.division,
        organisation=walk.officer.organisation,
        issued_by=walk.officer,
        issued_at=timezone.now(),
        due_on=timezone.localdate(),
    )
    notice = Notice.objects.create(
        organisation=walk.applicant.organisation, text="退回补正", url="/", kind="opening", object_id=walk.opening.pk
    )
    common = {
        "title": "导出",
        "task": "none",
        "owner": walk.applicant.organisation,
        "division": walk.opening.division,
        "by": walk.applicant,
    }
    done = Job.objects.create(state=JobState.DONE, **common)
    done.file.save("结果.xlsx", ContentFile(b"x"))
    failed = Job.objects.create(state=JobState.FAILED, **common)
    return {
        "opening": [walk.opening.pk],
        "opening_move": [walk.opening.pk, "return"],
        "enrolment": [enrolment.pk],
        "overruling": [enrolment.pk, overruling.pk],
        "person": [enrolment.person_id],
        "checked": ["enrolment", enrolment.pk],
        **asked(walk),
        "letter": [letter.pk],
        "assistance": [enrolment.pk, "identity"],
        "file": [kept.pk],
        "notice": [notice.pk],
        "job": [done.pk],
        "failed": [failed.pk],
    }


def asked(walk) -> dict[str, list[Any]]:
    """The school asks for another number for somebody; the office may maintain persons."""
    factories.officer(acts=(Act.MAINTAIN_PERSONS,))
    correction = draft(
        entered_by(walk.applicant, "enrolment", walk.enrolments[2].pk), "", people.number(), "看错了", by=walk.applicant
    )
    take(correction, "submit", by=walk.applicant)
    return {"correction": [correction.pk], "correction_move": [correction.pk, "approve"]}


def in_draft(walk) -> dict[str, list[Any]]:
    """A second class of the school, and its registration handed out again."""
    unit = Unit.objects.get(organisation=walk.applicant.organisation)
    training_class = make.draft_class(walk.applicant)
    uploaded = make.upload(training_class, [make.row(1), make.row(2, phone="12345")])
    mine = make.lesson(training_class)
    enrolment = training_class.enrolments.create(person=people.person("赛罕"), sequence=9)
    registration, _seat = cases.draft(walk.applicant)
    change = begin_change(
        unit, by=walk.applicant, holder=unit.organisation.name, bank_name="另一银行", bank_account=make.ACCOUNT
    )
    take(change, "submit", by=walk.applicant)
    return {
        "draft": [training_class.pk],
        "draft_opening": [training_class.opening.pk],
        "draft_lesson": [mine.pk],
        "draft_enrolment": [enrolment.pk],
        "upload": [uploaded.pk],
        "upload_row": [uploaded.pk, uploaded.rows.get(is_good=False).row],
        "unit": [unit.pk],
        "teacher": [unit.teachers.get().pk],
        "venue": [unit.venues.get().pk],
        "registration": [registration.pk],
        "registration_move": [registration.pk, "submit"],
        "accountchange": [change.pk],
        "accountchange_move": [change.pk, "approve"],
    }


def running(walk) -> dict[str, list[Any]]:
    """The first class as if it were in training, with its completion drafted."""
    training_class = walks.in_training(walk)
    completion = open_completion(training_class, by=walk.applicant)
    change = CertificateChange.objects.create(
        number="Z-1",
        division=training_class.division,
        applicant=walk.applicant.organisation,
        category=training_class.category,
        state=State.IN_REVIEW,
        desk=walk.officer.organisation,
        need=Act.FIRST_REVIEW_COMPLETION,
        round=1,
        position=1,
        submitted_at=timezone.now(),
        training_class=training_class,
        enrolment=walk.enrolments[0],
        old_kind="skill_level",
        old_number="S1",
        new_kind="skill_level",
        new_number="S2",
        reason="写错",
    )
    return {
        "certificatechange": [change.pk],
        "certificatechange_move": [change.pk, "return"],
        "running": [training_class.pk],
        "lesson": [training_class.lessons.first().pk],
        "completion": [completion.pk],
        "completion_move": [completion.pk, "submit"],
    }


def looked_after(walk, region) -> dict[str, list[Any]]:
    """A change the nightly watch found, and a what-if run of the region."""
    change = Change.objects.create(
        enrolment=walk.enrolments[0],
        what="hired",
        registry="employment",
        since=timezone.localdate(),
        key="unit_employment",
        seen_at=timezone.now(),
    )
    run = start("draft-example", timezone.localdate(), timezone.localdate(), by=region)
    return {"change": [change.pk], "what_if": [run.pk]}


def money(walk, finance) -> dict[str, list[Any]]:
    """A claim in review that was published before, an objection to it, and a batch that is with the bank."""
    training_class, today = walk.training_class, timezone.localdate()
    shared = {"division": walk.opening.division, "fund_source": "employment"}
    (subsidy,) = put_in(
        [
            Subsidy(
                number="S-1",
                applicant=walk.applicant.organisation,
                payee=walk.applicant.organisation,
                training_class=training_class,
                category=training_class.category,
                amount=Decimal("100.00"),
                state=State.IN_REVIEW,
                desk=walk.officer.organisation,
                need=Act.FIRST_REVIEW_SUBSIDY,
                round=1,
                position=1,
                submitted_at=timezone.now(),
                **shared,
            )
        ]
    )
    line = SubsidyLine.objects.create(
        subsidy=subsidy,
        enrolment=walk.enrolments[0],
        item=Item.TRAINING,
        amount=Decimal("100.00"),
        basis={"formula": "100.00"},
    )
    snapshot = {
        "number": "S-1",
        "class": "育婴员一班",
        "applicant": "学校",
        "payee": "学校",
        "fund": "就业补助资金",
        "amount": "100.00",
        "rows": [],
    }
    publicity = Publicity.objects.create(
        subsidy=subsidy,
        round=1,
        ended_at=timezone.now(),
        begins=today,
        ends=today,
        working_days=1,
        snapshot=snapshot,
        digest="0" * 64,
    )
    objection = Objection.objects.create(publicity=publicity, text="此人未参加培训")
    (batch,) = put_in(
        [
            PaymentBatch(
                number="P-1",
                applicant=finance.organisation,
                desk=finance.organisation,
                amount=Decimal("90.00"),
                state=State.FROZEN,
                bank_file=ContentFile(b"x", "x"),
                digest=sha256(b"x").hexdigest(),
                frozen_at=timezone.now(),
                **shared,
            )
        ]
    )
    payment = Payment.objects.create(
        batch=batch,
        subsidy=subsidy,
        sequence=1,
        payee_name="学校",
        bank_name="示例银行",
        bank_account="1",
        amount=Decimal("80.00"),
    )
    sent = SubsidyLine.objects.create(
        subsidy=subsidy,
        enrolment=walk.enrolments[1],
        item=Item.TRAINING,
        amount=payment.amount,
        basis={},
        state=LineState.PAYING,
        payment=payment,
    )
    PaymentPart.objects.create(payment=payment, line=sent)
    correction = _correction(subsidy, batch, walk.enrolments[2], finance)
    return {
        "subsidy": [subsidy.pk],
        "subsidy_move": [subsidy.pk, "refuse"],
        "line": [line.pk],
        "publicity": [publicity.pk],
        "objection": [objection.pk],
        "batch": [batch.pk],
        "batch_move": [batch.pk, "settle"],
        "payment": [payment.pk],
        "bank_correction": [correction.pk],
    }


def _correction(subsidy, batch, enrolment, finance) -> BankCorrection:
    """A failed payment beside the other, of which the bank says now that it arrived."""
    failed = Payment.objects.create(
        batch=batch,
        subsidy=subsidy,
        sequence=2,
        payee_name="学校",
        bank_name="示例银行",
        bank_account="1",
        amount=Decimal("10.00"),
        state="returned",
        return_reason="户名不符",
        answered_at=timezone.now(),
    )
    line = SubsidyLine.objects.create(
        subsidy=subsidy,
        enrolment=enrolment,
        item=Item.TRAINING,
        amount=failed.amount,
        basis={},
        state=LineState.RETURNED,
        payment=failed,
    )
    PaymentPart.objects.create(payment=failed, line=line)
    return BankCorrection.objects.create(
        payment=failed,
        kind="arrived",
        day=timezone.localdate(),
        bank_reference="LATE1",
        reason="实际已入账",
        before={},
        proposed_by=finance,
        proposer=finance.user,
        proposed_at=timezone.now(),
    )
