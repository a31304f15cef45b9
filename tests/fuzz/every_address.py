"""Nonsense for every parameter of every page and operation, asked by every account of the demo: nothing may be an error
of ours.

Not part of the suite (its name is not collected): `./dev test -s tests/fuzz/every_address.py`. At least 20,000 calls,
fewer with FANBU_FUZZ_CALLS; FANBU_FUZZ_PART=1/2 asks as every other account, so that two checkouts share the work. It
prints how many calls there were and how they were answered. What is posted may change the demo's data on the way, as it
may in life: only an answer of 500 and more (but 507) is a fault, told with the line of ours it came through.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from accounts.models import Membership, User
from tests.kit.files import JPEG, PDF, sheet_of

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
LEAST = int(os.environ.get("FANBU_FUZZ_CALLS", "20000"))
PART, PARTS = map(int, os.environ.get("FANBU_FUZZ_PART", "1/1").split("/"))
NUMBERS = (
    "1",
    "2",
    "7",
    "0",
    "999999",
    "9223372036854775807",
    "9223372036854775808",
    "12345678901234567890",
    "9" * 4400,
    "²",
    "٣",
    "-1",
)
WORDS = (
    "1e9",
    "1e999",
    "NaN",
    "1" * 4400,
    "1.005",
    "%00",
    "\x00",
    "'",
    '"><b>',
    "../../etc",
    "字" * 5000,
    "2026-02-31",
    "0000-00-00",
    "99999-01-01",
    "9999-12-31",
    "0001-01-01",
    "2026-11-30",
    "2026-11-30~²",
    "2026-11-30~" + "9" * 20,
    "[]",
    "{}",
    "null",
    "true",
    " ",
    "\u200b",
    "\U0001f600",
    "150100",
    "opening",
    "A",
    "2026",
)
BROKEN = (
    "[" * 50_000 + "]" * 50_000,
    '{"a":' * 3_000 + "1" + "}" * 3_000,
    "1e999",
    '{"a": 1',
    "1" * 4400,
    '{"version": ' + "1" * 4400 + "}",
    "",
    "NaN",
    "\xff",
    '{"a": "\\ud800"}',
    "[]",
    "{}",
    "null",
    '"x"',
)
VALUES = (
    10**20,
    -1,
    0,
    1,
    1.5,
    True,
    None,
    [],
    [[]],
    {},
    {"a": {}},
    ["1"],
    [1, "²"],
    {"1": "present"},
    {"²": "present"},
    "\x00",
)
KINDS = (
    "opening",
    "completion",
    "subsidy",
    "registration",
    "paymentbatch",
    "correction",
    "accountchange",
    "x" * 300,
    "²",
)
SLUGS = (
    "approve",
    "submit",
    "todo",
    "done",
    "projects",
    "occupations",
    "assessments",
    "listings",
    "A",
    "zzz",
    "150100",
    "x" * 300,
)
PARAMETERS = (
    "q",
    "page",
    "per",
    "after",
    "before",
    "year",
    "month",
    "division",
    "place",
    "kind",
    "subject",
    "by",
    "row",
    "column",
    "span",
    "since",
    "until",
    "day",
    "state",
    "category",
    "person",
    "act",
    "next",
    "language",
    "fund",
    "on",
    "first_from",
    "first_to",
    "number",
    "name",
    "sort",
    "class",
    "open",
    "show",
    "table",
    "first_day",
    "to",
    "role",
    "training_type",
    "standing",
    "body",
    "axis",
    "form",
    "measure",
    "cell",
)
FIELDS = (
    "reason",
    "reason_choice",
    "note",
    "version",
    "expected_version",
    "name",
    "number",
    "first_day",
    "last_day",
    "amount",
    "year",
    "answer",
    "letter",
    "day",
    "bank_reference",
    "text",
    "purpose",
    "row",
    "item",
    "case",
    "confirmed",
    "confirm",
    "slot",
    "drop",
    "subsidy",
    "enrolment",
    "kind",
    "object_id",
    "post",
    "mark-²",
    "mark-" + "9" * 4400,
    "r²-name",
    "r" + "9" * 30 + "-name",
    "next",
    "next.x",
)
FILES = (
    b"",
    b"abc",
    PDF,
    JPEG,
    JPEG[:-2],
    b"PK\x03\x04" + b"\0" * 900,
    sheet_of(["²", "9" * 4400], [None, "1e999"]),
)
PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
INPUT = re.compile(r'<(?:input|select|textarea)[^>]* name="([^"]+)"')
OPTION = re.compile(r'(?:<option|<input)[^>]* value="([^"]+)"')


@dataclass
class Door:
    """One address with what may be asked and sent there, as its page or the API's description says."""

    pattern: str
    asked: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    def learn(self, html: str) -> None:
        """The fields and choices of the page that was shown."""
        self.sent |= set(INPUT.findall(html)[:80])
        self.values |= set(OPTION.findall(html)[:40])


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)


def doors() -> list[Door]:
    found = {p: Door(p) for p in addresses(get_resolver()) if not p.startswith(("static", "media", "account/logout"))}
    schema = SchemaGenerator().get_schema(public=True)
    shapes = {name: set(shape.get("properties", ())) for name, shape in schema["components"]["schemas"].items()}
    for path, operations in schema["paths"].items():
        door = next(
            (
                door
                for door in found.values()
                if PLACE.sub("*", door.pattern) == re.sub(r"\{\w+\}", "*", path.lstrip("/"))
            ),
            None,
        )
        for operation in operations.values() if door else ():
            door.asked |= {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
            for name in re.findall(r"#/components/schemas/(\w+)", json.dumps(operation.get("requestBody", {}))):
                door.sent |= shapes[name]
    return sorted(found.values(), key=lambda door: door.pattern)


@dataclass
class Caller:
    """Somebody with nonsense to ask."""

    client: Client
    chance: random.Random
    real: list[str]

    def calls(self, door: Door) -> Iterator[tuple[str, Callable[[], Any]]]:
        for _time in range(2):
            address = self.address(door)
            yield (
                f"GET {address}",
                partial(
                    self.client.get,
                    address,
                    self.given({*self.some(PARAMETERS, 6), *door.asked}, door),
                    headers=self.headers(),
                ),
            )
        address = self.address(door)
        if not door.is_api:
            yield f"POST {address}", partial(self.client.post, address, self.form(door))
            return
        for method in self.chance.sample(("post", "put", "patch", "delete"), 2):
            yield (
                f"{method} {address}",
                partial(
                    self.client.generic,
                    method.upper(),
                    address,
                    self.body(door),
                    content_type="application/json",
                    headers=self.headers(),
                ),
            )
        yield f"POST {address} with a file", partial(self.client.post, address, self.form(door), headers=self.headers())

    def everything(self, everywhere: list[Door]) -> Iterator[tuple[Door, tuple[str, Callable[[], Any]]]]:
        return ((door, call) for door in everywhere for call in self.calls(door))

    def some(self, names: tuple[str, ...], count: int) -> list[str]:
        return self.chance.sample(names, count)

    def address(self, door: Door) -> str:
        """The address with something in each place, every other time a number of the demo's."""
        plain = door.pattern.replace("^", "").replace("$", "").replace("\\Z", "")
        return "/" + PLACE.sub(lambda place: self._in_place(place.group(1), place.group(2)), plain)

    def _in_place(self, kind: str | None, name: str) -> str:
        if name == "kind":
            return self.chance.choice(KINDS)
        if kind == "id" and self.chance.random() < 0.7:
            return self.chance.choice(self.real)
        return self.chance.choice(NUMBERS if kind == "id" else (*NUMBERS, *SLUGS))

    def value(self, door: Door) -> str:
        kind = self.chance.random()
        if kind < 0.3 and door.values:
            return self.chance.choice(sorted(door.values))
        return self.chance.choice(self.real if kind < 0.4 else (*NUMBERS, *WORDS))

    def given(self, names: set[str], door: Door) -> dict[str, Any]:
        return {name: self.value(door) for name in sorted(names)}

    def form(self, door: Door) -> dict[str, Any]:
        sent = self.given({*self.some(FIELDS, 8), *door.sent} - {"csrfmiddlewaretoken"}, door)
        if "file" in door.sent or self.chance.random() < 0.2:
            sent["file"] = SimpleUploadedFile(
                self.chance.choice(("名册.xlsx", "a.pdf", "x" * 200 + ".png", "²")), self.chance.choice(FILES)
            )
        return sent

    def body(self, door: Door) -> str:
        if self.chance.random() < 0.2:
            return self.chance.choice(BROKEN)
        names = sorted({*self.some(FIELDS, 2), *door.sent})
        return json.dumps(
            {name: self.chance.choice((self.value(door), *self.chance.sample(VALUES, 2))) for name in names}
        )

    def headers(self) -> dict[str, str]:
        numbers = ("1", "9" * 20, "9" * 4400, "x")
        return {
            "X-Membership": self.chance.choice(numbers),
            "Accept-Language": self.chance.choice(("9", "en", "zh-hans")),
            "Idempotency-Key": str(self.chance.random()),
            "If-Match": self.chance.choice(numbers),
        }


def where(fault: BaseException | None) -> str:
    """The fault and the last line of ours it came through."""
    frames = traceback.extract_tb(fault.__traceback__ if fault else None)
    ours = [
        frame for frame in frames if "site-packages" not in frame.filename and "/lib/python" not in frame.filename
    ] or frames
    return f"{type(fault).__name__} {str(fault)[:100]!r} at {ours[-1].filename}:{ours[-1].lineno}"


def membership_required() -> list[Membership | None]:
    """Nobody, and a membership of every account, one of each role first, each with its first password and its second
    factor behind it.
    """
    User.objects.update(must_change_password=False)
    memberships = list(
        Membership.objects.filter(user__is_active=True)
        .select_related("user", "organisation")
        .order_by("user", "pk")
        .distinct("user")
    )
    roles = {(membership.role, membership.organisation.kind): membership for membership in reversed(memberships)}
    return [None, *sorted(memberships, key=lambda membership: membership not in roles.values())]


def test_nonsense_is_answered_and_never_an_error_of_ours(settings, tmp_path):
    settings.MEDIA_ROOT, settings.TOTP_REQUIRED_ROLES = str(tmp_path), []
    logging.disable(logging.ERROR)
    call_command("seed", verbosity=0)
    keys = (str(pk) for model in apps.get_models() for pk in model._default_manager.values_list("pk", flat=True)[:3])
    real = sorted({key for key in keys if key.isalnum()})
    chance, answers, raised, faults = random.Random(20261130), Counter[int](), list[str](), dict[str, list[str]]()
    got_request_exception.connect(lambda **_: raised.append(where(sys.exc_info()[1])), weak=False, dispatch_uid="fuzz")
    everywhere, memberships = doors(), membership_required()[PART - 1 :: PARTS]
    while answers.total() < LEAST:
        for membership in memberships:
            client = Client(raise_request_exception=False)
            caller = Caller(client, chance, real)
            for door, (address, ask) in caller.everything(everywhere):
                if membership is not None and "_auth_user_id" not in client.session:
                    client.force_login(membership.user)
                cache.clear()
                raised.clear()
                answer = ask()
                answers[answer.status_code] += 1
                if answer.status_code >= 500 and answer.status_code != 507:
                    faults.setdefault(raised[0] if raised else f"answered {answer.status_code}", []).append(
                        f"{address[:160]} as {membership}"
                    )
                elif answer.status_code == 200 and not answer.streaming and not door.is_api:
                    door.learn(answer.content.decode(errors="replace"))
            print(f"{answers.total():,}", dict(sorted(answers.items())), flush=True)
            for fault, places in faults.items():
                print(len(places), fault, places[:2], flush=True)
            if answers.total() >= LEAST:
                break
    print(
        f"\n{answers.total():,} calls by {len(memberships)} accounts to {len(everywhere)} addresses:"
        f" {dict(sorted(answers.items()))}"
    )
    assert connection.is_usable()
    assert faults == {}
