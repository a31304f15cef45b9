"""Counters of several web processes in one folder (PROMETHEUS_MULTIPROC_DIR), each process in a slot of its own.

The library names a process's file by its number, and a server that replaces its processes now and then would leave
files behind for ever: here the next process takes the slot of one that ended and counts on where that stopped.
"""

import fcntl
import os
from itertools import count
from pathlib import Path
from typing import IO

from prometheus_client import values

FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
_held: dict[int, tuple[str, IO[bytes]]] = {}  # this process's slot and the lock that keeps it


def slot() -> str:
    """The first slot nobody holds; kept until this process ends. A fork takes one of its own."""
    process = os.getpid()
    if process not in _held:
        _held.clear()
        _held[process] = _take_free()
    return _held[process][0]


def _take_free() -> tuple[str, IO[bytes]]:
    for number in count():
        lock = (Path(FOLDER) / f"slot-{number}").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return str(number), lock
    raise AssertionError


if FOLDER:
    Path(FOLDER).mkdir(parents=True, exist_ok=True)
    values.ValueClass = values.MultiProcessValue(slot)  # type: ignore[no-untyped-call]
