"""The decision page of an opening and a completion: its cost, and a move looks afresh (docs/performance.md, P7)."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.domain.authority import may, revoke
from accounts.domain.grants import remits_of
from accounts.models import Membership, RemitGroupGrant, User
from casework.domain.flow import file_of
from casework.domain.moves import available, take
from casework.enums import State
from eligibility.enums import Verdict
from kit.refusals import NotNow
from tests import factories
from tests.factories import eligibility as people
from tests.factories.guards import verdicts_written
from tests.training import walk as walks
from training.domain.decision.completions import Row, open_completion, save_results
from training.domain.roster.attendance import record_sheet
from training.enums import Stage
from training.models import Completion, Enrolment

pytestmark = pytest.mark.django_db
NAMES = ["乌云", "巴特尔", "其其格"]
MOST_QUERIES = 20  # as P7 asks for


@pytest.fixture
def cost(client):
    """How many queries the page of a case takes for its officer."""

    def count(walk, case) -> int:
        client.force_login(walk.officer.user, backend="django.contrib.auth.backends.ModelBackend")
        url = reverse("case", args=[case._meta.model_name, case.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            html = client.get(url).content.decode()
        assert all(person.name in html for person in walk.people)
        assert "确认同意" in html or "现在不能" in html
        return len(queries)

    return count


def clean_class(registries, how_many: int) -> walks.Walk:
    walk = walks.laid_off_class(NAMES[:how_many])
    registries.load([people.job_seeker(person) for person in walk.people])
    walk.to_officer()
    return walk


def completed_class(registries, how_many: int) -> tuple[walks.Walk, Completion]:
    """Everyone was there, nobody passed: no certificates to wait for."""
    walk = clean_class(registries, how_many)
    take(walk.opening, "approve", by=walk.officer)
    walks.in_training(walk)
    for lesson in walk.reload().lessons.all():
        record_sheet(lesson, {e.pk: "present" for e in walk.enrolments}, by=walk.applicant)
    completion = open_completion(walk.reload(), by=walk.applicant)
    save_results(completion, {e.pk: Row(result="fail") for e in walk.enrolments}, by=walk.applicant)
    take(completion, "submit", by=walk.applicant)
    walks.run_newest(completion)
    return walk, Completion.objects.get(pk=completion.pk)


def test_an_opening_costs_the_same_for_one_and_for_three(registries, cost):
    costs = [cost(walk, walk.opening) for walk in (clean_class(registries, n) for n in (1, 3))]
    assert costs[0] == costs[1] <= MOST_QUERIES


def test_an_opening_with_exceptions_costs_one_more_however_many(registries, cost):
    registries.behave("social_security", "down")
    costs = []
    for how_many in (1, 3):
        walk = walks.laid_off_class(NAMES[:how_many])
        walk.to_officer()
        costs.append(cost(walk, walk.opening))
    assert costs[0] == costs[1] <= MOST_QUERIES


def test_a_completion_costs_the_same_for_one_and_for_three(registries, cost):
    costs = [cost(*completed_class(registries, n)) for n in (1, 3)]
    assert costs[0] == costs[1] <= MOST_QUERIES


def test_a_move_looks_afresh_at_people_the_page_has_read(registries):
    walk = clean_class(registries, 1)
    opening = walk.opening
    assert {one.move.name: one.obstacles for one in available(file_of(opening), walk.officer)}["approve"] == []
    verdicts_written(Enrolment.objects.filter(training_class=walk.training_class), Verdict.INELIGIBLE)
    with pytest.raises(NotNow):
        take(opening, "approve", by=walk.officer)
    assert (walk.opening.state, walk.reload().stage) == (State.IN_REVIEW, Stage.OPENING)


def test_the_grants_a_page_has_read_say_the_same_as_the_tables(registries):
    walk = clean_class(registries, 1)
    opening = walk.opening
    other = factories.officer("150103")
    for membership in (walk.officer, other, walk.applicant):
        read = may(membership, opening.need, opening.division, opening.category, remits=remits_of(membership))
        assert read == may(membership, opening.need, opening.division, opening.category) == (membership == walk.officer)
    assert not may(
        walk.officer, opening.need, opening.division, opening.category, remits=[(opening.need, "150102", "poor", "")]
    )


def test_a_right_taken_back_is_gone_with_the_next_page(registries, client):
    walk = clean_class(registries, 1)
    client.force_login(walk.officer.user, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("case", args=["opening", walk.opening.pk])
    assert "确认同意" in client.get(url).content.decode()
    for given in RemitGroupGrant.objects.filter(group=walk.officer.organisation.group):
        revoke(given, by=factories.administrator(), reason="调离")
    html = client.get(url).content.decode()
    assert ("确认同意" in html, walk.people[0].name in html) == (False, True)


def test_a_seat_that_ended_and_an_account_that_was_closed_open_no_page_any_more(registries, client):
    walk = clean_class(registries, 1)
    client.force_login(walk.officer.user, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("case", args=["opening", walk.opening.pk])
    assert client.get(url).status_code == 200
    Membership.objects.filter(pk=walk.officer.pk).update(until=timezone.localdate())
    assert client.get(url).status_code == 403
    Membership.objects.filter(pk=walk.officer.pk).update(until=None)
    assert client.get(url).status_code == 200
    User.objects.filter(pk=walk.officer.user_id).update(is_active=False)
    assert client.get(url).status_code == 302


def test_the_same_page_asked_by_many_shows_each_their_own(registries, client):
    walk = clean_class(registries, 1)
    url = reverse("case", args=["opening", walk.opening.pk])
    league, neighbour, stranger = (
        factories.officer("150100"),
        factories.officer("150103"),
        factories.operator(factories.unit()),
    )
    for _time in range(2):
        for membership, status, decides in (
            (walk.officer, 200, True),
            (league, 200, False),
            (walk.applicant, 200, False),
            (neighbour, 404, False),
            (stranger, 404, False),
        ):
            client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
            answer = client.get(url)
            html = answer.content.decode()
            assert (answer.status_code, "确认同意" in html, walk.people[0].name in html) == (
                status,
                decides,
                status == 200,
            )
            assert (membership.organisation.name in html, reverse("person", args=[walk.people[0].pk]) in html) == (
                True,
                status == 200 and not membership.is_unit,
            )


def test_the_menu_shows_each_their_own_numbers_lines_and_language(registries, client):
    walk = clean_class(registries, 1)
    home, other = reverse("home"), factories.officer("150103")
    for _time in range(2):
        for membership, language, waiting, word in (
            (walk.officer, "zh-hans", 1, "待办"),
            (other, "zh-hans", 0, "待办"),
            (walk.officer, "en", 1, "To do"),
            (walk.applicant, "zh-hans", 0, "我的申请"),
        ):
            client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            menu = client.get(home).content.decode().split("</nav>")[0]
            assert (f"<span>{word}</span>" in menu, '<b class="count">1</b>' in menu) == (True, bool(waiting))
