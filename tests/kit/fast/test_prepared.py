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
from tests.held import held

__all__ = ["held"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def built() -> list[str]:
    """Filled by `below` each time it is built."""
    return []


@pytest.fixture
def below(built):

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


def test_a_membership_is_asked_for_with_its_own_numbers_and_not_with_those_of_the_first_who_asked():
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


def test_departments_of_one_kind_in_one_place_are_not_answered_for_one_another(built):
    """What only one of them was asked about is noted as well: nobody has to remember which fields a scope hangs on."""

    @prepared
    def of_department(membership: Membership) -> QuerySet[Organisation]:
        built.append(membership.organisation.department)
        return Organisation.objects.filter(department=membership.organisation.department).order_by("pk")

    from_roads, from_schools = (
        factories.member(factories.office(kind=OrganisationKind.INDUSTRY, department=department))
        for department in ("civil", "education")
    )
    for membership in (from_roads, from_schools, from_roads):
        assert of_department(membership) == [membership.organisation]


def test_a_row_is_built_for_once_for_all_about_which_the_same_was_looked_at(built):

    @prepared
    def colleagues(membership: Membership) -> QuerySet[Membership]:
        built.append(membership.role)
        return Membership.objects.filter(organisation=membership.organisation_id, role=membership.role).order_by("pk")

    one, other = factories.office("150102"), factories.office("150103")
    officers = [factories.member(office, Role.OFFICER) for office in (one, other)]
    inspector = factories.member(one, Role.INSPECTOR)
    for membership in (*officers, inspector, *officers):
        assert colleagues(membership) == [membership]
    assert built == [Role.OFFICER, Role.INSPECTOR]


def test_a_key_that_is_not_there_is_no_value():
    """The region reports to nobody: `= NULL` would not find it."""

    @prepared
    def beside(one: Division) -> QuerySet[Division]:
        return Division.objects.filter(reports_to=one.reports_to_id)

    region, league = (Division.objects.get(pk=code) for code in ("150000", "150100"))
    assert region.reports_to_id is None
    for one in (region, league, region):
        found = beside(one)
        assert one in found
        assert {other.reports_to_id for other in found} == {one.reports_to_id}


def test_a_place_compared_in_python_is_refused():
    @prepared
    def own(membership: Membership) -> QuerySet[Organisation]:
        return Organisation.objects.filter(is_active=membership.organisation_id == 1)

    with pytest.raises(TypeError, match="compare it in the database"):
        own(factories.member(factories.office("150102")))


def test_a_look_up_that_would_write_a_place_out_is_refused():
    """Django makes texts of a list of related rows when it builds the look-up, whatever stands in it."""

    @prepared
    def below(codes: tuple[str, ...]) -> QuerySet[Division]:
        return Division.objects.filter(reports_to__in=codes)

    with pytest.raises(TypeError, match="pk__in"):
        below(("150000",))


@pytest.mark.parametrize("look", [lambda held: held.get_role_display(), lambda held: held.organisation.memberships])
def test_of_a_row_only_keys_and_plain_values_are_looked_at(look):
    @prepared
    def whatever(membership: Membership) -> QuerySet[Organisation]:
        look(membership)
        return Organisation.objects.all()

    with pytest.raises(TypeError, match="keys and plain values"):
        whatever(factories.member(factories.office("150102")))


def test_a_day_looked_up_inside_is_caught_by_holding_it_against_django(held):
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
