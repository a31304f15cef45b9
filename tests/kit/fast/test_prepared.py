"""Prepared querysets: compiled once, asked with other values, never with what an earlier asking found (P7, R-SEC-1)."""

from datetime import date, timedelta
from threading import Thread

import pytest
import time_machine
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Level, OrganisationKind, Role
from accounts.models import Division, Membership, Organisation
from kit.fast.prepared import prepared, prepared_sql
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def built() -> list[str]:
    """Filled by `below` each time it is built."""
    return []


@pytest.fixture
def below(built, monkeypatch):
    monkeypatch.setattr("kit.fast.prepared.onlookers", [])  # they build it, too

    @prepared
    def divisions(parent: str, *others: str, level: str) -> QuerySet[Division]:
        built.append(level)
        return (
            Division.objects.filter(reports_to=parent, level=level)
            .exclude(pk__in=others)
            .select_related("reports_to")
            .order_by("pk")
        )

    return divisions


def test_other_values_are_asked_without_building_again(below, built):
    leagues = below("150000", level=Level.LEAGUE)
    with CaptureQueriesContext(connection) as asked:
        banners, others = below("150100", level=Level.BANNER), below("150200", level=Level.BANNER)
    assert built == [Level.LEAGUE, Level.BANNER]
    assert len(asked) == 2
    for code, found in (("150000", leagues), ("150100", banners), ("150200", others)):
        level = Level.LEAGUE if code == "150000" else Level.BANNER
        assert found == list(Division.objects.filter(reports_to=code, level=level).order_by("pk"))
        assert found
        with CaptureQueriesContext(connection) as more:
            assert {one.reports_to.pk for one in found} == {code}
        assert len(more) == 0


def test_more_values_are_another_shape(below, built):
    every = {one.pk for one in below("150100", level=Level.BANNER)}
    assert {one.pk for one in below("150100", "150102", level=Level.BANNER)} == every - {"150102"}
    assert {one.pk for one in below("150100", "150103", level=Level.BANNER)} == every - {"150103"}
    assert len(built) == 2


def test_nothing_and_no_values_are_refused_instead_of_compared():
    @prepared
    def some(codes: tuple[str, ...]) -> QuerySet[Division]:
        return Division.objects.filter(pk__in=codes)

    assert [one.pk for one in some(("150102",))] == ["150102"]
    for nothing in (None, ()):
        with pytest.raises(TypeError, match="codes"):
            some(nothing)


def test_what_can_find_nothing_asks_nothing():
    @prepared
    def nobody(code: str) -> QuerySet[Division]:
        return Division.objects.filter(pk=code, pk__in=[])

    with CaptureQueriesContext(connection) as asked:
        assert nobody("150102") == []
    assert len(asked) == 0


def test_a_value_is_a_value_and_no_sql():
    @prepared
    def named(name: str) -> QuerySet[Division]:
        return Division.objects.filter(name=name)

    assert named("新城区")
    assert named("' OR true --") == named("$1") == named("%s") == named("15%") == []


def test_values_come_as_tuples_and_numbers_through_the_fields_converters():
    organisation = factories.office()

    @prepared
    def facts(pk: int) -> QuerySet[Organisation]:
        return Organisation.objects.filter(pk=pk).values_list("pk", "division__name")

    assert facts(organisation.pk) == [(organisation.pk, organisation.division.name)]


def test_a_post_stands_in_with_its_own_numbers_and_not_with_those_of_the_first_who_asked():
    @prepared
    def seen(membership: Membership) -> QuerySet[Organisation]:
        return Organisation.objects.visible_to(membership).order_by("pk")

    units = {code: factories.unit(code) for code in ("150102", "150103", "150202")}
    memberships = [
        factories.member(factories.office(code))
        for code in ("150102", "150103", "150202", "150100", "150200", "150000")
    ]
    memberships += [factories.operator(unit) for unit in units.values()]
    for membership in memberships:
        assert seen(membership) == list(Organisation.objects.visible_to(membership).order_by("pk"))
    assert [unit in seen(memberships[0]) for unit in units.values()] == [True, False, False]
    assert [unit in seen(memberships[3]) for unit in units.values()] == [True, True, False]


def test_an_industry_department_sees_its_own_desk_only():
    from_roads, from_schools = (
        factories.member(factories.office(kind=OrganisationKind.INDUSTRY, department=department))
        for department in ("civil", "education")
    )
    assert from_roads.stand_in("post")[0] != from_schools.stand_in("post")[0]


def test_to_ask_by_the_path_of_a_banner_fails_instead_of_finding_everything():
    @prepared
    def under(membership: Membership) -> QuerySet[Organisation]:
        return Organisation.objects.filter(division__path__startswith=membership.division.path)

    with pytest.raises((ValueError, TypeError)):
        under(factories.member(factories.office("150102")))


def test_a_day_looked_up_inside_is_caught_by_the_tests_themselves():
    @prepared
    def now_in_office(user: int) -> QuerySet[Membership]:
        return Membership.objects.current().filter(user=user)

    membership = factories.member(factories.office(), Role.OFFICER)
    assert now_in_office(membership.user_id) == [membership]
    with time_machine.travel(timezone.now() + timedelta(days=2)), pytest.raises(AssertionError):
        now_in_office(membership.user_id)


@pytest.mark.django_db(transaction=True)
def test_each_connection_learns_the_question_by_itself():
    @prepared
    def one(code: str) -> QuerySet[Division]:
        return Division.objects.filter(pk=code)

    assert one("150102")
    found: list[object] = []

    def elsewhere() -> None:
        found.extend(one("150102"))
        connection.close()  # as when the server went away: a new connection is asked next
        found.extend(one("150103"))
        connection.close()

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert [division.pk for division in found] == ["150102", "150103"]


def test_sql_written_by_hand_is_asked_by_name_with_its_values():
    ask = prepared_sql(
        "days", "SELECT %s::date + %s::int, d.name FROM accounts_division d WHERE d.code = ANY(%s) ORDER BY 2"
    )
    assert ask(date(2026, 3, 1), 1, ["150102"]) == [(date(2026, 3, 2), "新城区")]
    assert ask(date(2026, 12, 31), 1, ["nowhere"]) == []
