"""Asking the registries: what comes back when they answer, and what when they do not (R-ELG-1, R-ELG-6)."""

import pytest
from django.db import transaction

from eligibility.registries import breaker, store
from eligibility.registries.ask import MOST_SPOILT, ask_all, outcomes
from eligibility.registries.contract import pause_wanted, read_answer
from eligibility.registries.health import health
from eligibility.registries.protocol import Answer, Busy, NoAnswer, Silence, Subject
from tests.registries.situations import BATOR, MACHINE_WORKS, STRANGER, crowd

LEFT_OUT = Subject("person", "15010219850101001X", "郝某")
FOUR = ("employment", "business", "social_security", "labour_contract")


def test_what_is_known_comes_back_with_its_dates_and_the_unknown_as_nothing_known(door, ask):
    (outcome,) = ask({"employment": [BATOR, STRANGER]})
    known, unknown = (records for _subject, records in outcome.each())
    assert [record["type"] for record in known] == ["person", "job_seeking", "unemployment"]
    assert known[1] == {"type": "job_seeking", "registered_on": "2020-06-01"}
    assert unknown == ()
    assert (outcome.registry, outcome.attempts, outcome.asked_at.tzinfo is not None) == ("employment", 1, True)


def test_an_enterprise_is_asked_by_its_credit_code(door, ask):
    (outcome,) = ask({"business": [MACHINE_WORKS]})
    ((_subject, (record,)),) = outcome.each()
    assert (record["entity_type"], record["division"], record["status"]) == ("legal_person", "150100", "active")


def test_250_people_at_four_registries_are_asked_in_batches_of_100_and_once_each(door, ask):
    people = crowd(250)
    got = ask({code: [*people, *people[:50]] for code in FOUR})
    assert sorted(len(outcome.subjects) for outcome in got) == [50] * 4 + [100] * 8
    assert {(outcome.registry, subject) for outcome in got for subject in outcome.subjects} == {
        (code, subject) for code in FOUR for subject in people
    }
    asked = door.subjects()
    assert {counts["asked"] for code in FOUR for counts in asked[code].values()} == {1}


def test_nothing_to_ask_asks_nobody(door, ask):
    assert ask({"employment": []}) == []
    assert door.states()["employment"]["requests"] == 0


def test_only_facts_a_check_needs_are_kept_and_a_field_nobody_agreed_on_decides_nothing(door, ask):
    door.add_records(
        "employment",
        "150102197001010018",
        [
            {"type": "job_seeking", "registered_on": "2020-01-01", "cancelled_on": None},
            {"type": "hardship", "from": "2020-01-01", "salary": 9000, "phone": "139"},
        ],
        replace=True,
    )
    (outcome,) = ask({"employment": [Subject("person", "150102197001010018")]})
    ((_subject, records),) = outcome.each()
    assert records == (
        {"type": "job_seeking", "registered_on": "2020-01-01"},
        {"type": "hardship", "from": "2020-01-01", "malformed": True, "problem": "phone, salary"},
    )


@pytest.mark.parametrize(
    ("mode", "reason", "calls"),
    [
        ("down", Silence.OUT_OF_SERVICE, 3),
        ("drop", Silence.CUT_OFF, 3),
        ("error500", Silence.FAULT, 3),
        ("html", Silence.NOT_DATA, 3),
        ("half_json", Silence.BROKEN, 3),
        ("wrong_id", Silence.NOT_OURS, 3),
        ("failed", Silence.FAILED, 3),
        ("unagreed", Silence.UNAGREED, 1),
    ],
)
def test_a_registry_that_fails_gives_no_answer_for_anyone_after_as_many_tries_as_may_help(
    door, ask, mode, reason, calls
):
    door.behave("business", mode)
    (outcome,) = ask({"business": [BATOR, STRANGER]})
    assert [answer.reason for _subject, answer in outcome.each()] == [reason, reason]
    assert (outcome.attempts, door.states()["business"]["requests"]) == (calls, calls)


@pytest.mark.parametrize(("mode", "reason", "calls"), [("missing", Silence.LEFT_OUT, 7), ("part", Silence.PART, 3)])
def test_a_registry_that_answers_in_part_is_asked_in_halves_and_a_part_answers_for_nobody(
    door, ask, mode, reason, calls
):
    door.behave("business", mode)
    got = ask({"business": [BATOR, STRANGER]})
    assert [(subject, answer.reason) for outcome in got for subject, answer in outcome.each()] == [
        (BATOR, reason),
        (STRANGER, reason),
    ]
    assert door.states()["business"]["requests"] == calls


def test_one_subject_that_is_always_left_out_stays_open_alone(door, ask):
    door.behave("employment", "no_x")
    people = [*crowd(99), LEFT_OUT]
    said = {subject: found for outcome in ask({"employment": people}) for subject, found in outcome.each()}
    assert said.keys() == set(people)
    assert {subject for subject, found in said.items() if isinstance(found, NoAnswer)} == {LEFT_OUT}
    assert (said[LEFT_OUT].reason, set(map(str, (said[one] for one in people[:99])))) == (Silence.LEFT_OUT, {"()"})
    assert door.states()["employment"]["requests"] <= 18
    assert breaker.paused_until("employment") is None
    row = next(one for one in health(waiting={"employment": 1}) if one.code == "employment")
    assert (row.answering, "单独询问后仍有对象没有应答（应答中漏了询问的对象：1 / 1）；" in f"{row.sentence}；") == (
        True,
        True,
    )
    assert LEFT_OUT.key not in str(store.client().hgetall(store.key("employment", "health")))


def test_four_who_are_always_left_out_do_not_keep_the_others_open(door, ask):
    door.behave("employment", "no_x")
    four = [Subject("person", f"15010219850101{n:03d}X") for n in range(4)]
    people = [one for n, odd in enumerate(four) for one in (*crowd(100)[n * 24 : (n + 1) * 24], odd)]
    said = {subject: found for outcome in ask({"employment": people}) for subject, found in outcome.each()}
    assert {subject for subject, found in said.items() if isinstance(found, NoAnswer)} == set(four)


def test_a_registry_that_leaves_somebody_out_of_every_answer_is_not_asked_about_each(door, ask):
    door.behave("employment", "missing")
    people = crowd(100)
    said = [
        subject
        for outcome in ask({"employment": people})
        for subject, found in outcome.each()
        if found.reason == Silence.LEFT_OUT
    ]
    assert sorted(said, key=lambda one: one.key) == people
    assert door.states()["employment"]["requests"] == MOST_SPOILT


def test_a_registry_that_is_slow_gives_no_answer_and_is_not_tried_again_at_once(door, ask, settings):
    settings.REGISTRY_LIMITS = {"business": {"timeout": 0.2}}
    door.behave("business", "slow", latency_ms=700)
    (outcome,) = ask({"business": [BATOR]})
    assert (outcome.result, outcome.attempts) == (NoAnswer(Silence.TIMEOUT), 1)


def test_nobody_listening_is_no_answer(ask, settings):
    settings.REGISTRY_LIMITS = {"business": {"url": "http://127.0.0.1:9"}}
    (outcome,) = ask({"business": [BATOR]})
    assert outcome.result.reason == Silence.UNREACHABLE


def test_a_wrong_secret_is_refused_and_not_tried_again(door, ask, settings):
    settings.REGISTRY_SECRET = "stolen"
    (outcome,) = ask({"business": [BATOR]})
    assert (outcome.result.reason, outcome.attempts) == (Silence.REFUSED, 1)
    assert door.states()["business"]["refused"] == 1


def test_one_registry_down_leaves_the_others_answering(door, ask):
    door.behave("business", "down")
    got = {outcome.registry: outcome.result for outcome in ask({code: [BATOR] for code in FOUR})}
    assert [isinstance(got[code], Answer) for code in FOUR] == [True, False, True, True]


def test_records_of_unknown_type_or_with_impossible_dates_are_kept_as_evidence_only(door, ask):
    door.behave("social_security", "malformed")
    (outcome,) = ask({"social_security": [STRANGER]})
    ((_subject, (wrong_day, unknown)),) = outcome.each()
    assert (wrong_day["malformed"], wrong_day["problem"], wrong_day["from"]) == (True, "from", "2020/01/32")
    assert unknown == {"type": "favourite_colour", "malformed": True, "problem": "type"}


def test_a_registry_switched_to_file_exchange_or_to_departments_is_not_asked(door, ask):
    modes = {"business": "file", "poverty": "assisted", "employment": "online"}
    got = {o.registry: o.result for o in ask({code: [BATOR] for code in modes}, modes=modes)}
    assert got["business"] == NoAnswer(Silence.FILE)
    assert got["poverty"] == NoAnswer(Silence.ASSISTED)
    assert isinstance(got["employment"], Answer)
    assert door.states()["business"]["requests"] == door.states()["poverty"]["requests"] == 0


def test_after_a_crash_only_what_was_not_stored_is_asked_again(door, settings):
    settings.REGISTRY_LIMITS = {"employment": {"concurrency": 1}}
    people, stored = crowd(500), {}

    def store(_registry, outcome):
        if len(stored) == 200:
            raise ConnectionError("the database went away")
        stored.update(outcome.each())

    with pytest.raises(ConnectionError):
        ask_all({"employment": people}, on_batch=store)
    kept = set(stored)
    assert len(kept) == 200
    rest = [subject for subject in people if subject not in stored]
    ask_all({"employment": rest}, on_batch=lambda _registry, outcome: stored.update(outcome.each()))
    assert set(stored) == set(people)
    asked = door.subjects()["employment"]
    assert {asked[subject.key]["asked"] for subject in kept} == {1}


def test_leaving_the_loop_early_stops_the_asking_and_gives_the_slots_back(door, ask, settings):
    settings.REGISTRY_LIMITS = {"employment": {"concurrency": 2}}
    for _outcome in outcomes({"employment": crowd(10_000)}):
        break
    assert door.states()["employment"]["requests"] < 100
    (outcome,) = ask({"employment": [BATOR]})
    assert isinstance(outcome.result, Answer)


def test_an_unknown_registry_is_a_mistake_of_the_caller(ask):
    with pytest.raises(ValueError, match="weather"):
        ask({"weather": [BATOR]})


@pytest.mark.django_db
def test_asking_inside_a_transaction_is_refused(door, ask):
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        ask({"employment": [BATOR]})
    assert len(ask({"employment": [BATOR]})) == 1
    assert door.states()["employment"]["requests"] == 1


class TestReading:
    """What counts as an answer to our question."""

    def read(self, body: bytes, status: int = 200):
        return read_answer("poverty", (BATOR,), "q1", status, {"Retry-After": "7"}, body)

    @pytest.mark.parametrize(
        "body",
        [
            "[]",
            '"text"',
            "null",
            "",
            '{"request_id": "q1"',
            '{"request_id": "q1", "persons": []}',
            '{"request_id": "q1", "persons": {"150102198505200030": {"type": "poor_labourer"}}}',
            '{"request_id": "q1", "persons": {"150102198505200030": ["poor_labourer"]}}',
            '{"request_id": "q1", "persons": {}}',
            '{"request_id": "q2", "persons": {"150102198505200030": []}}',
            '{"persons": {"150102198505200030": []}}',
            "[" * 100_000,
        ],
    )
    def test_what_does_not_fit_the_question_is_no_answer(self, body):
        with pytest.raises(Exception) as caught:
            self.read(body.encode())
        assert isinstance(caught.value.no_answer, NoAnswer)

    def test_429_says_when_to_come_back(self):
        assert self.read(b"", 429) == Busy(7.0)

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("3", 3.0),
            ("", 1.0),
            ("soon", 1.0),
            ("-5", 0.1),
            ("nan", 1.0),
            ("inf", 3600.0),
            ("999999", 3600.0),
            ("Mon, 01 Jan 2001 00:00:00 GMT", 0.1),
        ],
    )
    def test_retry_after_may_be_seconds_a_date_or_nonsense(self, header, seconds):
        assert pause_wanted(header) == seconds
