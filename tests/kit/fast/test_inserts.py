"""Many rows added at once are the rows that were given, each with its number; what is there already stays."""

import gc
from datetime import UTC, datetime

import pytest
from django.db import transaction

from casework.models import Job
from eligibility.models import RegistryAnswer
from kit.fast.bulk import insert_made, insert_new
from kit.fast.memory import SELDOM, collect_seldom

pytestmark = pytest.mark.django_db
NAMES = ("job", "registry", "subject_hash", "asked_at", "facts", "problem")
AT = datetime(2026, 11, 3, 8, 15, 30, 123456, tzinfo=UTC)


def test_rows_come_back_as_they_were_given_and_know_their_numbers():
    rows = [Job(task="t", title='“引号”\\ " 与\n换行', arguments={"n": [n, None, "№"]}, total=n) for n in range(3)]
    insert_made(Job, iter(rows), len(rows))
    kept = Job.objects.in_bulk([row.pk for row in rows])
    assert [(kept[row.pk].title, kept[row.pk].arguments, kept[row.pk].total) for row in rows] == [
        (row.title, row.arguments, row.total) for row in rows
    ]


def test_an_answer_that_is_there_already_stays_as_it_is():
    job = Job.objects.create(task="t", title="t")
    insert_new(RegistryAnswer, NAMES, [(job.pk, "employment", b"a" * 32, AT, [{"type": "person", "name": "乌云"}], "")])
    insert_new(
        RegistryAnswer,
        NAMES,
        [(job.pk, "employment", b"a" * 32, AT, None, "timeout"), (job.pk, "business", b"a" * 32, AT, None, "busy")],
    )
    kept = RegistryAnswer.objects.order_by("registry").values_list(
        "registry", "subject_hash", "asked_at", "facts", "problem"
    )
    assert list(kept) == [
        ("business", b"a" * 32, AT, None, "busy"),
        ("employment", b"a" * 32, AT, [{"type": "person", "name": "乌云"}], ""),
    ]


def test_rows_are_written_while_they_are_made_and_what_goes_wrong_in_making_them_is_raised_as_it_was():
    def made():
        yield Job(task="t", title="一")
        raise ZeroDivisionError("in the middle")

    with pytest.raises(ZeroDivisionError, match="in the middle"), transaction.atomic():
        insert_made(Job, made(), 2)
    assert not Job.objects.exists()


def test_no_row_made_takes_no_number(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_made(Job, iter(()), 1000)


def test_json_is_stored_as_what_it_says():
    said = {"name": '“乌云” \\ "\n\t', "n": [1, None, True]}
    (row,) = rows = [Job(task="t", title="t", arguments=said)]
    insert_made(Job, iter(rows), 1)
    assert Job.objects.get(pk=row.pk).arguments == said


def test_a_process_that_has_started_looks_for_garbage_seldom_but_does():
    before = gc.get_threshold()
    try:
        collect_seldom()
        assert (gc.get_threshold(), gc.isenabled(), gc.get_freeze_count() > 0) == ((SELDOM, *before[1:]), True, True)
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
