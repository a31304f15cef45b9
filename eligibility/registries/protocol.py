"""What is asked of a registry and what may come back: an answer, no answer, or «busy, later» (R-ELG-1).

No answer is never read as «nothing known»: only `Answer.records` may be judged, everything else leaves the check open.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any, Literal, Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eligibility.enums import Mode

__all__ = [
    "SAYS_WHAT",
    "SPOILT_BY_ONE",
    "WORTH_A_SECOND_TRY",
    "Adapter",
    "Answer",
    "BatchOutcome",
    "Busy",
    "Mode",
    "NoAnswer",
    "Record",
    "Result",
    "Silence",
    "Subject",
]

Record = dict[str, Any]


class Silence(TextChoices):
    """Why there is no answer, in words an officer can pass on."""

    TIMEOUT = "timeout", _("规定时间内没有应答")
    UNREACHABLE = "unreachable", _("连接不上对方系统")
    CUT_OFF = "cut_off", _("应答中途断开")
    OUT_OF_SERVICE = "out_of_service", _("对方系统暂停服务")
    FAULT = "fault", _("对方系统内部错误")
    REFUSED = "refused", _("对方系统不认可本系统的签名")
    REJECTED = "rejected", _("对方系统不接受这次询问")
    NOT_DATA = "not_data", _("返回的是网页，不是数据")
    BROKEN = "broken", _("返回的数据不完整或无法识别")
    NOT_OURS = "not_ours", _("应答与询问对不上")
    LEFT_OUT = "left_out", _("应答中漏了询问的对象")
    TOO_MANY = "too_many", _("应答中有没有询问的对象")
    TWICE = "twice", _("应答中同一对象或项目出现两次")
    FAILED = "failed", _("对方系统声明查询失败")
    PART = "part", _("应答只是一部分")
    UNAGREED = "unagreed", _("应答带有约定以外的内容")
    PAUSED = "paused", _("此前连续没有应答，已暂停询问")
    FILE = "file", _("改用文件交换，等待回传")
    ASSISTED = "assisted", _("改用协查，等待部门答复")
    NOT_CONNECTED = "not_connected", _("未联网，不比对")
    NO_COUNTER = "no_counter", _("本系统的限流计数不可用，未发出询问")


# A second try at once may help with these; with the others it would only add load.
WORTH_A_SECOND_TRY = frozenset(
    {
        Silence.UNREACHABLE,
        Silence.CUT_OFF,
        Silence.OUT_OF_SERVICE,
        Silence.FAULT,
        Silence.NOT_DATA,
        Silence.BROKEN,
        Silence.NOT_OURS,
        Silence.FAILED,
        Silence.LEFT_OUT,
    }
)
# One subject may be what spoils the answer for the others: they are asked again in halves, so that it alone stays open.
SPOILT_BY_ONE = frozenset({Silence.LEFT_OUT, Silence.PART, Silence.TOO_MANY, Silence.TWICE})
# With these the reader is told what was wrong in the other side's words; with the others the reason says all.
SAYS_WHAT = frozenset(
    {Silence.FAILED, Silence.PART, Silence.UNAGREED, Silence.LEFT_OUT, Silence.TOO_MANY, Silence.TWICE}
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A person by citizen number or an enterprise by unified social credit code."""

    kind: Literal["person", "enterprise"]
    key: str
    name: str = field(default="", compare=False)

    def __hash__(self) -> int:
        return hash(self.key)  # the generated one hashes a tuple each time, which shows with 40,000 of them


@dataclass(frozen=True, slots=True)
class Answer:
    """What the registry knows, reduced to the facts a check needs (R-ELG-7); an empty tuple is «nothing known»."""

    records: Mapping[Subject, tuple[Record, ...]]

    def malformed(self) -> list[Record]:
        """The records of an unknown type or with values that cannot be; kept as evidence, never judged."""
        return [record for rows in self.records.values() for record in rows if "malformed" in record]


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The registry has not answered; the check stays open. `detail`: what was wrong, as the other side put it, in
    nobody's language.
    """

    reason: Silence
    detail: str = ""

    @property
    def words(self) -> str:
        """The reason as a phrase in the reader's language."""
        return str(Silence(self.reason).label)


@dataclass(frozen=True, slots=True)
class Busy:
    """The registry is there but wants to be asked again later, in `retry_after` seconds."""

    retry_after: float

    @property
    def words(self) -> str:
        """The same as a phrase in the reader's language."""
        return gettext("对方系统限流，%(seconds)d 秒后再问") % {"seconds": ceil(self.retry_after)}


Result = Answer | NoAnswer | Busy


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of one batch: at most 100 subjects, when it was asked (UTC), how long the last call took."""

    registry: str
    subjects: tuple[Subject, ...]
    result: Result
    asked_at: datetime
    ms: float | None = None
    attempts: int = 0

    @property
    def is_spoilt(self) -> bool:
        """No answer, perhaps because of one of the subjects only."""
        return isinstance(self.result, NoAnswer) and self.result.reason in SPOILT_BY_ONE

    def each(self) -> Iterator[tuple[Subject, tuple[Record, ...] | NoAnswer | Busy]]:
        """Every subject with its records, or with the reason why there are none."""
        if not isinstance(self.result, Answer):
            yield from ((subject, self.result) for subject in self.subjects)
            return
        left_out = NoAnswer(Silence.LEFT_OUT)
        for subject in self.subjects:
            yield subject, self.result.records.get(subject, left_out)


class Adapter(Protocol):
    """One outside system: takes at most 100 subjects and never raises for what the other side does."""

    async def ask(self, subjects: tuple[Subject, ...], purpose: str) -> Result: ...
