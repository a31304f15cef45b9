"""A simulator in a process of its own, real sockets, real Redis; every test has counters of its own."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest

from eligibility.registries.ask import ask_all
from eligibility.registries.protocol import BatchOutcome, Subject
from registry_simulator.client import Control
from tests.registries.situations import KEY_ID, SECRET, TOKEN


def start_simulator(*options: str, port: int = 0) -> tuple[subprocess.Popen[str], str]:
    """Start `python -m registry_simulator` on a free port; returns the process and its address."""
    environment = os.environ | {
        "REGISTRY_KEY_ID": KEY_ID,
        "REGISTRY_SECRET": SECRET,
        "REGISTRY_CONTROL_TOKEN": TOKEN,
    }
    command = [sys.executable, "-m", "registry_simulator", "--port", str(port), "--latency", "5", *options]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    line = process.stdout.readline()
    assert "registries on" in line
    return process, line.split()[2].rstrip(",")


def stop(process: subprocess.Popen[str]) -> int:
    """SIGTERM, and wait for the end."""
    process.terminate()
    code = process.wait(timeout=10)
    assert process.stdout
    process.stdout.close()
    return code


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    process, url = start_simulator()
    yield url
    stop(process)


@pytest.fixture
def door(simulator_url) -> Control:
    """The control door of the simulator, everything normal and nothing counted."""
    door = Control(simulator_url, TOKEN)
    door.reset()
    return door


@pytest.fixture(autouse=True)
def portal(settings, request) -> None:
    """The portal's settings for this simulator, with counters nobody else uses."""
    settings.REGISTRY_URL = request.getfixturevalue("simulator_url")
    settings.REGISTRY_KEY_ID, settings.REGISTRY_SECRET = KEY_ID, SECRET
    settings.REGISTRY_KEY_PREFIX = f"test:{uuid.uuid4().hex}"
    settings.REGISTRY_LIMITS = {}


@pytest.fixture
def ask():
    """Ask through the synchronous face and get the outcomes."""

    def run(questions: dict[str, list[Subject]], **options) -> list[BatchOutcome]:
        got: list[BatchOutcome] = []
        ask_all(questions, on_batch=lambda _registry, outcome: got.append(outcome), **options)
        return got

    return run
