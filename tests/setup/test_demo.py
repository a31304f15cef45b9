"""The whole demo in a copy of the checkout: it answers, it survives kill -9 of everything, it leaves no process."""

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress

from devtools.processes import alive, wait_until
from registry_simulator.client import Control
from tests.stack import NEEDS_A_STACK, READY, Demo

pytestmark = NEEDS_A_STACK
TAKE_BACK = "from django.db import connection; connection.cursor().execute('COMMENT ON DATABASE fanbu IS NULL')"


def business_registry_told_to_be_down(told: str) -> str:
    """Use the control door just as the demo's start prints it; gives how the registry says it behaves then."""
    found = re.search(r"(http://127\.0\.0\.1:\d+)/control\s.*token (\S+)", told)
    assert found, told
    door = Control(*found.groups())
    door.behave("business", "down")
    return str(door.states()["business"]["mode"])


def take_the_schema_back(demo: Demo) -> None:
    """As if an older copy of the database had been put back: the files beside it say that nothing is to be done."""
    command = [sys.executable, "dev", "manage", "shell", "-v", "0", "-c", TAKE_BACK]
    subprocess.run(command, cwd=demo.checkout, env=demo.bare, check=True, capture_output=True, timeout=90)


def test_the_demo_answers_survives_kill_9_and_stops_cleanly(first_start: Demo) -> None:
    first, checkout = first_start, first_start.checkout
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
        assert not any(word in second.told for word in ("· demo data", "· database schema", "· static files")), (
            second.told
        )
        assert second.answers() == 200
        take_the_schema_back(second)
        family = second.family()
    finally:
        code, told = second.end(signal.SIGTERM)
    assert code == 0, told
    assert [pid for pid in family if alive(pid)] == []

    third = Demo(checkout)
    try:
        assert READY in third.told, third.told
        assert third.told.index("· database schema") < third.told.index("· web"), third.told
        assert "· demo data" not in third.told
        assert third.answers() == 200
    finally:
        third.end_for_sure()
