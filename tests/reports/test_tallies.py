"""R-RPT-4: the figures from tallies are those of the rows, whatever changed since (docs/performance.md, P3)."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection
from django.db.models import Sum

from accounts.models import Division
from casework.enums import State
from reports.domain.figures import FIGURES, Asked
from reports.domain.forms import FORMS, form_on
from reports.domain.periods import Period
from reports.domain.tables import work_out
from reports.domain.tallies import refresh, tally_everything, touched
from reports.models import Tally, Touched, YearTally
from reports.tasks import refresh_tallies
from subsidies.enums import PaymentState
from subsidies.models import Payment
from tests.factories import member, office
from tests.factories.guards import forced, rewritable, verdicts_written
from tests.factories.reports import Spec, make
from training.enums import CertificateKind, Result, TrainingType
from training.models import Enrolment, Opening, Project, TrainingClass

pytestmark = pytest.mark.django_db
MARCH, MAY = date(2025, 3, 10), date(2025, 5, 20)
PLACES = ("150000", "150100", "150102", "150700")


def both(code, period, division="150000", axis=None, banners=False):
    """The cells of a form as the page has them, and as counted from the rows alone."""
    form, rules = form_on(code, period)
    asked = Asked(Division.objects.get(pk=division), period)
    axis = axis or form.axes[0]
    ways = (work_out(form, rules, asked, axis, banners=banners, raw=raw) for raw in (False, True))
    return [{key: cell.value for key, cell in table.cells.items()} for table in ways]


def assert_same_everywhere(months=(3, 5, 6, 12), division="150000"):
    """By category, by division, and (in even months) with every banner shown: each reads other rows of the summary."""
    for form in {form.code: form for form in FORMS}.values():
        for axis, month in product(form.axes, months):
            shown, counted = both(form.code, Period(2025, month), division, axis=axis, banners=month % 2 == 0)
            assert shown == counted


@pytest.fixture
def tallied(busy_year):
    """The busy year with nothing left to tally."""
    assert refresh() == len(busy_year)
    assert Touched.objects.count() == 0
    return busy_year


def test_a_new_row_is_counted_before_anybody_tallied_it(busy_year):
    assert Tally.objects.count() == 0
    assert_same_everywhere()


def test_tallied_figures_are_those_of_the_rows(tallied):
    assert Tally.objects.count() > 200
    assert_same_everywhere(months=range(1, 13))


@pytest.mark.parametrize("division", PLACES)
def test_tallied_figures_of_a_place_are_those_of_its_rows(tallied, division):
    assert_same_everywhere([10, 11], division)


def test_the_region_reads_no_row_of_a_banner(tallied):
    form, rules = form_on("A", Period(2025, 6))
    asked = Asked(Division.objects.get(pk="150000"), Period(2025, 6))
    shown = {axis: work_out(form, rules, asked, axis).cells["total", "started", "year"].value for axis in form.axes}
    YearTally.objects.filter(whole=False).exclude(division="150000").delete()
    assert {
        axis: work_out(form, rules, asked, axis).cells["total", "started", "year"].value for axis in form.axes
    } == shown


def test_each_level_holds_what_reports_to_it(tallied):
    """Region = its leagues, its two cities and its own office; a league = its banners and its own office."""
    held = defaultdict(Counter)
    for division, whole, counts in YearTally.objects.values_list("division", "whole", "counts"):
        held[division][whole] += sum(counts)
    for division in Division.objects.all():
        below = Division.objects.filter(reports_to=division).values_list("pk", flat=True)
        assert held[division.pk][True] == held[division.pk][False] + sum(held[pk][True] for pk in below)
    assert held["150000"][True] == Tally.objects.aggregate(sum=Sum("count"))["sum"]


@pytest.mark.parametrize("refreshed", [False, True])
def test_a_banner_that_reports_to_another_league_is_counted_there_at_once(tallied, refreshed):
    """Such as a city that is taken out of its league and reports to the region from then on."""
    TrainingClass.objects.filter(pk=tallied[0].training_class.pk).update(category="rural_transfer")
    Division.objects.filter(pk="150102").update(reports_to="150000", path="150000/150102/")
    if refreshed:
        refresh()
    for place in PLACES:
        assert_same_everywhere([11, 12], place)


def test_a_place_tallied_anew_leaves_the_others_as_they_are(tallied):
    before = dict(
        YearTally.objects.exclude(division__path__startswith="150000/150100/")
        .exclude(division="150000")
        .values_list("pk", "counts")
    )
    Opening.objects.filter(training_class__division="150102").update(decided_at="2025-06-01T00:00:00+08:00")
    assert refresh() > 0
    assert dict(YearTally.objects.filter(pk__in=before).values_list("pk", "counts")) == before
    assert_same_everywhere()


def test_tallies_hold_every_row_once(tallied):
    for code, figure in FIGURES.items():
        assert sum(Tally.objects.filter(figure=code).values_list("count", flat=True)) == figure.rows().count()


def test_the_form_of_a_tallied_year_does_not_read_its_enrolments(tallied, django_assert_num_queries):
    form, rules = form_on("A", Period(2025, 6))
    asked = Asked(Division.objects.get(pk="150000"), Period(2025, 6))
    with django_assert_num_queries(2) as captured:
        work_out(form, rules, asked, "category")
    assert not any("training_enrolment" in query["sql"] for query in captured)


def rewritten(one, **values):
    """The project of a class, as only the owner of the tables could rewrite it."""
    with rewritable("training_project"):
        assert Project.objects.filter(pk=one.training_class.project_id).update(**values) == 1


MAY_NOON = "2025-05-20T12:00:00+08:00"
CORRECTIONS = {
    "somebody_is_struck_out_by_a_change": lambda one, by: Enrolment.objects.filter(pk=one.enrolments[0].pk).update(
        struck_out_at=MAY_NOON, struck_out_by=by, strike_reason="退学"
    ),
    "a_result_is_corrected": lambda one, by: Enrolment.objects.filter(pk=one.enrolments[0].pk).update(
        result=Result.FAIL
    ),
    "a_certificate_turns_out_to_be_wrong": lambda one, by: Enrolment.objects.filter(pk=one.enrolments[0].pk).update(
        certificate_verified=False
    ),
    "a_certificate_is_of_another_kind": lambda one, by: Enrolment.objects.filter(pk=one.enrolments[0].pk).update(
        certificate_kind=CertificateKind.SPECIAL_OPERATION
    ),
    "an_opening_is_taken_back": lambda one, by: forced(
        Opening.objects.filter(pk=one.opening.pk), state=State.DRAFT, decided_at=None
    ),
    "an_opening_was_decided_in_another_month": lambda one, by: Opening.objects.filter(pk=one.opening.pk).update(
        decided_at="2025-06-01T00:00:00+08:00"
    ),
    "a_completion_is_taken_back": lambda one, by: forced(
        type(one.completion).objects.filter(pk=one.completion.pk), state=State.DRAFT, decided_at=None
    ),
    "a_class_belongs_to_another_place": lambda one, by: TrainingClass.objects.filter(pk=one.training_class.pk).update(
        body=office("150702")
    ),
    "a_class_is_of_another_category": lambda one, by: TrainingClass.objects.filter(pk=one.training_class.pk).update(
        category="rural_transfer"
    ),
    "a_project_is_of_another_type": lambda one, by: rewritten(one, training_type=TrainingType.ON_THE_JOB),
    "a_project_is_of_another_level": lambda one, by: rewritten(one, level=1),
    "a_claim_is_of_another_fund": lambda one, by: (
        type(one.subsidy).objects.filter(pk=one.subsidy.pk).update(fund_source="employment")
    ),
    "somebody_joins": lambda one, by: Enrolment.objects.bulk_create(
        [
            Enrolment(
                training_class=one.training_class,
                person=make(Spec(people=1, approved=None))[0].enrolments[0].person,
                sequence=99,
                result=Result.PASS,
            )
        ]
    ),
}


@pytest.mark.parametrize("correction", CORRECTIONS.values(), ids=CORRECTIONS)
def test_a_correction_shows_at_once_and_after_tallying(tallied, correction):
    (one,) = make(
        Spec(people=3, approved=MARCH, completed=MARCH, passed=3, certified=2, paid=MAY, amount=Decimal("1200.01"))
    )
    refresh()
    correction(one, member(office("150102")))
    shown, counted = both("A", Period(2025, 5))
    assert shown == counted
    assert one.training_class.pk in touched()
    refresh()
    assert_same_everywhere()
    assert both("A", Period(2025, 5))[0] == shown


def test_what_the_bank_answers_is_counted_at_once(tallied):
    (one,) = make(
        Spec(
            people=2, completed=MARCH, passed=2, paid=MAY, payment_state=PaymentState.PENDING, amount=Decimal("700.10")
        )
    )
    refresh()
    key = ("total", "subsidised_amount", "month")
    before = both("A", Period(2025, 5))[0][key]
    Payment.objects.filter(pk=one.payment.pk).update(
        state=PaymentState.PAID, value_date=MAY, bank_reference="YH1", answered_at="2025-05-20T16:00:00+08:00"
    )
    shown, counted = both("A", Period(2025, 5))
    assert shown == counted
    assert shown[key] == before + Decimal("1400.20")
    refresh()
    assert both("A", Period(2025, 5))[0][key] == before + Decimal("1400.20")


def test_what_is_not_counted_leaves_no_mark(tallied):
    Enrolment.objects.update(attended_hours=8)
    verdicts_written(Enrolment.objects.all(), "eligible")
    TrainingClass.objects.update(name="改名")
    Opening.objects.update(version=7)
    assert touched() == []


def test_a_statement_over_many_rows_leaves_one_mark_a_class(tallied):
    one = max(tallied, key=lambda made: len(made.enrolments))
    Enrolment.objects.filter(training_class=one.training_class).update(certificate_number="", certificate_kind="")
    assert list(Touched.objects.values_list("training_class_id", flat=True)) == [one.training_class.pk]


def test_with_too_many_changed_classes_all_is_counted_from_the_rows(tallied, monkeypatch):
    monkeypatch.setattr("reports.domain.tallies.MOST_TOUCHED", 3)
    TrainingClass.objects.update(category="rural_transfer")
    assert touched() is None
    assert_same_everywhere(months=[5, 6])


def test_a_department_sees_its_own_cases_only_however_they_are_tallied():
    own, _others = make(Spec(people=4, department="emergency"), Spec(people=3))
    refresh()
    form, rules = form_on("A", Period(2025, 3))
    asked = Asked(Division.objects.get(pk="150000"), Period(2025, 3), own.training_class.body_id)
    assert work_out(form, rules, asked, "category").cells["total", "started", "month"].value == 4


def test_tallying_twice_changes_nothing_and_everything_anew_gives_the_same(tallied):
    def content():
        columns = ("figure", "division", "category", "training_type", "kind", "level", "fund", "item")
        classes = Tally.objects.values_list("training_class", "month", *columns, "count", "fen")
        return sorted(classes, key=repr), sorted(
            YearTally.objects.values_list("year", "whole", *columns, "counts", "fen"), key=repr
        )

    before = content()
    assert refresh() == 0
    tally_everything()
    assert content() == before


def test_the_work_is_done_in_portions(busy_year):
    marks = Touched.objects.count()
    assert refresh(most=5) >= 1
    assert Touched.objects.count() == marks - 5
    assert_same_everywhere(months=[5, 6])


def test_the_beat_tallies_what_changed(busy_year):
    refresh_tallies()
    assert Touched.objects.count() == 0
    assert_same_everywhere(months=[11, 12])


def test_marks_are_part_of_the_transaction_that_changed_the_rows(tallied):
    """A change that is taken back leaves neither a mark nor another figure."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before_it")
        Opening.objects.update(decided_at="2025-01-15T12:00:00+08:00")
        assert len(touched()) > 100
        cursor.execute("ROLLBACK TO SAVEPOINT before_it")
    assert touched() == []
    assert_same_everywhere(months=[5, 6])
