"""Drafts: a number at the first submission and not before, given up without being deleted (R-OPN-1, R-SEC-2)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from casework.domain.moves import take
from casework.enums import State
from casework.models import Step, WorkItem
from tests.factories import eligibility as people
from tests.factories import operator
from tests.factories import training as make
from tests.training import walk as walks
from training.domain.classes.bookings import conflicts
from training.enums import Stage
from training.models import NumberSeries, Opening, TrainingClass

pytestmark = pytest.mark.django_db


def test_a_draft_has_no_number_and_takes_none(browser):
    training_class = make.draft_class()
    assert (training_class.number, training_class.opening.number, NumberSeries.objects.count()) == ("", "", 0)
    client = browser(make.clerk(training_class))
    for page in (
        reverse("classes"),
        reverse("class", args=[training_class.pk]),
        reverse("case", args=["opening", training_class.opening.pk]),
        reverse("home"),
    ):
        shown = client.get(page).content.decode()
        assert "草稿" in shown, page
        assert "None" not in shown, page


def test_the_number_is_given_at_the_first_submission_and_kept(registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    make.draft_class()
    walk.to_officer()
    number = TrainingClass.objects.get(pk=walk.training_class.pk).number
    assert number.endswith("-000001")
    assert walk.opening.number == f"{number}-K"
    assert Step.objects.get(kind="opening", move="submit").number == f"{number}-K"
    assert WorkItem.objects.get(kind="opening", object_id=walk.opening.pk).number == f"{number}-K"
    take(walk.opening, "return", by=walk.officer, reason="请补材料", expected_version=walk.opening.version)
    take(walk.opening, "submit", by=walk.applicant, expected_version=walk.opening.version)
    assert walk.opening.number == f"{number}-K"


def test_no_class_is_submitted_without_a_number():
    training_class = make.draft_class()
    with pytest.raises(IntegrityError, match="class_numbered_at_submission"), transaction.atomic():
        TrainingClass.objects.filter(pk=training_class.pk).update(stage=Stage.OPENING)
    with pytest.raises(IntegrityError, match="opening_numbered_at_submission"), transaction.atomic():
        Opening.objects.update(round=1)


def test_a_class_given_up_stays_readable_binds_nobody_and_is_edited_no_more(browser):
    unit = make.on_file()
    membership = operator(unit.organisation)
    given_up, other = make.draft_class(membership), make.draft_class(membership)
    for one in (given_up, other):
        make.lesson(one)
    TrainingClass.objects.filter(pk=given_up.pk).update(stage=Stage.DRAFT)
    client = browser(membership)
    page = reverse("class", args=[given_up.pk])
    assert "放弃" in client.get(page).content.decode()
    answer = client.post(reverse("move", args=["opening", given_up.opening.pk, "drop"]), {"expected_version": 0})
    assert answer.status_code == 302
    given_up = TrainingClass.objects.get(pk=given_up.pk)
    assert (given_up.stage, given_up.opening.state, given_up.number) == (Stage.DROPPED, State.WITHDRAWN, "")
    shown = client.get(page).content.decode()
    assert (client.get(page).status_code, "已放弃" in shown) == (200, True)
    assert conflicts(other) == []
    assert client.post(reverse("class_edit", args=[given_up.pk]), {"name": "x"}).status_code == 409
    assert (
        client.post(
            reverse("move", args=["opening", given_up.opening.pk, "submit"]), {"expected_version": 1}
        ).status_code
        == 409
    )
    assert Event.objects.filter(act="opening.drop", membership=membership).count() == 1


def test_only_the_applicant_gives_up_and_only_while_it_is_with_him(browser, registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    address = reverse("move", args=["opening", walk.opening.pk, "drop"])
    stranger = operator(make.on_file().organisation)
    assert browser(stranger).post(address, {"expected_version": 0}).status_code == 404
    walk.to_officer()
    version = walk.opening.version
    assert browser(walk.officer).post(address, {"expected_version": version}).status_code == 403
    assert browser(walk.applicant).post(address, {"expected_version": version}).status_code == 409
    assert walk.opening.state == State.IN_REVIEW


def test_a_class_that_was_returned_keeps_its_record_when_it_is_given_up(registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    walk.to_officer()
    take(walk.opening, "return", by=walk.officer, reason="请补材料", expected_version=walk.opening.version)
    take(walk.opening, "drop", by=walk.applicant, expected_version=walk.opening.version)
    assert walk.opening.number
    assert [step.move for step in Step.objects.filter(kind="opening").order_by("id")] == [
        "submit",
        "checked",
        "return",
        "drop",
    ]
    assert walk.training_class.enrolments.count() == len(walk.people)
