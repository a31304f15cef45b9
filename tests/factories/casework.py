"""Cases on their way, made through the same doors people use."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from accounts.enums import OrganisationKind
from accounts.models import Membership, Organisation
from casework.domain.moves import take
from tests.factories import office, operator, unit
from training.domain.units.registrations import open_registration
from training.enums import EntityType
from training.models import Registration, Teacher, Unit, Venue


def profile(organisation: Organisation) -> Unit:
    """A training body whose basic information is complete."""
    filled = Unit.objects.create(
        organisation=organisation,
        entity_type=EntityType.TRAINING_BODY,
        legal_representative="王建国",
        contact="李敏",
        phone="13904710001",
        address="新华大街1号",
        established_on=date(2015, 3, 1),
        licence_number="人社民1501020001",
        licence_valid_to=timezone.localdate() + timedelta(days=900),
        facilities="电焊工位20个",
    )
    Teacher.objects.create(unit=filled, name="赵师傅", qualification="高级技师")
    Venue.objects.create(unit=filled, name="一号实训室", address="新华大街1号", capacity=40)
    return filled


def draft(by: Membership | None = None, code: str = "150102", name: str = "") -> tuple[Registration, Membership]:
    """A registration not yet handed in, with the operator it belongs to."""
    membership = by or operator(unit(code, OrganisationKind.INSTITUTION, name))
    found = Unit.objects.filter(organisation=membership.organisation).first() or profile(membership.organisation)
    registration = open_registration(found, by=membership)
    registration.values |= {
        "bank_name": "内蒙古银行",
        "bank_account_name": membership.organisation.name,
        "bank_account": "6222020602000012345",
    }
    registration.save(update_fields=["values"])
    return registration, membership


def submitted(by: Membership | None = None, code: str = "150102", name: str = "") -> tuple[Registration, Membership]:
    """A registration lying with its office."""
    office(code)
    registration, membership = draft(by, code, name)
    take(registration, "submit", by=membership, expected_version=registration.version)
    return registration, membership
