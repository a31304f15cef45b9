"""What the registries answer, record by record; an answer that is nonsense is kept as evidence and decides
nothing (R-ELG-1, R-ELG-7).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from eligibility.engine.dates import holds_on, parse_day
from eligibility.engine.text import Text
from kit.identity import fold_code

REGISTRIES: dict[str, Text] = {
    "employment": Text("劳动就业核心业务经办子系统", "the employment service system"),
    "business": Text("工商信息系统", "the business registry"),
    "social_security": Text("社保系统", "the social security system"),
    "labour_contract": Text("劳动用工备案系统", "the labour contract registry"),
    "graduates": Text("学信网", "the graduates' registry (学信网)"),
    "poverty": Text("扶贫信息系统", "the poverty alleviation registry"),
    "certificates": Text("技能人才证书查询系统", "the certificate registry"),
    "population": Text("人口信息系统", "the population registry"),
}

# type -> fields; «!» must be there. day: ISO date, flag: true or false, count: whole number from 0, code: credit code,
# text: words. The first day named is when the fact begins, a field `to` or `cancelled_on` when it ends.
_PERSON = {"name": "text", "household": "text"}
TYPES: dict[str, dict[str, dict[str, str]]] = {
    "employment": {
        "job_seeking": {"registered_on": "day!", "cancelled_on": "day"},
        "unemployment": {"registered_on": "day!", "cancelled_on": "day", "division": "text"},
        "hardship": {"from": "day!", "to": "day"},
        "zero_employment_family": {"from": "day!", "to": "day"},
        "capacity_reduction": {"laid_off_on": "day!"},
        "unit_employment": {"uscc": "code!", "from": "day!", "to": "day"},
        "labour_resource": {"registered_on": "day!", "transfer_wish": "flag", "training_wish": "flag"},
        "transfer_employment": {"agency": "text!", "from": "day!", "to": "day"},
        "return_home": {"agency": "text!", "registered_on": "day!"},
        "residence": {"division": "text!", "urban": "flag!", "since": "day!"},
    },
    "business": {
        "post": {"uscc": "code", "role": "text!", "from": "day!", "to": "day", "status": "text"},
        "enterprise": {
            "uscc": "code",
            "name": "text",
            "entity_type": "text!",
            "division": "text!",
            "status": "text!",
            "established_on": "day",
        },
    },
    "social_security": {
        "employee_insurance": {"uscc": "code", "from": "day!", "to": "day"},
        "employee_pension": {"months_paid": "count!", "drawing_since": "day"},
        "post_kind": {"kind": "text!"},
        "insured_unit": {"from": "day!", "to": "day"},
    },
    "labour_contract": {
        "contract": {"uscc": "code!", "signed_on": "day", "from": "day!", "to": "day", "occupation": "text"},
        "dispatch": {"agency_uscc": "code", "host_uscc": "code!", "from": "day!", "to": "day"},
    },
    "graduates": {"degree": {"school": "text", "level": "text", "graduated_on": "day!"}},
    "poverty": {
        "poor_labourer": {"from": "day!", "to": "day"},
        "poor_family_child": {"from": "day!", "to": "day"},
    },
    "certificates": {
        "certificate": {
            "number": "text",
            "kind": "text",
            "occupation": "text",
            "level": "text",
            "issued_on": "day!",
            "issuer": "text",
        }
    },
    "population": {"death": {"on": "day!"}, "imprisonment": {"from": "day!", "to": "day"}},
}
STARTS = ("from", "registered_on", "laid_off_on", "since", "graduated_on", "established_on", "issued_on", "on")
ENDS = ("to", "cancelled_on")
MALFORMED = "malformed"
KEPT_OF_NONSENSE = 80

Value = date | str | bool | int


class RecordError(ValueError):
    """An answer nobody can read: the registry, the record's type, the field, and why; `reason` is a stable code."""

    def __init__(self, registry: str, record_type: str, name: str, reason: str, value: object = None) -> None:
        super().__init__(f"{registry}.{record_type}.{name}: {reason}")
        self.registry, self.type, self.field, self.reason = registry, record_type, name, reason
        self.value = repr(value)[:KEPT_OF_NONSENSE]


@dataclass(frozen=True)
class Record:
    """One fact a registry knows about one subject, with its dates. A malformed one has type `malformed` and
    decides nothing.
    """

    registry: str
    type: str
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def malformed(self) -> bool:
        return self.type == MALFORMED

    @property
    def start(self) -> date | None:
        """The first day of the fact, None for a fact without dates (a name, a kind of post)."""
        return self._first(_BEGINS.get((self.registry, self.type), STARTS))

    @property
    def end(self) -> date | None:
        """The first day on which the fact no longer holds; None: still running."""
        return self._first(_ENDS.get((self.registry, self.type), ENDS))

    def _first(self, names: Iterable[str]) -> date | None:
        for name in names:
            if isinstance(value := self.values.get(name), date):
                return value
        return None

    def is_fact_on(self, day: date) -> bool:
        """Whether it has begun by `day`; before that it is no fact yet (R-ELG-3). A contract is one from its signing,
        so that a renewal signed ahead is seen; whether it runs yet is its own start's to say.
        """
        begun = self.values.get("signed_on") or self.values.get(_OPENS.get((self.registry, self.type), ""))
        return not isinstance(begun, date) or begun <= day

    def running(self, day: date) -> bool:
        """Whether the fact holds on `day`: `start <= day < end` (R-ELG-3)."""
        return holds_on(self.start, self.end, day)

    def day(self, name: str) -> date | None:
        value = self.values.get(name)
        return value if isinstance(value, date) else None

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        return self.values.get(name) is True

    def count(self, name: str) -> int:
        value = self.values.get(name)
        return value if isinstance(value, int) else 0

    def evidence(self) -> dict[str, Any]:
        """The record's key facts as plain JSON."""
        facts = {name: v.isoformat() if isinstance(v, date) else v for name, v in self.values.items()}
        return {"registry": self.registry, "type": self.type, **facts}

    @property
    def order(self) -> tuple[str, ...]:
        """A fixed order, so that the order in which a registry answers changes nothing."""
        return (str(self.start or ""), self.type, *(f"{name}={self.values[name]}" for name in sorted(self.values)))


def parse_record(registry: str, raw: object) -> Record:
    """The record behind one item of a registry's answer; RecordError for an unknown type, a missing field, a
    date that is no date.
    """
    if not isinstance(raw, Mapping):
        raise RecordError(registry, "", "type", "not_an_object", raw)
    kind = raw.get("type")
    shape = _shape(registry, kind)
    if shape is None:
        raise RecordError(registry, str(kind)[:KEPT_OF_NONSENSE], "type", "unknown_type", kind)
    values: dict[str, Value] = {}
    for name, rule, read, needed in shape:
        item = raw.get(name)
        if item is None or item == "":
            if needed:
                raise RecordError(registry, str(kind), name, "missing")
            continue
        try:
            values[name] = read(item)
        except (ValueError, OverflowError) as error:
            raise RecordError(registry, str(kind), name, f"not_a_{rule}", item) from error
    record = Record(registry, str(kind), values)
    if record.start and record.end and record.end < record.start:
        raise RecordError(registry, record.type, "to", "ends_before_it_begins", record.end.isoformat())
    return record


def read_answer(registry: str, raws: object) -> tuple[Record, ...]:
    """All records of an answer; an unreadable one becomes a `malformed` record, which opens every check that
    asks this registry.
    """
    if not isinstance(raws, Sequence) or isinstance(raws, str | bytes):
        return (_malformed(RecordError(registry, "", "", "not_a_list", raws)),)
    return tuple(_read(registry, raw) for raw in raws)


def _read(registry: str, raw: object) -> Record:
    try:
        return parse_record(registry, raw)
    except RecordError as error:
        return _malformed(error)


def _malformed(error: RecordError) -> Record:
    values: dict[str, Value] = {
        "of_type": error.type,
        "field": error.field,
        "reason": error.reason,
        "value": error.value,
    }
    return Record(error.registry, MALFORMED, values)


def _shape(registry: str, kind: object) -> tuple[tuple[str, str, Any, bool], ...] | None:
    """The fields of a record type: name, rule, how it is read, whether it must be there."""
    return _SHAPES.get((registry, kind)) if isinstance(kind, str) else None


def _text(item: object) -> str:
    if isinstance(item, bool) or not isinstance(item, str | int):
        raise ValueError(item)
    return str(item)


def _code(item: object) -> str:
    if not isinstance(item, str):
        raise ValueError(item)
    return fold_code(item)


def _flag(item: object) -> bool:
    if not isinstance(item, bool):
        raise ValueError(item)
    return item


def _count(item: object) -> int:
    if isinstance(item, bool) or not isinstance(item, int) or item < 0:
        raise ValueError(item)
    return item


_READERS: dict[str, Any] = {"day": parse_day, "text": _text, "code": _code, "flag": _flag, "count": _count}
# Any registry may say under which name it knows the number.
_KNOWN = {
    (registry, kind): shape for registry, types in TYPES.items() for kind, shape in {**types, "person": _PERSON}.items()
}
_SHAPES = {
    key: tuple((name, rule.rstrip("!"), _READERS[rule.rstrip("!")], rule.endswith("!")) for name, rule in shape.items())
    for key, shape in _KNOWN.items()
}
_BEGINS = {key: tuple(name for name in STARTS if name in shape) for key, shape in _KNOWN.items()}
# The day an enterprise was founded is told of it and is not its beginning as a record.
_OPENS = {
    key: next((name for name in STARTS if name in shape and name != "established_on"), "")
    for key, shape in _KNOWN.items()
}
_ENDS = {key: tuple(name for name in ENDS if name in shape) for key, shape in _KNOWN.items()}
