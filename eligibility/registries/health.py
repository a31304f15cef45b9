"""Who answers, how fast, since when not, how many wait: the registries' health in business words (R-ELG-1)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext
from redis.exceptions import RedisError

from eligibility.registries import labels, store
from eligibility.registries.catalogue import REGISTRIES
from eligibility.registries.protocol import SAYS_WHAT, SPOILT_BY_ONE, Busy, Mode, NoAnswer, Result, Silence
from kit.languages import language

APART = "|"  # between the code of a silence and what the other side said

NOTE = store.lua("health", "clock", "note")


def noted(result: Result) -> tuple[str, str, int, str]:
    """What a result means for the counters: outcome, reason, number of odd records, an example of them."""
    if isinstance(result, Busy):
        return "busy", "", 0, ""
    if isinstance(result, NoAnswer):
        return "spoilt" if result.reason in SPOILT_BY_ONE else "silence", _reason(result), 0, ""
    odd = result.malformed()
    return "answer", "", len(odd), f"{odd[0]['type']}: {odd[0]['problem']}" if odd else ""


def _reason(result: NoAnswer) -> str:
    return f"{result.reason}{APART}{result.detail}" if result.reason in SAYS_WHAT else str(result.reason)


def record_apart(registry: str, result: NoAnswer) -> None:
    """Note that a subject was asked about alone and not answered either, while others were; which one is nobody's
    business here.
    """
    with suppress(RedisError):
        found = {"apart": _reason(result), "apart_at": round(1000 * datetime.now(UTC).timestamp())}
        store.client().hset(store.key(registry, "health"), mapping=found)


def record_health(registry: str, outcome: Result, ms: float) -> None:
    """Note one call to a registry that did not go through the gate (a file exchange, a test call)."""
    word, reason, odd, example = noted(outcome)
    store.script(store.client(), NOTE)(
        keys=store.keys(registry, "health", "times"), args=[word, reason, round(ms), odd, example]
    )


def forget_odd_records(registry: str) -> None:
    """Start counting odd records anew, once somebody has looked into them."""
    store.client().hdel(store.key(registry, "health"), "odd", "odd_last")


@dataclass(frozen=True)
class RegistryHealth:
    """One line of the health page; `answering` is None while a registry has not been asked yet."""

    code: str
    name: str
    mode: Mode
    answering: bool | None
    since: datetime | None
    last_asked: datetime | None
    median_ms: int | None
    reason: str
    detail: str
    paused_until: datetime | None
    waiting: int
    odd_records: int
    odd_example: str
    apart: str = ""
    apart_at: datetime | None = None

    @property
    def sentence(self) -> str:
        """The line as a sentence: who answers, how fast, since when not, how many wait."""
        parts = [self._state()]
        if self.paused_until:
            parts.append(gettext("%(time)s 前暂不询问") % {"time": moment(self.paused_until)})
        if self.waiting:
            parts.append(ngettext("%(count)d 人待核", "%(count)d 人待核", self.waiting) % {"count": self.waiting})
        if self.waiting and self.apart:
            parts.append(
                gettext("%(time)s 单独询问后仍有对象没有应答（%(reason)s）")
                % {
                    "time": moment(self.apart_at),
                    "reason": self.apart,
                }
            )
        if self.odd_records:
            parts.append(gettext("有 %(count)d 条记录内容异常，已留存未采用") % {"count": self.odd_records})
            parts.extend(
                [gettext("例如%(example)s") % {"example": labels.fault(self.odd_example)}] if self.odd_example else []
            )
        return gettext("；").join(parts)

    def _state(self) -> str:
        if self.mode == Mode.NONE:
            return gettext("未联网，不比对")
        if self.mode != Mode.ONLINE:
            return gettext("未联网，%(mode)s办理") % {"mode": self.mode.label}
        if self.answering is None:
            return gettext("尚未询问过")
        if self.answering and self.median_ms is not None:
            return gettext("应答正常，通常 %(ms)d 毫秒") % {"ms": self.median_ms}
        if self.answering:
            return gettext("已接通，要求稍后再问")
        reason = with_detail(self.reason, self.detail)
        return gettext("自 %(time)s 起没有应答（%(reason)s）") % {"time": moment(self.since), "reason": reason}


def with_detail(reason: str, detail: str) -> str:
    return gettext("%(reason)s：%(detail)s") % {"reason": reason, "detail": detail} if detail else reason


def moment(when: datetime | None) -> str:
    """A moment in the reader's words, local time."""
    return formats.date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT") if when else ""


def health(*, modes: Mapping[str, str] | None = None, waiting: Mapping[str, int] | None = None) -> list[RegistryHealth]:
    """The health of all registries; `waiting` says how many people wait for each (the caller counts them)."""
    pipe = store.client().pipeline(transaction=False)
    for code in REGISTRIES:
        pipe.hgetall(store.key(code, "health"))
        pipe.lrange(store.key(code, "times"), 0, -1)
        pipe.hget(store.key(code, "breaker"), "open_until")
        pipe.get(store.key(code, "not_before"))
    found = pipe.execute()
    rows = [found[start : start + 4] for start in range(0, len(found), 4)]
    return [
        _line(code, *row, mode=Mode((modes or {}).get(code, Mode.ONLINE)), waiting=(waiting or {}).get(code, 0))
        for code, row in zip(REGISTRIES, rows, strict=True)
    ]


def _line(
    code: str, seen: dict[str, str], times: list[str], open_until: Any, not_before: Any, *, mode: Mode, waiting: int
) -> RegistryHealth:
    registry = REGISTRIES[code]
    pauses = [when for when in (_when(open_until), _when(not_before)) if when and when > datetime.now(UTC)]
    reason, detail = _read(seen.get("reason", ""))
    chinese = language() == "zh"
    return RegistryHealth(
        code=code,
        name=registry.name_zh if chinese else registry.name_en,
        mode=mode,
        answering=None if "answering" not in seen else seen["answering"] == "1",
        since=_when(seen.get("since")),
        last_asked=_when(seen.get("last")),
        median_ms=round(median(int(ms) for ms in times)) if times else None,
        reason=reason,
        detail=detail,
        paused_until=max(pauses, default=None),
        waiting=waiting,
        odd_records=int(seen.get("odd", 0)),
        odd_example=seen.get("odd_last", ""),
        apart=with_detail(*_read(seen.get("apart", ""))),
        apart_at=_when(seen.get("apart_at")),
    )


def _read(kept: str) -> tuple[str, str]:
    """A kept reason in the reader's language, and what the other side said."""
    reason, _apart, detail = kept.partition(APART)
    return str(Silence(reason).label) if reason else "", detail


def _when(milliseconds: str | None) -> datetime | None:
    return datetime.fromtimestamp(float(milliseconds) / 1000, UTC) if milliseconds else None
