"""A class submitted after the lead time and before its first lesson goes upward to the league, with a mark (R-OPN-1,
R-OPN-5, R-AUT-2).
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Act
from casework.domain.flow import file_of
from casework.domain.moves import take
from casework.enums import State
from casework.models import Parameter, WorkItem
from kit.refusals import NotAllowed, NotNow
from tests import factories
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.domain.decision.conditions import conditions
from training.enums import Stage

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


def lead_of(days: int) -> None:
    Parameter.objects.create(
        code="opening_lead_workdays", division_id="150102", value=days, since=walks.SINCE, source="示例"
    )


def on(day, hour, minute=0):
    return time_machine.travel(datetime.combine(day, time(hour, minute), ZONE), tick=False)


@pytest.fixture
def walk(registries):
    """The first lesson is seven days off."""
    walk = walks.laid_off_class()
    walk.extra["league"] = factories.officer("150100", acts=(Act.FILE_OPENING,))
    registries.load([people.job_seeker(person) for person in walk.people])
    return walk


def test_in_time_one_step_at_the_banner_and_no_mark(walk):
    lead_of(2)
    walk.to_officer()
    take(walk.opening, "approve", by=walk.officer)
    assert (walk.opening.state, walk.opening.is_late) == (State.APPROVED, False)
    assert not WorkItem.objects.filter(is_late=True).exists()


def test_a_late_class_is_submitted_with_a_mark_decided_by_the_banner_and_then_by_the_league(walk):
    lead_of(20)
    before = [c for c in conditions(file_of(walk.opening), walk.applicant) if not c.holds]
    assert [c.blocks for c in before] == [False]
    assert "须提前20个工作日提交" in before[0].sentence
    walk.to_officer()
    assert (walk.opening.is_late, walk.opening.desk) == (True, walk.officer.organisation)
    take(walk.opening, "approve", by=walk.officer)
    opening = walk.opening
    assert (opening.state, opening.need, opening.desk) == (
        State.IN_REVIEW,
        Act.FILE_OPENING,
        walk.extra["league"].organisation,
    )
    with pytest.raises(NotAllowed):
        take(opening, "approve", by=walk.officer)
    take(opening, "approve", by=walk.extra["league"])
    assert (walk.opening.state, walk.reload().stage, walk.opening.is_late) == (State.APPROVED, Stage.APPROVED, True)
    assert walk.reload().body == walk.officer.organisation


def test_officer_and_applicant_see_the_mark_on_the_case_and_in_every_list(walk, browser, api):
    lead_of(20)
    walk.to_officer()
    for membership in (walk.applicant, walk.officer):
        client = browser(membership)
        for address in (
            reverse("case", args=["opening", walk.opening.pk]),
            reverse("inbox", args=["todo"]),
            reverse("classes"),
        ):
            assert "逾期申报" in client.get(address).content.decode(), address
        assert api(membership).get(f"/api/v1/openings/{walk.opening.pk}/").json()["is_late"] is True
        assert [item["is_late"] for item in api(membership).get("/api/v1/inbox/").json()["results"]] == [True]


def test_a_late_class_is_no_clean_one(walk, browser):
    lead_of(20)
    walk.to_officer()
    item = WorkItem.objects.get(kind="opening", object_id=walk.opening.pk)
    choice = browser(walk.officer).post(reverse("inbox_agree"), {"item": [item.pk]}).context["choices"][0]
    assert ["盟市" in sentence for sentence in choice.sentences] == [True]


def test_on_the_first_day_a_minute_before_the_first_lesson_is_late_and_from_the_first_lesson_on_refused(walk):
    lead_of(1)
    first = walk.training_class.first_day
    with on(first, 9), pytest.raises(NotNow, match="已开始的班次不能补办"):
        take(walk.opening, "submit", by=walk.applicant)
    with on(first, 8, 59):
        take(walk.opening, "submit", by=walk.applicant)
        assert walk.opening.is_late


def test_without_a_lead_time_a_class_of_the_same_day_is_in_time(walk):
    with on(walk.training_class.first_day, 8):
        take(walk.opening, "submit", by=walk.applicant)
    assert not walk.opening.is_late


def test_the_mark_is_worked_out_anew_when_the_days_were_moved(walk):
    lead_of(20)
    walk.to_officer()
    take(walk.opening, "return", by=walk.officer, reason="请调整日期")
    later = timedelta(days=60)
    for lesson in walk.training_class.lessons.all():
        type(lesson).objects.filter(pk=lesson.pk).update(day=lesson.day + later)
    type(walk.training_class).objects.update(
        first_day=walk.training_class.first_day + later, last_day=walk.training_class.last_day + later
    )
    walk.to_officer()
    assert (walk.opening.is_late, WorkItem.objects.get(kind="opening").is_late) == (False, False)


def test_who_files_at_the_league_anyway_gets_no_further_step(registries):
    lead_of(20)
    walk = walks.upskill_class()
    works = walk.extra["works"].uscc
    registries.load([people.enterprise(works), *(people.employee(person, works) for person in walk.people)])
    walk.to_officer()
    take(walk.opening, "approve", by=walk.officer)
    take(walk.opening, "approve", by=walk.extra["league"])
    assert (walk.opening.state, walk.opening.is_late) == (State.APPROVED, True)


def test_a_draft_not_submitted_yet_has_no_mark(walk):
    lead_of(20)
    assert walk.opening.is_late is False
    assert timezone.localdate() < walk.training_class.first_day
