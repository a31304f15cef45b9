"""Whole classes on record at once, as they are after approval, completion and payment: for figures, not for procedures.

Everything goes in by bulk_create under the database's own constraints; nothing is random.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from itertools import count

from django.utils import timezone

from accounts.enums import OrganisationKind
from accounts.models import Division, Membership, Organisation
from casework.enums import State
from eligibility.domain.people import number_hash
from eligibility.models import Person
from kit.ids import citizen_number_from
from subsidies.enums import Item, LineState, PaymentState
from subsidies.models import Budget, Payment, PaymentBatch, PaymentPart, Subsidy, SubsidyLine
from tests.factories import member, office, unit
from tests.factories.guards import put_in
from training.enums import CertificateKind, FundSource, Result, SkillLevel, Stage, TrainingType
from training.models import Completion, Enrolment, Opening, Project, TrainingClass

_numbers = count(1)
SURNAMES = "张王李赵刘陈杨黄吴周徐孙"


@dataclass(frozen=True)
class Spec:
    """One class: how many people, how far it came, and when. Without a date a step has not been approved."""

    division: str = "150102"
    category: str = "laid_off_unemployed"
    training_type: str = TrainingType.EMPLOYMENT_SKILLS
    level: int = SkillLevel.BEGINNER
    kind: str = CertificateKind.SKILL_LEVEL
    fund: str = FundSource.UPSKILLING
    people: int = 3
    struck: int = 0
    approved: date | datetime | None = date(2025, 3, 10)
    opening_state: str = State.APPROVED
    completed: date | datetime | None = None
    completion_state: str = State.APPROVED
    passed: int = 0
    certified: int = 0
    paid: date | None = None
    payment_state: str = PaymentState.PAID
    amount: Decimal = Decimal("1200.00")
    item: str = Item.TRAINING
    department: str = ""
    decided_at: str = ""  # the division of the body that approved, where it is not the class's own


@dataclass
class Made:
    """What was made of a spec."""

    spec: Spec
    training_class: TrainingClass
    enrolments: list[Enrolment]
    opening: Opening | None = None
    completion: Completion | None = None
    subsidy: Subsidy | None = None
    payment: Payment | None = None


def moment(day: date | datetime) -> datetime:
    """Noon of a day in the office's time; a moment stays what it is."""
    return day if isinstance(day, datetime) else datetime.combine(day, time(12), timezone.get_default_timezone())


def make(*specs: Spec) -> list[Made]:
    """All the classes of the specs, in a dozen inserts however many they are."""
    made = _classes(specs)
    _applications(made)
    _enrolments(made)
    _payments([one for one in made if one.spec.paid])
    return made


def people(how_many: int, division: str = "150102") -> list[Person]:
    """New people with valid numbers."""
    found = []
    for _ in range(how_many):
        n = next(_numbers)
        birth = date(1970, 1, 1) + timedelta(days=n // 1000)
        number, name = citizen_number_from(division, birth, n % 1000), f"{SURNAMES[n % len(SURNAMES)]}{n}"
        found.append(
            Person(
                number=number,
                number_hash=number_hash(number),
                head=number[:3],
                tail=number[-4:],
                name=name,
                letters=sorted(set(name)),
                birth_date=birth,
                sex="male" if n % 2 else "female",
            )
        )
    return Person.objects.bulk_create(found)


def project(
    training_type: str = TrainingType.EMPLOYMENT_SKILLS,
    level: int = SkillLevel.BEGINNER,
    kind: str = CertificateKind.SKILL_LEVEL,
    **fields: object,
) -> Project:
    code = f"T-{training_type}-{level}-{kind}"[:30]
    found = Project.objects.filter(training_type=training_type, level=level, certificate_kind=kind).first()
    return found or Project.objects.create(
        code=code,
        name=f"项目{next(_numbers)}",
        level=level,
        training_type=training_type,
        hours=40,
        certificate_kind=kind,
        since=date(2020, 1, 1),
        source="示例",
        is_example=True,
        **fields,
    )


def _classes(specs: Iterable[Spec]) -> list[Made]:
    projects: dict[tuple, Project] = {}
    schools: dict[str, Organisation] = {}
    bodies: dict[tuple[str, str], Organisation] = {}
    made = []
    for spec in specs:
        key = (spec.training_type, spec.level, spec.kind)
        projects[key] = projects.get(key) or project(*key)
        schools[spec.division] = schools.get(spec.division) or _school(spec.division)
        body = (spec.decided_at or spec.division, spec.department)
        bodies[body] = bodies.get(body) or (
            office(body[0], OrganisationKind.INDUSTRY, department=spec.department)
            if spec.department
            else office(body[0])
        )
        made.append(Made(spec, _class(spec, projects[key], schools[spec.division], bodies[body]), []))
    TrainingClass.objects.bulk_create([one.training_class for one in made])
    return made


def _school(division: str) -> Organisation:
    found = Organisation.objects.filter(division_id=division, kind=OrganisationKind.INSTITUTION).first()
    return found or unit(division)


def _class(spec: Spec, its_project: Project, school: Organisation, body: Organisation) -> TrainingClass:
    n = next(_numbers)
    first = (moment(spec.approved) + timedelta(days=5)).date() if spec.approved else date(2025, 6, 1)
    stage = (
        Stage.PAID
        if spec.paid
        else Stage.COMPLETED
        if spec.completed
        else Stage.IN_TRAINING
        if spec.approved
        else Stage.OPENING
    )
    return TrainingClass(
        number=f"{spec.division}-2025-{n:05d}",
        name=f"{its_project.name}培训班{n}",
        applicant=school,
        institution=school,
        body=body,
        division=Division(pk=spec.division),
        project=its_project,
        category=spec.category,
        fund_source=spec.fund,
        first_day=first,
        last_day=first + timedelta(days=9),
        planned_people=spec.people,
        stage=stage,
    )


def _application(one: Made, letter: str, state: str, day: date | datetime | None) -> dict[str, object]:
    decided = moment(day) if day and state in (State.APPROVED, State.REFUSED) else None
    body = one.training_class.body
    return {
        "number": f"{one.training_class.number}-{letter}",
        "division": one.training_class.division,
        "category": one.spec.category,
        "applicant": one.training_class.applicant,
        "state": state,
        "decided_at": decided,
        "desk": body,
        "round": 1,
        "need": "" if decided else "first_review_opening",
        "training_class": one.training_class,
    }


def _applications(made: list[Made]) -> None:
    for one in made:
        state = one.spec.opening_state if one.spec.approved else State.IN_REVIEW
        one.opening = Opening(**_application(one, "K", state, one.spec.approved))
        if one.spec.completed:
            one.completion = Completion(**_application(one, "J", one.spec.completion_state, one.spec.completed))
        if one.spec.paid:
            one.subsidy = Subsidy(
                fund_source=one.spec.fund,
                payee=one.training_class.applicant,
                amount=one.spec.amount * one.spec.passed,
                budget=_budget(one.spec),
                **_application(one, "B", State.APPROVED, one.spec.paid),
            )
    put_in([one.opening for one in made])
    put_in([one.completion for one in made if one.completion])
    put_in([one.subsidy for one in made if one.subsidy])


def _budget(spec: Spec) -> Budget:
    """An approved claim is committed to a budget of its fund, place and year."""
    return Budget.objects.get_or_create(
        fund_source=spec.fund,
        division_id=spec.division,
        year=moment(spec.paid).year,
        defaults={"amount": Decimal("9000000.00"), "source": "示例"},
    )[0]


def _enrolments(made: list[Made]) -> None:
    persons = iter(people(sum(one.spec.people + one.spec.struck for one in made)))
    striker = member(office()) if any(one.spec.struck for one in made) else None
    for one in made:
        enrol = partial(_enrolment, one, striker)
        one.enrolments = [enrol(place, next(persons)) for place in range(one.spec.people + one.spec.struck)]
    Enrolment.objects.bulk_create([enrolment for one in made for enrolment in one.enrolments])


def _enrolment(one: Made, striker: Membership | None, place: int, person: Person) -> Enrolment:
    """The first `certified` of the `passed` have a verified certificate; the struck out stand at the end, with a pass
    of their own.
    """
    spec, struck = one.spec, place >= one.spec.people
    passes = spec.completed and (place < spec.passed or struck)
    certified = place < spec.certified
    return Enrolment(
        training_class=one.training_class,
        person=person,
        sequence=place + 1,
        result=Result.PASS if passes else Result.FAIL if spec.completed else Result.NONE,
        certificate_kind=spec.kind if certified else "",
        certificate_number=f"C{next(_numbers)}" if certified else "",
        certificate_verified=certified,
        struck_out_at=moment(date(2025, 1, 1)) if struck else None,
        struck_out_by=striker if struck else None,
        strike_reason="重复报名" if struck else "",
    )


def _payments(made: list[Made]) -> None:
    """One batch and one payment a class, one line for each who passed."""
    batches = put_in(
        [
            PaymentBatch(
                number=f"P{next(_numbers)}",
                division=one.training_class.division,
                applicant=one.training_class.body,
                fund_source=one.spec.fund,
                amount=one.subsidy.amount,
                state=State.SETTLED,
                decided_at=moment(one.spec.paid),
                digest="0" * 64,
                bank_file="bank/example",
                frozen_at=moment(one.spec.paid),
            )
            for one in made
        ]
    )
    for one, batch in zip(made, batches, strict=True):
        one.payment = Payment(
            batch=batch,
            subsidy=one.subsidy,
            sequence=1,
            payee_name=one.training_class.applicant.name,
            bank_name="示例银行",
            bank_account="6222020200112233445",
            amount=one.subsidy.amount,
            state=one.spec.payment_state,
            value_date=one.spec.paid,
            bank_reference=f"R{next(_numbers)}",
            return_reason="户名不符" if one.spec.payment_state == PaymentState.RETURNED else "",
            answered_at=(
                moment(one.spec.paid) if one.spec.payment_state in (PaymentState.PAID, PaymentState.RETURNED) else None
            ),
        )
    Payment.objects.bulk_create([one.payment for one in made])
    lines = SubsidyLine.objects.bulk_create(
        [
            SubsidyLine(
                subsidy=one.subsidy,
                enrolment=enrolment,
                item=one.spec.item,
                amount=one.spec.amount,
                basis={"标准": "示例"},
                state={PaymentState.PAID: LineState.PAID, PaymentState.RETURNED: LineState.RETURNED}.get(
                    one.spec.payment_state, LineState.PAYING
                ),
                payment=one.payment,
            )
            for one in made
            for enrolment in one.enrolments[: one.spec.passed]
        ]
    )
    PaymentPart.objects.bulk_create(PaymentPart(payment=line.payment, line=line) for line in lines)
