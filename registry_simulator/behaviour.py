"""How each registry behaves at the moment, and what it was asked: both can be seen and set while it runs."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

MODES: dict[str, str] = {
    "normal": "正常",
    "slow": "缓慢",
    "down": "停机（503）",
    "drop": "停机（断开连接）",
    "rate_limited": "限流（429）",
    "error500": "内部错误（500）",
    "html": "返回网页",
    "half_json": "返回半截数据",
    "malformed": "返回错乱记录",
    "wrong_id": "答非所问",
    "missing": "漏答部分对象",
    "no_x": "总是漏答末位为X的人",
    "failed": "声明失败（200）",
    "part": "只答一部分（分页）",
    "unagreed": "约定以外的内容",
}


@dataclass
class Behaviour:
    """The settings of one registry; `latency_ms` counts in the mode slow, the last two in rate_limited only."""

    mode: str = "normal"
    latency_ms: int = 3000
    per_second: int = 10
    retry_after: int = 1

    def change(self, wanted: dict[str, Any]) -> None:
        """Take new settings; a ValueError names the one that is wrong, and nothing is changed then."""
        known = {item.name for item in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"unknown setting {name}")
            if name == "mode" and value not in MODES:
                raise ValueError(f"unknown mode {value}")
            if name != "mode" and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 600_000):
                raise ValueError(f"{name} must be a whole number from 0 to 600000")
        for name, value in wanted.items():
            setattr(self, name, value)


@dataclass
class Tally:
    """What one registry was asked since the last reset."""

    requests: int = 0
    refused: int = 0
    limited: int = 0
    answered: int = 0
    at_once: int = 0
    peak_at_once: int = 0
    peak_per_second: int = 0
    asked_subjects: Counter[str] = field(default_factory=Counter)
    answered_subjects: Counter[str] = field(default_factory=Counter)
    recent: deque[float] = field(default_factory=deque)
    passed: deque[float] = field(default_factory=deque)

    def summary(self) -> dict[str, Any]:
        """The figures without the subjects."""
        keep = ("requests", "refused", "limited", "answered", "at_once", "peak_at_once", "peak_per_second")
        figures = {name: getattr(self, name) for name in keep}
        return figures | {"subjects_asked": len(self.asked_subjects), "subjects_answered": len(self.answered_subjects)}


class RegistryState:
    """One registry's behaviour and tally, safe to use from many threads."""

    def __init__(self, clock: Callable[[], float], latency_ms: int) -> None:
        self.clock = clock
        self.usual_latency = latency_ms
        self.lock = threading.Lock()
        self.behaviour = Behaviour()
        self.tally = Tally()

    @property
    def seconds(self) -> float:
        """How long an answer takes now."""
        slow = self.behaviour.mode == "slow"
        return (self.behaviour.latency_ms if slow else self.usual_latency) / 1000

    def arrive(self, subjects: Iterable[str]) -> bool:
        """Count a request and its subjects; False when the rate limit in force turns it away."""
        now = self.clock()
        with self.lock:
            tally = self.tally
            tally.requests += 1
            tally.asked_subjects.update(subjects)
            tally.at_once += 1
            tally.peak_at_once = max(tally.peak_at_once, tally.at_once)
            tally.recent.append(now)
            _forget(tally.recent, now)
            tally.peak_per_second = max(tally.peak_per_second, len(tally.recent))
            if self.behaviour.mode != "rate_limited":
                return True
            _forget(tally.passed, now)
            if len(tally.passed) >= self.behaviour.per_second:
                tally.limited += 1
                return False
            tally.passed.append(now)
            return True

    def leave(self) -> None:
        """A request has been dealt with, however it ended."""
        with self.lock:
            self.tally.at_once -= 1

    def refuse(self) -> None:
        """A request was not let in (unsigned, replayed, stale)."""
        with self.lock:
            self.tally.refused += 1

    def answered(self, subjects: Iterable[str]) -> None:
        """These subjects got a good answer."""
        with self.lock:
            self.tally.answered += 1
            self.tally.answered_subjects.update(subjects)

    def change(self, wanted: dict[str, Any]) -> None:
        """Behave otherwise from now on."""
        with self.lock:
            self.behaviour.change(wanted)

    def reset(self) -> None:
        """Back to normal, with nothing counted."""
        with self.lock:
            self.behaviour = Behaviour()
            self.tally = Tally(at_once=self.tally.at_once)

    def state(self) -> dict[str, Any]:
        """Settings and figures as JSON-ready values."""
        with self.lock:
            return asdict(self.behaviour) | self.tally.summary()

    def counts(self, key: str) -> dict[str, int]:
        """How often a subject was asked for and answered."""
        with self.lock:
            return {"asked": self.tally.asked_subjects[key], "answered": self.tally.answered_subjects[key]}

    def subjects(self) -> dict[str, dict[str, int]]:
        """The same for every subject ever asked."""
        with self.lock:
            tally = self.tally
            answered = tally.answered_subjects
            return {key: {"asked": n, "answered": answered[key]} for key, n in tally.asked_subjects.items()}


def _forget(times: deque[float], now: float) -> None:
    while times and now - times[0] >= 1.0:
        times.popleft()
