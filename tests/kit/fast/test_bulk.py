"""Many rows written at once say what was set on them, and only there."""

from datetime import UTC, date, datetime

import pytest

from casework.models import Job
from kit.fast.bulk import update_values
from tests.factories.guards import rewritable
from tests.factories.reports import Spec, make
from training.models import Enrolment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unguarded")]
AT = datetime(2026, 11, 3, 8, 15, 30, 123456, tzinfo=UTC)


@pytest.fixture
def unguarded():
    """Verdicts serve here as any column would; otherwise only judgements write them."""
    with rewritable("training_enrolment", "judged"):
        yield


def test_fields_of_many_rows_are_written_by_one_statement(django_assert_num_queries):
    one, other = make(Spec(people=3), Spec(people=2))
    rows = list(Enrolment.objects.filter(training_class=one.training_class).order_by("sequence"))
    values = [
        (row.pk, "eligible", date(2025, 1, place + 1) if place else None, place == 1) for place, row in enumerate(rows)
    ]
    with django_assert_num_queries(1):
        assert update_values(Enrolment, ["verdict", "certificate_on", "certificate_verified"], values) == 3
    written = Enrolment.objects.filter(training_class=one.training_class).order_by("sequence")
    assert list(written.values_list("verdict", "certificate_on", "certificate_verified")) == [
        ("eligible", None, False),
        ("eligible", date(2025, 1, 2), True),
        ("eligible", date(2025, 1, 3), False),
    ]
    assert set(Enrolment.objects.filter(training_class=other.training_class).values_list("verdict", flat=True)) == {
        "none"
    }


def test_awkward_texts_encrypted_numbers_and_json_arrive_as_they_are():
    (one,) = make(Spec(people=2))
    rows = list(Enrolment.objects.filter(training_class=one.training_class).order_by("sequence"))
    texts = ("“引号”\\ \"双\" {a,b}, NULL % '单'\n换行", "NULL")
    values = [(row.pk, text, f"622848{row.pk}") for row, text in zip(rows, texts, strict=True)]
    update_values(Enrolment, ["strike_reason", "bank_account"], values)
    written = Enrolment.objects.filter(training_class=one.training_class).order_by("sequence")
    assert list(written.values_list("strike_reason", "bank_account")) == [
        (text, f"622848{row.pk}") for row, text in zip(rows, texts, strict=True)
    ]
    jobs = [Job.objects.create(task="t", title="t") for _ in range(2)]
    facts = ({"名": ['"', "\\", None, 1.5]}, {})
    update_values(Job, ["arguments", "ended_at"], [(job.pk, one, AT) for job, one in zip(jobs, facts, strict=True)])
    assert list(Job.objects.order_by("pk").values_list("arguments", "ended_at")) == [
        ({"名": ['"', "\\", None, 1.5]}, AT),
        ({}, AT),
    ]


def test_a_foreign_key_may_be_written_and_taken_away():
    (one,) = make(Spec(people=1))
    row = Enrolment.objects.get(training_class=one.training_class)
    for member in (one.training_class.created_by_id, None):
        assert update_values(Enrolment, ["struck_out_by"], [(row.pk, member)]) == 1
        row.refresh_from_db()
        assert row.struck_out_by_id == member


def test_rows_may_be_found_by_another_field_and_all_that_have_it_are_written(django_assert_num_queries):
    one, other, untouched = (pair.training_class for pair in make(Spec(people=2), Spec(people=1), Spec(people=1)))
    with django_assert_num_queries(1):
        assert (
            update_values(Enrolment, ["verdict"], [(one.pk, "eligible"), (other.pk, "ineligible")], by="training_class")
            == 3
        )
    written = Enrolment.objects.order_by("training_class", "sequence").values_list("training_class", "verdict")
    assert list(written) == [(one.pk, "eligible")] * 2 + [(other.pk, "ineligible"), (untouched.pk, "none")]


def test_what_has_another_value_meanwhile_is_left_alone():
    (one,) = make(Spec(people=2))
    first = Enrolment.objects.filter(training_class=one.training_class).order_by("sequence")[0]
    Enrolment.objects.filter(pk=first.pk).update(verdict="ineligible")
    assert (
        update_values(
            Enrolment, ["verdict"], [(one.training_class.pk, "eligible")], by="training_class", only=("verdict", "none")
        )
        == 1
    )
    assert list(Enrolment.objects.order_by("sequence").values_list("verdict", flat=True)) == ["ineligible", "eligible"]


def test_no_rows_ask_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert update_values(Enrolment, ["verdict"], []) == 0
