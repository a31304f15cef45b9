"""The health page's sentences: who answers, how fast, since when not, how many wait (R-ELG-1)."""

from django.utils import translation

from eligibility.registries.health import forget_odd_records, health, record_health
from eligibility.registries.protocol import Answer, Busy, Mode, NoAnswer, Silence
from tests.registries.situations import BATOR


def line(code, **options):
    return next(row for row in health(**options) if row.code == code)


def test_before_the_first_question_nothing_is_claimed():
    assert [row.answering for row in health()] == [None] * 8
    assert line("business").sentence == "尚未询问过"


def test_a_registry_that_answers_shows_how_fast(door, ask):
    ask({"employment": [BATOR]})
    row = line("employment")
    assert row.answering is True
    assert row.median_ms >= 5
    assert row.sentence == f"应答正常，通常 {row.median_ms} 毫秒"


def test_the_median_is_taken_of_the_answers(door):
    for ms in (40.2, 900, 60):
        record_health("graduates", Answer({}), ms)
    record_health("graduates", NoAnswer(Silence.TIMEOUT), 10_000)
    assert line("graduates").median_ms == 60


def test_a_registry_that_is_down_shows_since_when_why_and_who_waits(door, ask, settings):
    settings.REGISTRY_LIMITS = {"business": {"failures": 3, "pause": 60}}
    ask({"business": [BATOR]})
    answering = line("business").since
    door.behave("business", "down")
    ask({"business": [BATOR]})
    first = line("business", waiting={"business": 23})
    record_health("business", NoAnswer(Silence.TIMEOUT), 1)
    assert first.answering is False
    assert first.since > answering
    assert line("business").since == first.since
    assert first.paused_until is not None
    assert "起没有应答（对方系统暂停服务）" in first.sentence
    assert first.sentence.endswith("；23 人待核")


def test_a_registry_that_says_later_is_there_but_not_asked_for_now(door, ask):
    door.behave("poverty", "rate_limited", per_second=0, retry_after=90)
    (outcome,) = ask({"poverty": [BATOR]}, patience=0.1)
    row = line("poverty")
    assert isinstance(outcome.result, Busy)
    assert row.answering is True
    assert row.paused_until is not None
    assert row.sentence.startswith("已接通，要求稍后再问；")


def test_odd_records_are_reported_until_somebody_has_looked(door, ask):
    door.behave("population", "malformed")
    ask({"population": [BATOR]})
    row = line("population")
    assert (row.odd_records, row.odd_example) == (2, "death: on")
    assert row.sentence.endswith("有 2 条记录内容异常，已留存未采用；例如死亡：日期")
    forget_odd_records("population")
    assert line("population").odd_records == 0


def test_a_registry_that_says_half_of_it_or_that_it_failed_is_told_in_words(door, ask):
    door.behave("social_security", "failed")
    ask({"social_security": [BATOR]})
    assert line("social_security").sentence.endswith("起没有应答（对方系统声明查询失败：500 查询超时）")
    door.behave("social_security", "part")
    ask({"social_security": [BATOR]})
    assert line("social_security").sentence.endswith("起没有应答（应答只是一部分：has_more, page）")
    door.behave("business", "unagreed")
    ask({"business": [BATOR]})
    with translation.override("en"):
        assert line("business").sentence.endswith("(the answer holds what was not agreed: version)")
    door.reset()
    ask({"social_security": [BATOR]})
    assert line("social_security").sentence.startswith("应答正常")


def test_a_record_of_a_kind_nobody_agreed_on_is_an_odd_one(door, ask):
    door.add_records("poverty", BATOR.key, [{"type": "favourite_colour", "since": "2020-01-01"}])
    ask({"poverty": [BATOR]})
    assert line("poverty").sentence.endswith("例如“favourite_colour”不是约定的记录类型")


def test_a_registry_not_connected_says_how_it_is_asked_instead():
    row = line("graduates", modes={"graduates": "file"})
    assert row.mode == Mode.FILE
    assert row.sentence == "未联网，文件交换办理"
    assert line("population", modes={"population": "none"}).sentence == "未联网，不比对"


def test_names_follow_the_readers_language():
    assert line("graduates").name == "学信网"
    with translation.override("en"):
        assert line("graduates").name.startswith("Higher education")
