"""R-RPT-1, R-RPT-2, R-RPT-7: forms A and C, and the sums that hold for any data (N二(三))."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Count, F, Q

from accounts.enums import OrganisationKind
from accounts.models import Division
from eligibility.rules.table import NMG_2020_95
from reports.domain.figures import FIGURES, Asked, passed, started
from reports.domain.forms import NoForm, form_on
from reports.domain.periods import Period
from reports.domain.tables import NoCell, behind, find_cell, measured, work_out
from reports.domain.tallies import refresh
from reports.enums import Axis, Measure, Span
from subsidies.models import SubsidyLine
from tests.factories import office
from tests.factories.reports import Spec, make
from tests.reports.conftest import value, worked_out
from training.enums import TrainingType
from training.models import TrainingClass

pytestmark = pytest.mark.django_db


def adding(form):
    """The columns whose parts add up: all but ratios."""
    return [column for column in form.columns if column.measure != Measure.RATIO]


@pytest.mark.parametrize(
    ("code", "division", "axis"),
    [
        ("A", "150000", "category"),
        ("A", "150000", "division"),
        ("A", "150700", "division"),
        ("A", "150781", "division"),
        ("C", "150000", "division"),
        ("C", "150100", "division"),
    ],
)
def test_every_cell_is_the_rows_behind_it_to_the_fen(busy_year, code, division, axis):
    table = worked_out(code, division, month=12, axis=axis)
    form, rules = form_on(code, Period(2025, 12))
    opened = {
        key: measured(cell.column, behind(form, rules, cell.row, cell.column, cell.span, table.asked, axis))
        for key, cell in table.cells.items()
        if cell.column.measure != Measure.RATIO
    }
    assert opened == {key: table.cells[key].value for key in opened}
    assert sum(1 for found in opened.values() if found) > 20


def test_the_whole_region_is_every_record_of_the_year(busy_year):
    table = worked_out(month=12)
    lines = SubsidyLine.objects.filter(payment__state="paid")
    assert value(table, span="year") == started().count()
    assert value(table, column="passed", span="year") == passed().count()
    assert value(table, column="subsidised", span="year") == lines.count()
    assert value(table, column="subsidised_amount", span="year") == sum(line.amount for line in lines)


@pytest.mark.parametrize("division", ["150000", "150100", "150700", "152500"])
@pytest.mark.parametrize("code", ["A", "C"])
def test_a_division_is_the_sum_of_those_that_report_to_it_and_its_own_office(busy_year, division, code):
    table = worked_out(code, division, month=9, axis=Axis.DIVISION, banners=True)
    for column in adding(table.form):
        for span in Span.values:
            parts = [value(table, row.code, column.code, span) for row in table.rows if row.depth == 1]
            assert value(table, "total", column.code, span) == sum(parts), (column.code, span)


def test_each_league_in_the_region_is_its_banners_and_its_own_office_and_its_own_form(busy_year):
    table = worked_out(month=9, axis=Axis.DIVISION, banners=True)
    for league in ("150100", "150700", "152500"):
        start = [row.code for row in table.rows].index(f"division:{league}")
        below = []
        for row in table.rows[start + 1 :]:
            if row.depth < 2:
                break
            below.append(row.code)
        own = worked_out(division=league, month=9, axis=Axis.DIVISION)
        assert below[-1] == f"own:{league}"
        for column in adding(table.form):
            whole = value(table, f"division:{league}", column.code, "year")
            assert whole == sum(value(table, code, column.code, "year") for code in below)
            assert whole == value(own, "total", column.code, "year")


def test_manzhouli_and_erlianhaote_stand_beside_the_leagues_and_nowhere_else():
    """R-LVL-1: their people are counted once."""
    make(
        Spec("150781", people=2),
        Spec("150700", people=3),
        Spec("150702", people=4),
        Spec("152501", people=5),
        Spec("152500", people=6),
    )
    region = worked_out(month=3, axis=Axis.DIVISION, banners=True)
    codes = [row.code for row in region.rows]
    assert Counter(codes)["division:150781"] == Counter(codes)["division:152501"] == 1
    assert [row.depth for row in region.rows if row.code in ("division:150781", "division:152501")] == [1, 1]
    shown = {code: value(region, f"division:{code}") for code in ("150781", "150700", "152501", "152500")}
    assert shown == {"150781": 2, "150700": 7, "152501": 5, "152500": 6}
    assert "division:150781" not in [
        row.code for row in worked_out(division="150700", month=3, axis=Axis.DIVISION).rows
    ]


def test_the_region_has_twelve_leagues_two_cities_and_its_own_office():
    rows = worked_out(month=3, axis=Axis.DIVISION).rows
    assert [row.depth for row in rows] == [0] + [1] * 15
    assert [row.label for row in rows[-3:]] == ["满洲里市", "二连浩特市", "自治区本级"]


def test_form_a_has_the_21_categories_in_four_sections():
    rows = worked_out(month=3).rows
    sections = [row for row in rows if row.depth == 1]
    assert [(row.label[:2], len(row.keys)) for row in sections] == [("一、", 9), ("二、", 5), ("三、", 2), ("四、", 5)]
    assert {row.code for row in rows if row.depth == 2} == {f"category:{c.code}" for c in NMG_2020_95.categories}


@pytest.mark.parametrize("month", [3, 12])
def test_sections_and_categories_add_up_to_the_total(busy_year, month):
    table = worked_out(month=month)
    for column in adding(table.form):
        for depth in (1, 2):
            parts = sum(value(table, row.code, column.code, "year") for row in table.rows if row.depth == depth)
            assert parts == value(table, "total", column.code, "year")


@pytest.mark.parametrize(("code", "axis"), [("A", "category"), ("A", "division"), ("C", "division")])
def test_the_months_add_up_to_the_year(busy_year, code, axis):
    months = [worked_out(code, month=month, axis=axis) for month in range(1, 13)]
    for row in months[-1].rows:
        for column in adding(months[-1].form):
            added = sum(value(table, row.code, column.code) for table in months)
            assert added == value(months[-1], row.code, column.code, "year")


def test_form_c_leaves_out_employees_the_poor_and_rural_transfer():
    """R-RPT-2."""
    make(*(Spec(category=category.code, people=1) for category in NMG_2020_95.categories))
    form, rules = form_on("C", Period(2025, 3))
    employees = {category.code for category in NMG_2020_95.categories if category.section == "employees"}
    assert len(employees) == 9
    assert set(form.left_out(rules)) == employees | {"poor_labourer", "poor_family_child", "rural_transfer"}
    assert value(worked_out("C", month=3)) == 9


def test_form_c_counts_employment_skills_training_only():
    make(
        Spec(people=2),
        Spec(people=3, training_type=TrainingType.ON_THE_JOB),
        Spec(people=4, training_type=TrainingType.SIYB_SYB),
    )
    assert value(worked_out("C", month=3)) == 2
    assert value(worked_out("A", month=3)) == 9


def test_every_row_behind_form_c_is_behind_form_a(busy_year):
    asked = Asked(Division.objects.get(pk="150000"), Period(2025, 12))
    found = {}
    for code in ("A", "C"):
        form, rules = form_on(code, asked.period)
        row, column = find_cell(form, rules, asked, Axis.DIVISION, "total", "started")
        found[code] = set(
            behind(form, rules, row, column, Span.YEAR, asked, Axis.DIVISION).values_list("pk", flat=True)
        )
    assert found["C"] < found["A"]
    assert found["C"]


def test_no_class_has_more_passed_than_started_or_more_paid_than_passed(busy_year):
    lives = TrainingClass.objects.annotate(
        n_started=Count("enrolments", filter=Q(enrolments__in=started()), distinct=True),
        n_passed=Count("enrolments", filter=Q(enrolments__in=passed()), distinct=True),
        n_paid=Count("subsidies__lines", filter=Q(subsidies__lines__payment__state="paid"), distinct=True),
    )
    assert lives.filter(n_passed__gt=0, n_paid__gt=0).exists()
    assert not lives.filter(Q(n_passed__gt=F("n_started")) | Q(n_paid__gt=F("n_passed"))).exists()


def test_pass_rate_is_of_those_who_completed_and_nothing_where_nobody_did():
    """Two of three passed in March; who only started says nothing about the rate, and no month's
    rate can pass 100 %.
    """
    make(
        Spec(people=3, completed=date(2025, 3, 20), passed=2),
        Spec(people=3, approved=date(2025, 2, 3)),
        Spec(people=4, approved=date(2025, 3, 1), completed=date(2025, 4, 2), passed=4),
    )
    march, april = worked_out(month=3), worked_out(month=4)
    assert value(march, column="pass_rate") == Decimal("66.7")
    assert value(april, column="started") == 0
    assert value(april, column="pass_rate") == Decimal("100.0")
    assert value(april, column="pass_rate", span="year") == Decimal("85.7")
    assert march.cells["section:employees", "pass_rate", "month"].text == "—"


def test_a_class_that_a_league_department_approved_stands_in_the_leagues_own_row():
    """statistics: a record belongs to the division of the body that approved the opening, not to the unit's banner."""
    make(
        Spec("150102", people=2),
        Spec("150102", people=3, decided_at="150100", department="emergency"),
        Spec("150102", people=4, decided_at="150000"),
    )
    region = worked_out(month=3, axis=Axis.DIVISION, banners=True)
    shown = {
        code: value(region, code)
        for code in ("total", "division:150100", "division:150102", "own:150100", "own:150000")
    }
    assert shown == {"total": 9, "division:150100": 5, "division:150102": 2, "own:150100": 3, "own:150000": 4}
    assert value(worked_out(division="150102", month=3)) == 2


@pytest.mark.parametrize("how_many", [1, 60])
def test_a_form_costs_the_same_few_queries_at_any_size(django_assert_num_queries, how_many):
    make(
        *(
            Spec(("150102", "150202", "150781")[n % 3], completed=date(2025, 4, 1), passed=2, paid=date(2025, 5, 1))
            for n in range(how_many)
        )
    )
    form, rules = form_on("A", Period(2025, 6))
    asked = Asked(Division.objects.get(pk="150000"), Period(2025, 6))
    with django_assert_num_queries(8):
        work_out(form, rules, asked, Axis.CATEGORY)
    with django_assert_num_queries(9):
        work_out(form, rules, asked, Axis.DIVISION, banners=True)
    with django_assert_num_queries(6):
        work_out(form, rules, asked, Axis.CATEGORY, raw=True)
    refresh()
    with django_assert_num_queries(2):
        work_out(form, rules, asked, Axis.CATEGORY)


def test_an_industry_department_sees_what_it_approved():
    make(Spec(people=2), Spec(people=3, department="emergency"))
    form, rules = form_on("A", Period(2025, 3))
    body = office("150102", OrganisationKind.INDUSTRY, department="emergency")
    asked = Asked(Division.objects.get(pk="150102"), Period(2025, 3), body.pk)
    assert value(work_out(form, rules, asked, Axis.CATEGORY)) == 3


def test_a_month_before_the_notice_has_no_form():
    with pytest.raises(NoForm):
        form_on("A", Period(2020, 6))
    assert form_on("A", Period(2020, 7))[0].code == "A"


def test_a_ratio_and_an_unknown_row_have_nobody_behind_them():
    form, rules = form_on("A", Period(2025, 3))
    asked = Asked(Division.objects.get(pk="150100"), Period(2025, 3))
    for row, column in (("total", "pass_rate"), ("division:150202", "started"), ("total", "no_such")):
        with pytest.raises(NoCell):
            find_cell(form, rules, asked, Axis.DIVISION, row, column)


def test_every_figure_is_used_by_a_form():
    used = {column.figure for code in ("A", "C") for column in form_on(code, Period(2025, 3))[0].columns}
    assert used - {""} == set(FIGURES)
