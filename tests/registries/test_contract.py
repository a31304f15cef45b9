"""An answer is an answer only when it is whole: the contract is closed, and nothing that breaks it lets anybody pass
(R-ELG-1).
"""

import json
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligibility.domain.answers import records_of
from eligibility.registries.catalogue import REGISTRIES
from eligibility.registries.contract import Nonsense, read_answer
from eligibility.registries.protocol import Answer, NoAnswer, Silence, Subject
from tests.eligibility.people import facts, judged
from tests.eligibility.test_engine_properties import CODES, UNEMPLOYED, WORDS, of
from tests.registries.situations import BATOR, MACHINE_WORKS, STRANGER

INSURED = {"type": "employee_insurance", "uscc": MACHINE_WORKS.key, "from": "2020-01-01"}


def read(answer, subjects=(BATOR,), status=200, headers=None, registry="social_security"):
    body = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
    return read_answer(registry, subjects, "q1", status, headers or {}, body)


def refused(answer, **options) -> NoAnswer:
    with pytest.raises(Nonsense) as caught:
        read(answer, **options)
    return caught.value.no_answer


def whole(**more):
    return {"request_id": "q1", "persons": {BATOR.key: []}, **more}


def test_a_whole_answer_is_taken():
    assert read(whole(enterprises={})) == Answer({BATOR: ()})
    assert read(whole() | {"persons": {BATOR.key: [INSURED]}}) == Answer({BATOR: (INSURED,)})
    assert read({"request_id": "q1", "enterprises": {MACHINE_WORKS.key: []}}, subjects=(MACHINE_WORKS,)) == Answer(
        {MACHINE_WORKS: ()}
    )


def test_a_failure_stated_in_an_answer_of_200_is_no_answer_and_says_what_was_stated():
    """The seen case: with nobody insured in it, an insured person became eligible."""
    said = refused(
        {"request_id": "q1", "code": 500, "success": False, "message": "查询超时", "persons": {BATOR.key: []}}
    )
    assert said == NoAnswer(Silence.FAILED, "500 查询超时")


@pytest.mark.parametrize(
    ("more", "reason", "detail"),
    [
        ({"code": "E1003", "msg": "网关超时"}, Silence.FAILED, "E1003 网关超时"),
        ({"success": False}, Silence.FAILED, "success"),
        ({"Status": 503}, Silence.FAILED, "503"),
        ({"error": "数据库连接失败"}, Silence.FAILED, "数据库连接失败"),
        ({"errors": [{"code": 1}]}, Silence.FAILED, "errors"),
        ({"code": None}, Silence.FAILED, "code"),
        ({"code": 0, "success": True, "message": "OK"}, Silence.UNAGREED, "code, message, success"),
        ({"has_more": True}, Silence.PART, "has_more"),
        ({"truncated": True}, Silence.PART, "truncated"),
        ({"page": 1, "pageSize": 50}, Silence.PART, "page, pageSize"),
        ({"next": "/query?cursor=2"}, Silence.PART, "next"),
        ({"total": 3}, Silence.PART, "total"),
        ({"persons2": {}}, Silence.UNAGREED, "persons2"),
        ({"note": None}, Silence.UNAGREED, "note"),
    ],
)
def test_a_member_nobody_agreed_on_makes_it_no_answer(more, reason, detail):
    assert refused(whole(**more)) == NoAnswer(reason, detail)


@pytest.mark.parametrize(
    ("answer", "reason", "detail"),
    [
        ({"request_id": "q1", "persons": {BATOR.key: []}}, Silence.LEFT_OUT, "1 / 2"),
        ({"request_id": "q1"}, Silence.LEFT_OUT, "2 / 2"),
        (
            {"request_id": "q1", "persons": {BATOR.key: [], STRANGER.key: [], "150102196001010027": []}},
            Silence.TOO_MANY,
            "3 / 2",
        ),
        (
            {"request_id": "q1", "persons": {BATOR.key: [], STRANGER.key: []}, "enterprises": {MACHINE_WORKS.key: []}},
            Silence.TOO_MANY,
            "1 / 0",
        ),
        (
            {"request_id": "q1", "persons": {BATOR.key: [], STRANGER.key: []}, "enterprises": None},
            Silence.BROKEN,
            "enterprises",
        ),
        ({"request_id": "q1", "persons": {BATOR.key: [], STRANGER.key: None}}, Silence.BROKEN, "records"),
        ({"request_id": "q2", "persons": {BATOR.key: [], STRANGER.key: []}}, Silence.NOT_OURS, "request_id"),
        ({"persons": {BATOR.key: [], STRANGER.key: []}}, Silence.NOT_OURS, "request_id"),
    ],
)
def test_fewer_or_more_subjects_than_asked_are_no_answer_for_anybody(answer, reason, detail):
    assert refused(answer, subjects=(BATOR, STRANGER)) == NoAnswer(reason, detail)


def test_a_subject_or_a_member_that_stands_twice_is_no_answer():
    once = json.dumps([INSURED])
    body = f'{{"request_id": "q1", "persons": {{"{BATOR.key}": {once}, "{BATOR.key}": []}}}}'
    said = refused(body.encode())
    assert said.reason == Silence.TWICE
    assert BATOR.key not in said.detail
    two_ends = '{"type": "hardship", "from": "2020-01-01", "to": "2020-02-01", "to": null}'
    body = f'{{"request_id": "q1", "persons": {{"{BATOR.key}": [{two_ends}]}}}}'
    assert refused(body.encode(), registry="employment") == NoAnswer(Silence.TWICE, "to")


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (206, {}, Silence.PART),
        (203, {}, Silence.REJECTED),
        (204, {}, Silence.REJECTED),
        (200, {"Content-Range": "items 0-49/100"}, Silence.PART),
        (200, {"Link": '</query?page=2>; rel="next"'}, Silence.PART),
    ],
)
def test_a_part_by_its_status_or_its_headers_is_no_answer(status, headers, reason):
    assert refused(whole(), status=status, headers=headers).reason == reason


def test_what_is_said_of_a_fault_names_nobody():
    somebody = Subject("person", BATOR.key, "巴特尔")
    said = refused(whole(code=1, message=f"巴特尔（{BATOR.key}）查询超时，流水号 20261130887766"), subjects=(somebody,))
    assert said == NoAnswer(Silence.FAILED, "1 …（…）查询超时，流水号 …")


def test_a_field_of_a_record_nobody_agreed_on_opens_its_checks_for_it_may_be_the_end_under_another_name():
    seeking = {"type": "job_seeking", "registered_on": "2020-06-01", "cancelledOn": "2020-07-01"}
    (kept,) = read(whole() | {"persons": {BATOR.key: [seeking]}}, registry="employment").records[BATOR]
    assert kept == {"type": "job_seeking", "registered_on": "2020-06-01", "malformed": True, "problem": "cancelledOn"}
    case = facts("laid_off_unemployed")
    open_case = replace(case, records={**case.records, "employment": records_of("employment", [kept])})
    assert judged(open_case).result("job_seeking_registered").outcome == "unknown"


# ── whatever is done to a right answer
# ──────────────────────────────────────────────────────────────────────────────────

WRONG = [True, -1, 2.5, [], {}, "x" * 101, "", "2020-02-30", "不详"]
NAMES = st.sampled_from(
    [
        "code",
        "success",
        "message",
        "has_more",
        "total",
        "next",
        "persons",
        "enterprises",
        "request_id",
        "type",
        "to",
        "cancelled_on",
        "From",
        "备注",
    ]
) | st.text(min_size=1, max_size=8)


def places(node, path=()):
    """Every object of a JSON value, with its path."""
    if isinstance(node, dict):
        yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def at(node, path):
    for step in path:
        node = node[step]
    return node


def required(registry, path, record) -> list[str]:
    """What cannot be left out of the object at this path without its being another answer."""
    if not path:
        return ["request_id", "persons"]
    if len(path) == 1:
        return list(record) if path == ("persons",) else []
    return ["type", *REGISTRIES[registry].records[record["type"]].must]


def cannot_be(registry, path, record, key):
    """Values this member cannot have; none where any would be another right answer."""
    if not path or len(path) == 1:
        return [value for value in WRONG if value not in (record[key], [] if path else None)]
    test = next(
        (t for name, t, _needed in REGISTRIES[registry].records[record["type"]].fields if name == key),
        lambda _value: False,
    )
    return [value for value in WRONG if not test(value)]


@dataclass
class Sent:
    """What is sent in place of a right answer: the answer as it was, the object in it that is tampered with, and the
    rest of the message.
    """

    registry: str
    answer: dict
    path: tuple
    status: int = 200
    headers: dict = field(default_factory=dict)
    twice: str = ""
    end: str | int = ""

    @property
    def target(self):
        return at(self.answer, self.path)

    @property
    def raw(self) -> bytes:
        body = json.dumps(self.answer, ensure_ascii=False).replace('"\\u0000"', json.dumps(self.twice))
        return (body[: int(self.end * len(body))] if isinstance(self.end, float) else body + self.end).encode()


def add(draw, sent):
    agreed = REGISTRIES[sent.registry].records[sent.target["type"]].names if len(sent.path) > 1 else set()
    name = draw(
        NAMES.filter(
            lambda name: name not in sent.target and name not in agreed and (sent.path or name != "enterprises")
        )
    )
    sent.target[name] = draw(st.sampled_from([*WRONG, None]))


def drop(draw, sent):
    needed = required(sent.registry, sent.path, sent.target)
    if needed:
        del sent.target[draw(st.sampled_from(needed))]
    else:
        append(draw, sent)


def rename(draw, sent):
    if not sent.target:
        return append(draw, sent)
    key = draw(st.sampled_from(sorted(sent.target)))
    sent.target[draw(st.sampled_from([f"{key}_", f"{key.upper()}X"]))] = sent.target.pop(key)
    return None


def change(draw, sent):
    if not sent.target:
        return append(draw, sent)
    key = draw(st.sampled_from(sorted(sent.target)))
    sent.target[key] = draw(st.sampled_from(cannot_be(sent.registry, sent.path, sent.target, key)))
    return None


def repeat(draw, sent):
    if not sent.target:
        return append(draw, sent)
    sent.twice = draw(st.sampled_from(sorted(sent.target)))
    sent.target["\0"] = draw(st.sampled_from([sent.target[sent.twice], None, []]))
    return None


def cut(draw, sent):
    sent.end = draw(st.floats(0, 0.99))


def append(draw, sent):
    sent.end = draw(st.sampled_from(["}", "{}", ",", "null", "\0", "<p>"]))


def mark(draw, sent):
    sent.headers = draw(st.sampled_from([{"Content-Range": "items 0-1/2"}, {"Link": "<x>; rel=next"}]))


def state(draw, sent):
    sent.status = draw(st.sampled_from([201, 202, 203, 204, 206, 301, 404, 500]))


@st.composite
def mutated(draw):
    """A right answer of one registry about one person, and what is no right answer any more."""
    registry = draw(st.sampled_from(sorted(WORDS)))
    known = [{k: v for k, v in r.items() if v is not None} for r in draw(st.lists(WORDS[registry], max_size=3))]
    known = [r for r in known if REGISTRIES[registry].records[r["type"]].must.keys() <= r.keys()]
    answer = {"request_id": "q1", "persons": {BATOR.key: [dict(r) for r in known]}, "enterprises": {}}
    sent = Sent(registry, answer, draw(st.sampled_from(list(places(answer)))))
    draw(st.sampled_from([add, drop, rename, change, repeat, cut, append, mark, state]))(draw, sent)
    return known, sent


def as_judged(category, registry, records):
    case = facts(
        category,
        {"employment": [{"type": "job_seeking", "registered_on": "2020-06-01"}]},
        employer_uscc=MACHINE_WORKS.key,
    )
    if records is None:
        return judged(replace(case, unavailable=frozenset({registry})))
    return judged(replace(case, records={**case.records, registry: records}))


@settings(
    max_examples=1500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(mutated(), st.sampled_from([*UNEMPLOYED, *UNEMPLOYED, *CODES]))
def test_no_mutation_of_a_right_answer_turns_an_open_or_failed_check_into_a_pass(mutation, category):
    known, sent = mutation
    registry = sent.registry
    right = read({"request_id": "q1", "persons": {BATOR.key: known}, "enterprises": {}}, registry=registry).records[
        BATOR
    ]
    assert not any("malformed" in record for record in right)
    before = as_judged(category, registry, records_of(registry, right))
    try:
        found = read(sent.raw, status=sent.status, headers=sent.headers, registry=registry)
    except Nonsense:
        records = None
    else:
        records = records_of(registry, found.records[BATOR])
        assert any(record.malformed for record in records), "what is no right answer is seen to be none"
    after = as_judged(category, registry, records)
    assert of(after, "pass") <= of(before, "pass")
    assert of(after, "fail") <= of(before, "fail"), "nor does it turn one into a fail"
