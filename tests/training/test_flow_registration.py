"""Registration of a unit (R-REG-1 … R-REG-3)."""

import pytest
from django.utils import timezone

from accounts.enums import OrganisationKind
from casework.domain.flow import file_of
from casework.domain.moves import available, take
from casework.enums import State
from casework.models import Job, WorkItem
from kit.refusals import NotAllowed, NotNow
from tests import factories
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.domain.units.registrations import open_registration, registry_says
from training.models import Registration, Unit, UnitAccount

pytestmark = pytest.mark.django_db


def draft(kind=OrganisationKind.INSTITUTION, **fields):
    """A filled-in draft with its operator and the officer of the place."""
    organisation = factories.unit(kind=kind)
    unit = walks.unit_on_file(organisation)
    Unit.objects.filter(pk=unit.pk).update(approved_at=None)
    UnitAccount.objects.filter(unit=unit).update(ended_at=timezone.now())
    clerk = factories.operator(organisation)
    registration = open_registration(unit, by=clerk)
    registration.values |= {
        "bank_name": "示例银行",
        "bank_account_name": organisation.name,
        "bank_account": "6222020200112233445",
    } | fields
    registration.save(update_fields=["values"])
    return registration, clerk, factories.officer()


def sentences(registration, move, by, **words):
    with pytest.raises(NotNow) as problem:
        take(registration, move, by=by, **words)
    return problem.value.sentences


def test_a_complete_institution_goes_to_the_local_office_and_is_approved():
    registration, clerk, officer = draft()
    take(registration, "submit", by=clerk)
    assert (registration.state, registration.desk, registration.need) == (
        State.IN_REVIEW,
        officer.organisation,
        "review_registration",
    )
    take(registration, "approve", by=officer)
    assert (registration.state, registration.unit.__class__.objects.get().approved_at is not None) == (
        State.APPROVED,
        True,
    )


def test_every_missing_field_is_a_sentence_and_the_buttons_show_them():
    registration, clerk, _officer = draft(legal_representative="", bank_account=None, facilities="")
    found = sentences(registration, "submit", clerk)
    assert found == [
        "基本信息还没有填写“法定代表人”。",
        "基本信息还没有填写“银行账号”。",
        "基本信息还没有填写“设施设备”。",
    ]
    button, _drop = available(file_of(registration), clerk)
    assert button.obstacles == found


def test_an_institution_without_teacher_or_room_is_sent_to_register_them():
    registration, clerk, _officer = draft()
    registration.unit.teachers.update(is_active=False)
    registration.unit.venues.update(is_active=False)
    assert len(sentences(registration, "submit", clerk)) == 2


@pytest.mark.parametrize(("kind", "word"), [("branch", "分公司"), ("office", "办事处"), ("service_point", "服务点")])
def test_branches_offices_and_service_points_are_refused_with_that_reason(kind, word):
    registration, clerk, _officer = draft(OrganisationKind.ENTERPRISE, entity_type=kind)
    (sentence,) = sentences(registration, "submit", clerk)
    assert sentence.startswith(f"{word}不是独立法人企业")


def test_an_institution_is_one_of_the_four_kinds():
    registration, clerk, _officer = draft(entity_type="legal_person")
    assert "技工院校" in sentences(registration, "submit", clerk)[0]


def test_an_enterprise_is_compared_with_the_business_registry_first(registries):
    registration, clerk, officer = draft(OrganisationKind.ENTERPRISE)
    registries.load([people.enterprise(registration.applicant.uscc)])
    take(registration, "submit", by=clerk)
    assert registration.state == State.CHECKING
    walks.run_newest(registration)
    registration.refresh_from_db()
    assert registration.state == State.IN_REVIEW
    take(registration, "approve", by=officer)
    assert registration.state == State.APPROVED


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"entity_type": "branch"}, "分公司"),
        ({"division": "110101"}, "不在自治区内"),
        ({"status": "deregistered"}, "不是存续"),
    ],
)
def test_what_the_business_registry_knows_otherwise_is_not_approved(registries, facts, word):
    registration, clerk, officer = draft(OrganisationKind.ENTERPRISE)
    registries.load([people.enterprise(registration.applicant.uscc, **facts)])
    take(registration, "submit", by=clerk)
    walks.run_newest(registration)
    registration.refresh_from_db()
    assert any(word in sentence for sentence in sentences(registration, "approve", officer))
    take(registration, "refuse", by=officer, reason="不是独立法人企业")


def test_a_silent_business_registry_leaves_the_officer_to_look_at_the_licence(registries):
    registration, clerk, officer = draft(OrganisationKind.ENTERPRISE)
    registries.behave("business", "down")
    take(registration, "submit", by=clerk)
    walks.run_newest(registration)
    registration.refresh_from_db()
    take(registration, "approve", by=officer)
    assert registration.state == State.APPROVED


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (
            {
                "type": "enterprise",
                "name": "示范企业",
                "entity_type": "branch?",
                "division": "150102",
                "status": "active",
            },
            "暂未答复",
        ),
        ({"type": "person", "name": "示范企业"}, "暂未答复"),
        (None, "没有查到"),
    ],
)
def test_an_answer_nobody_can_read_is_never_told_as_a_legal_person_on_record(registries, record, said):
    registration, clerk, _officer = draft(OrganisationKind.ENTERPRISE)
    if record:
        registries.load([people.enterprise(registration.applicant.uscc) | {"records": {"business": [record]}}])
    take(registration, "submit", by=clerk)
    walks.run_newest(registration)
    told = registry_says(registration)
    assert (told.holds, said in told.sentence) == (False, True)


def test_return_needs_a_reason_and_a_withdrawn_registration_is_submitted_again():
    registration, clerk, officer = draft()
    take(registration, "submit", by=clerk)
    take(registration, "withdraw", by=clerk)
    assert registration.state == State.DRAFT
    take(registration, "submit", by=clerk)
    sentences(registration, "return", officer)
    take(registration, "return", by=officer, reason="附件不清晰")
    assert registration.state == State.RETURNED
    take(registration, "submit", by=clerk)
    assert (registration.round, registration.state) == (3, State.IN_REVIEW)


def test_another_unit_neither_opens_nor_submits_it():
    registration, _clerk, _officer = draft()
    stranger = factories.operator(factories.unit())
    with pytest.raises(NotAllowed):
        take(registration, "submit", by=stranger)
    assert not Registration.objects.visible_to(stranger).exists()


def test_opening_a_registration_twice_gives_the_draft_there_is():
    registration, clerk, _officer = draft()
    assert open_registration(registration.unit, by=clerk) == registration
    assert WorkItem.objects.filter(kind="registration").count() == 1
    assert not Job.objects.exists()
