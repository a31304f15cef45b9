"""A data folder of its own for each test of the launcher, and every server it started stopped again."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools import folders
from devtools.folders import Place
from devtools.postgres import Postgres
from devtools.valkey import Valkey


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A place nobody else uses, also where root's PostgreSQL lies."""
    monkeypatch.setattr(folders, "DATA", tmp_path)
    monkeypatch.setattr(folders, "MARK", f"setup-test-{os.getpid()}")
    place = Place("demo")
    yield place
    for server in (Valkey(place, durable=True), Postgres(place, durable=True)):
        server.stop()
    near = place.sockets()
    place.forget()
    if os.getuid() == 0:
        shutil.rmtree(place.database_base().parent, ignore_errors=True)
    if near.exists():
        shutil.rmtree(near)
