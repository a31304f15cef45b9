"""The demo's data are made by the real moves, in days that have been: nothing in them lies ahead of the clock."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Event
from casework.enums import JobState, State
from casework.models import Job, Step
from eligibility.models import Examination
from subsidies.enums import PaymentState
from subsidies.models import Payment, Subsidy
from tests.casework.test_trail_words import unsaid
from training.enums import Stage
from training.models import AttendanceSheet, Opening, TrainingClass

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_every_state_is_there_and_nothing_has_happened_in_days_to_come(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    call_command("seed", verbosity=0)
    now = timezone.now()
    for model, moment in (
        (Step, "at"),
        (Event, "at"),
        (AttendanceSheet, "recorded_at"),
        (Examination, "examined_at"),
        (Opening, "decided_at"),
    ):
        assert not model.objects.filter(**{f"{moment}__gt": now}).exists(), model
    assert {State.DRAFT, State.IN_REVIEW, State.RETURNED, State.REFUSED, State.APPROVED} <= set(
        Opening.objects.values_list("state", flat=True)
    )
    assert {Stage.DRAFT, Stage.OPENING, Stage.APPROVED, Stage.IN_TRAINING} <= set(
        TrainingClass.objects.values_list("stage", flat=True)
    )
    assert {State.IN_REVIEW, State.PUBLICITY, State.CONCLUDING} <= set(Subsidy.objects.values_list("state", flat=True))
    assert Payment.objects.filter(state=PaymentState.PAID).exists()
    assert not Job.objects.exclude(state=JobState.DONE).exists()
    call_command("verify_audit", verbosity=0)
    assert unsaid(Event.objects.order_by("pk")) == [], "every act of the demo is told in words"
