"""The whole demo in a copy of the checkout: it answers, it survives kill -9 of everything, it leaves no process."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from devtools.processes import alive, wait_until
from registry_simulator.client import ControlDoor
from tests.stack import NEEDS_A_STACK, READY, Demo, copied_checkout

pytestmark = NEEDS_A_STACK


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    with copied_checkout(tmp_path) as copy:
        yield copy


def business_registry_told_to_be_down(told: str) -> str:
    """Use the control door just as the demo's start prints it; gives how the registry says it behaves then."""
    found = re.search(r"(http://127\.0\.0\.1:\d+)/control\s.*token (\S+)", told)
    assert found, told
    door = ControlDoor(*found.groups())
    door.behave("business", "down")
    return str(door.states()["business"]["mode"])


def test_the_demo_answers_survives_kill_9_and_stops_cleanly(checkout: Path) -> None:
    first = Demo(checkout)
    assert READY in first.told, first.told
    assert "· demo data" in first.told
    assert f"http://127.0.0.1:{first.port}/" in first.told
    assert first.answers() == 200
    assert business_registry_told_to_be_down(first.told) == "down"
    family = first.family()
    assert len(family) > 8
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    first.process.communicate(timeout=30)
    assert wait_until(lambda: not any(alive(pid) for pid in family), 20)

    second = Demo(checkout)
    try:
        assert READY in second.told, second.told
        assert "· demo data" not in second.told
        assert "· database schema" not in second.told
        assert second.answers() == 200
        family = second.family()
    finally:
        code, told = second.end(signal.SIGTERM)
    assert code == 0, told
    assert [pid for pid in family if alive(pid)] == []
