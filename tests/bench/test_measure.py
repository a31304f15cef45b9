"""A row is judged by its ratios, a missing one is listed, and what a measurement leaves behind is taken out again."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from accounts.models import Division, Event, Organisation
from bench.actors import browser, officer, operator
from bench.database import address, stamp_of, stamp_on
from bench.management.commands.bench import BROKEN, measured
from bench.measure import Bench, Line, NotBuiltError, Target, Variant, interleaved
from bench.minimal import ADDRESS
from bench.profile import Profiler
from bench.rows import (
    ROWS,
    p1_roster,
    p2_crosscheck,
    p3_forms,
    p4_inbox,
    p5_export,
    p6_known,
    p7_decision,
    p8_moves,
    p9_batch,
)
from bench.scales import SCALES, TINY
from bench.table import KEYS, as_json, growth, keep, markdown, printed
from bench.traces import HALF_MEASURED, no_traces
from casework.domain.moves import take
from casework.enums import State
from casework.models import Step
from training.models import Registration, Unit


def line(**fields) -> Line:
    return Line(
        "P1",
        "something",
        **({"target": Target(share=0.3, naive=50), "ours": 2.0, "limit": 1.0, "naive": 200.0} | fields),
    )


def test_a_share_of_the_limit_is_our_speed_over_its_speed():
    assert (line().ratio, line().times_naive, line().holds) == (0.5, 100, True)
    assert line(ours=4.0).failures == ["0.25 of the limit"]


def test_a_multiple_of_the_limit_is_our_time_over_its_time():
    assert line(target=Target(multiple=2)).ratio == 2
    assert line(target=Target(multiple=1.5)).failures == ["2.00 × the limit"]


def test_of_a_rate_more_is_better():
    moves = {"unit": "moves/s", "naive": None}
    assert line(target=Target(share=0.5), ours=60.0, limit=100.0, **moves).ratio == 0.6
    assert line(target=Target(share=0.5), ours=40.0, limit=100.0, **moves).holds is False
    assert line(target=Target(multiple=3), ours=40.0, limit=100.0, **moves).ratio == 2.5


def test_too_little_gain_over_the_naive_way_fails_the_row():
    assert line(naive=40.0).failures == ["20.0 × naive"]


def test_a_further_condition_that_does_not_hold_fails_the_row():
    assert line(also={"9 queries, at most 8": False}).failures == ["9 queries, at most 8"]


def test_a_row_without_its_figures_does_not_hold():
    assert line(ours=None).holds is False


def test_every_round_runs_each_variant_once_and_the_median_counts():
    ran = []

    def one(name: str, seconds: list[float]):
        def run() -> float:
            ran.append(name)
            return seconds.pop(0)

        return Variant(run)

    found = interleaved({"ours": one("ours", [9, 1, 5, 2]), "limit": one("limit", [9, 1, 1, 7])}, rounds=3)
    assert ran == ["ours", "limit"] * 4
    assert found == {"ours": 2, "limit": 1}


def test_what_was_measured_on_a_part_is_scaled_and_what_was_repeated_is_divided():
    assert interleaved({"naive": Variant(lambda: 2.0, times=10, repeat=4)}, rounds=1) == {"naive": 20}


def test_the_table_lists_missing_rows_and_says_why_others_fail():
    lines = [
        line(),
        line(ours=9.0),
        Line("P3.B", "form B", Target(multiple=2), missing="form B is not among the forms yet"),
    ]
    text = "\n".join(printed(lines, {"P1": "small 1.10 ×"}))
    assert "small 1.10 ×" in text
    assert "P1: does not hold: 0.11 of the limit; 22.2 × naive" in text
    assert "P3.B: not measured: form B is not among the forms yet" in text


def test_the_table_can_be_kept_as_markdown():
    heads, rule, row = markdown([line()], {})
    assert heads.count("|") == rule.count("|") == row.count("|")
    assert row.startswith("| P1 | something | 2 | 200 | 1 |")


def test_json_has_the_agreed_keys_first():
    row = json.loads(json.dumps(as_json(line(), "small")))
    assert tuple(row)[: len(KEYS)] == KEYS
    assert row["holds"] is True
    assert as_json(line(missing="not there"), "small")["holds"] is None


def test_growth_is_read_from_the_results_kept_of_smaller_scales(tmp_path):
    keep(tmp_path, "small", [line(ours=2.0)])
    keep(tmp_path, "region", [line(ours=3.0)])
    keep(tmp_path, "region", [Line("P2", "other", Target(), ours=1.0)])
    assert growth(tmp_path, "region") == {"P1": "small 1.50 ×"}
    assert growth(tmp_path, "small") == {}


def test_all_ten_rows_are_there_and_say_what_they_measure():
    assert list(ROWS) == [f"P{number}" for number in range(1, 11)]
    assert all(row.SENTENCE and len(row.SENTENCE) > 20 for row in ROWS.values())


def test_a_row_whose_part_is_not_built_is_listed_with_its_sentence():
    class Row:
        CODE, SENTENCE = "P9", "a payment batch"

        def measure(self, bench: Bench) -> list[Line]:
            raise NotBuiltError("there are no batches yet")

    (found,) = measured(Row(), Bench(TINY))
    assert (found.row, found.holds, found.missing) == ("P9", None, "there are no batches yet")


def test_a_row_that_breaks_is_listed_and_does_not_lose_the_others():
    class Row:
        CODE, SENTENCE = "P9", "a payment batch"

        def measure(self, bench: Bench) -> list[Line]:
            raise ZeroDivisionError("nothing to divide")

    (found,) = measured(Row(), Bench(TINY))
    assert found.holds is None
    assert found.missing == f"{BROKEN} (ZeroDivisionError: nothing to divide)"


def test_other_keys_make_other_data(settings):
    before = stamp_of(SCALES["small"])
    settings.FANBU_INDEX_KEY = b"\x01" * 32
    assert stamp_of(SCALES["small"]) != before


def test_a_process_of_its_own_is_sent_to_the_right_database(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://fanbu@/fanbu?host=/tmp/here")
    assert address("fanbu_bench_small") == "postgresql://fanbu@/fanbu_bench_small?host=/tmp/here"


def counts() -> list[tuple[str, int]]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY"
            " relname"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found.append((table, cursor.fetchone()[0]))
    return found


@pytest.mark.usefixtures("tiny")
class TestOnTheSmallestRegion:
    def test_the_forms_and_the_statement_by_hand_count_the_same(self):
        lines = p3_forms.measure(Bench(TINY, rounds=1))
        assert [line.row for line in lines if not line.missing][:2] == ["P3", "P3.divisions"]
        assert all(line.ours and line.limit for line in lines if not line.missing)

    def test_the_inbox_row_measures_all_three_officers_and_leaves_no_grant(self):
        lines = p4_inbox.measure(Bench(TINY, rounds=1))
        assert [line.row for line in lines] == [
            "P4",
            "P4.league",
            "P4.region",
            "P4.page",
            "P4.name",
            "P4.number",
            "P4.deep",
        ]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM guardian_groupobjectpermission")
            assert cursor.fetchone() == (0,)

    def test_a_roster_is_measured_against_one_query(self):
        (line,) = p6_known.measure(Bench(TINY, rounds=1))
        assert line.ours
        assert line.naive
        assert line.naive > 0

    def test_the_decision_page_and_the_minimal_page_answer(self):
        assert p7_decision.minimal_client().get(ADDRESS).status_code == 200
        assert browser(officer("150102")).get("/inbox/todo/").status_code == 200

    @pytest.mark.parametrize(
        ("row", "smaller"),
        [
            (p1_roster, {"ROWS": 60, "PART": 20}),
            (p5_export, {"ROWS": 200, "PART": 20}),
            (p9_batch, {"LINES": 30, "PART": 5}),
            pytest.param(p2_crosscheck, {"PEOPLE": 120, "PART": 2}, marks=pytest.mark.services),
            pytest.param(p8_moves, {"CASES": 1}, marks=pytest.mark.services),
        ],
    )
    def test_a_row_is_measured_all_ways_and_the_data_stay_as_they_were(self, monkeypatch, row, smaller):
        for name, value in smaller.items():
            monkeypatch.setattr(row, name, value)
        before = counts()
        line, *_others = row.measure(Bench(TINY, rounds=1))
        assert line.row == row.CODE
        assert line.ours
        assert line.limit
        assert counts() == before

    def test_a_profile_names_functions_and_queries(self, tmp_path):
        bench = Bench(TINY, profiler=Profiler(tmp_path, "tiny"))
        p6_known.measure(bench)
        (file,) = bench.profiler.files
        text = file.read_text(encoding="utf-8")
        assert "what_is_known" in text
        assert "training_enrolment" in text

    def test_what_a_measurement_did_is_taken_out_even_of_append_only_tables(self):
        unit = Unit.objects.select_related("organisation").filter(
            organisation__kind="institution", organisation__division="150102"
        )[0]
        before, name = (
            (Step.objects.count(), Event.objects.count(), Registration.objects.count()),
            connection.settings_dict["NAME"],
        )
        with no_traces():
            assert stamp_on(name) == HALF_MEASURED
            registration = Registration.objects.create(
                number="bench-1",
                division=Division.objects.get(pk="150102"),
                applicant=Organisation.objects.get(pk=unit.organisation_id),
                unit=unit,
            )
            take(registration, "submit", by=operator(unit.organisation))
            assert registration.state == State.IN_REVIEW
            assert Step.objects.count() == before[0] + 1
        assert (Step.objects.count(), Event.objects.count(), Registration.objects.count()) == before
        assert stamp_on(name) == stamp_of(TINY)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_chainhead")
            assert cursor.fetchone() == (0,)
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'")
            assert cursor.fetchone() == (0,)
