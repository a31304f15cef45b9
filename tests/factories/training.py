"""Units on file, catalogue rows, draft classes and roster workbooks; no randomness."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from accounts.enums import OrganisationKind
from accounts.models import Membership, Organisation
from casework.models import Job
from kit.ids import citizen_number_from
from tests.factories import operator, unit
from tests.factories.guards import rewritable
from training.domain.classes.drafting import create_class
from training.domain.roster.staging import start_upload
from training.domain.units.accounts import account_hash
from training.enums import EntityType, FundSource
from training.models import (
    Assessment,
    Lesson,
    Listing,
    Occupation,
    Project,
    RosterUpload,
    Teacher,
    TrainingClass,
    Unit,
    UnitAccount,
    Venue,
)
from training.tasks.roster import read_roster

_numbers = count(1)
SINCE = date(2020, 7, 1)
HEADS = ["序号", "姓名", "公民身份号码", "民族", "户口性质", "手机号码", "开户银行", "银行账号"]
CARD = "6228480020000000016"
ACCOUNT = "0602005009024510000"


def on_file(organisation: Organisation | None = None) -> Unit:
    """An approved unit in the catalogue, with one teacher and one room for sixty."""
    organisation = organisation or unit()
    kind = EntityType.LEGAL_PERSON if organisation.kind == OrganisationKind.ENTERPRISE else EntityType.TRAINING_BODY
    found = Unit.objects.create(
        organisation=organisation,
        entity_type=kind,
        legal_representative="王建国",
        contact="李敏",
        phone="13904710001",
        address="新华大街1号",
        established_on=date(2015, 3, 1),
        licence_number="人社民1501020001",
        facilities="教室两间",
        approved_at=timezone.now(),
    )
    account(found)
    Teacher.objects.create(unit=found, name="王老师")
    Venue.objects.create(unit=found, name="一号教室", address="新华大街1号", capacity=60)
    Listing.objects.create(organisation=organisation, since=SINCE, source="示例")
    return found


def account(of: Unit, number: str = ACCOUNT, **fields: Any) -> UnitAccount:
    """The account a unit is paid to from now on, as one that was on file before accounts were confirmed; the former one
    is closed.
    """
    now = timezone.now()
    of.accounts.filter(ended_at__isnull=True).update(ended_at=now)
    values = {
        "holder": of.organisation.name,
        "bank_name": "示例银行",
        "taken_over": True,
        "approved_at": now,
        "confirmed_at": now,
    }
    return UnitAccount.objects.create(
        unit=of, bank_account=number, account_hash=account_hash(number), **values | fields
    )


def project(*categories: str, code: str = "", **fields: Any) -> Project:
    """A project of forty hours that serves these categories."""
    values = {
        "code": code or f"X{next(_numbers):04d}",
        "name": "育婴员",
        "occupation": Occupation.objects.order_by("code").first(),
        "level": 5,
        "hours": 40,
        "training_type": "employment_skills",
        "certificate_kind": "skill_level",
        "categories": list(categories or ["laid_off_unemployed"]),
        "since": SINCE,
        "source": "示例",
        "is_example": True,
    }
    return Project.objects.create(**values | fields)


def assessed(occupation: Occupation, status: str) -> None:
    """An occupation assessed otherwise than the example rows say, since ever."""
    with rewritable("training_assessment"):
        Assessment.objects.filter(occupation=occupation).update(status=status)


def next_monday(weeks: int = 1) -> date:
    """A Monday without a holiday nearby is not promised; a Monday in the future is."""
    today = timezone.localdate()
    return today + timedelta(days=7 * weeks - today.weekday())


def draft_class(by: Membership | None = None, **fields: Any) -> TrainingClass:
    """A draft that lacks only its timetable and its people; `by` is an operator of a unit on file."""
    if by is None:
        by = operator(on_file().organisation)
    own = by.organisation.unit
    values = {
        "name": "育婴员一班",
        "category": "laid_off_unemployed",
        "fund_source": FundSource.EMPLOYMENT,
        "first_day": next_monday(),
        "last_day": next_monday() + timedelta(days=30),
        "venue": own.venues.first(),
        "teachers": list(own.teachers.all()),
    }
    if "project" not in fields:
        values["project"] = project(fields.get("category", "laid_off_unemployed"))
    return create_class(by=by, **values | fields)


def clerk(training_class: TrainingClass) -> Membership:
    """The operator who applies for a class."""
    return training_class.created_by


def lesson(
    training_class: TrainingClass, day: date | None = None, starts: time = time(9), ends: time = time(12), **fields: Any
) -> Lesson:
    """Four lesson hours with the class's own teacher and room."""
    values = {
        "teacher": training_class.teachers.first(),
        "venue": training_class.venue,
        "hours": Decimal(4),
        "content": "实操",
    }
    return Lesson.objects.create(
        training_class=training_class, day=day or training_class.first_day, starts=starts, ends=ends, **values | fields
    )


def citizen_number(n: int, born: date = date(1985, 1, 1)) -> str:
    """The n-th citizen number, always the same."""
    return citizen_number_from("150102", born + timedelta(days=n // 1000), n % 1000)


def row(n: int, **cells: Any) -> list[Any]:
    """A good roster row in the order of HEADS; single cells can be put in by their key."""
    values = {
        "sequence": n,
        "name": "乌云其木格",
        "number": citizen_number(n),
        "ethnicity": "蒙古族",
        "household": "城镇",
        "phone": "13904710001",
        "bank_name": "",
        "bank_account": "",
    }
    return list((values | cells).values())


def workbook(
    rows: Sequence[Sequence[Any]], *, heads: Sequence[str] = HEADS, dress: Callable[[Workbook], None] | None = None
) -> bytes:
    """A workbook as a clerk would send it; `dress` makes it dirtier."""
    book = Workbook()
    sheet = book.active
    sheet.title = "名册"
    sheet.append(list(heads))
    for cells in rows:
        sheet.append(list(cells))
    if dress:
        dress(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def file(content: bytes, name: str = "花名册.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def upload(training_class: TrainingClass, rows: Sequence[Sequence[Any]], **how: Any) -> RosterUpload:
    """A workbook uploaded and read, as a worker would."""
    found = start_upload(training_class, file(workbook(rows, **how)), by=clerk(training_class))
    return read(found)


def read(found: RosterUpload) -> RosterUpload:
    read_roster(Job.objects.get(pk=found.job_id).pk)
    return RosterUpload.objects.get(pk=found.pk)
