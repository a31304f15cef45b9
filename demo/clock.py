"""The practice calendar: in the demo the day can be moved on, so that a class, its publicity and its payment fit into
one sitting (R-AUT-6).

The number of days is kept in Redis; every process puts its own clock on it before a request or a task. Never installed
in production.
"""

from __future__ import annotations

import time
from threading import Lock

import time_machine
from django.core.cache import cache

KEY = "demo:days-ahead"
DAY = 86_400
_lock = Lock()
_real_time = time.time
_running: tuple[int, time_machine.travel] | None = None


def days_ahead() -> int:
    return int(cache.get(KEY, 0))


def move_on(days: int) -> int:
    """Move the practice calendar on by so many days; it never goes back."""
    ahead = days_ahead() + max(0, min(days, 60))
    cache.set(KEY, ahead, None)
    keep_pace()
    return ahead


def keep_pace() -> None:
    """Put this process on the practice calendar."""
    global _running  # noqa: PLW0603 - the clock is the process's own
    ahead = days_ahead()
    with _lock:
        if (_running[0] if _running else 0) == ahead:
            return
        if _running:
            _running[1].stop()
        travel = time_machine.travel(_real_time() + ahead * DAY, tick=True)
        travel.start()
        _running = (ahead, travel)
