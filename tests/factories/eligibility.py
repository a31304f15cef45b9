"""Simulated registries in a thread of their own over real HTTP, and made-up people they know (no randomness)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count

import pytest

from eligibility.domain.people import person_for
from eligibility.models import Person
from kit.ids import citizen_number_from
from registry_simulator.app import create_app
from registry_simulator.client import Control
from registry_simulator.server import Server

KEY_ID, SECRET, TOKEN = "tests", "tests-secret", "tests-token"
_sequence = count(1)
_prefix = count(1)


@contextmanager
def simulator() -> Iterator[str]:
    """The simulated registry service on a free port; gives its address."""
    server = Server("127.0.0.1", 0, create_app(keys={KEY_ID: SECRET}, control_token=TOKEN, built_in=False))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def registries(settings, request) -> Iterator[Control]:
    """The control door of registries nobody else uses; the portal's settings point at them."""
    with simulator() as url:
        settings.REGISTRY_URL = url
        settings.REGISTRY_KEY_ID, settings.REGISTRY_SECRET = KEY_ID, SECRET
        settings.REGISTRY_KEY_PREFIX = f"{request.node.nodeid}:{next(_prefix)}:{url}"
        settings.REGISTRY_LIMITS = {}
        yield Control(url, TOKEN)


def number(birth: date = date(1990, 5, 1), division: str = "150102") -> str:
    """A citizen number nobody has yet."""
    n = next(_sequence)
    return citizen_number_from(division, date(birth.year, birth.month, 1 + n // 1000 % 28), n % 1000)


def person(name: str = "乌云", **fields: date) -> Person:
    return person_for(number(**fields), name)


def job_seeker(who: Person, since: str = "2020-06-01") -> dict[str, object]:
    """What the registries know of somebody out of work and looking for it."""
    records = [
        {"type": "person", "name": who.name, "household": "urban"},
        {"type": "job_seeking", "registered_on": since},
    ]
    return {"id_number": who.number, "records": {"employment": records}}


def insured(who: Person, uscc: str, since: str = "2020-01-01") -> dict[str, object]:
    """The same, but insured as an employee: not out of work."""
    known = job_seeker(who)
    insured = {"type": "employee_insurance", "uscc": uscc, "from": since}
    known["records"]["social_security"] = [insured]  # type: ignore[index]
    return known


def employee(who: Person, uscc: str, since: str = "2019-01-01") -> dict[str, object]:
    """What the registries know of a worker in contract and registered."""
    return {
        "id_number": who.number,
        "records": {
            "employment": [
                {"type": "person", "name": who.name, "household": "urban"},
                {"type": "unit_employment", "uscc": uscc, "from": since},
            ],
            "labour_contract": [{"type": "contract", "uscc": uscc, "signed_on": since, "from": since}],
        },
    }


def enterprise(
    uscc: str, entity_type: str = "legal_person", division: str = "150102", status: str = "active"
) -> dict[str, object]:
    return {
        "uscc": uscc,
        "name": "示范企业",
        "records": {
            "business": [
                {
                    "type": "enterprise",
                    "name": "示范企业",
                    "entity_type": entity_type,
                    "division": division,
                    "status": status,
                    "established_on": "2010-01-01",
                }
            ],
            "social_security": [{"type": "insured_unit", "from": "2010-03-01"}],
        },
    }
