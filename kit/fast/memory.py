"""Collecting garbage less often while very many small objects are made, as a large job and a page do."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (
    50_000  # objects made, and not gone, before young ones are looked through; Python's own 700 is a few times a page
)


def collect_seldom() -> None:
    """For a process that serves pages: what is loaded is never looked through again, and what a page makes not on its
    way.

    A search costs a page a seventh of its time; most of what it makes is gone without one.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])


@contextmanager
def no_collecting() -> Iterator[None]:
    """No search for cyclic garbage inside the block: each search looks at everything alive, which costs a third of a
    large job.

    What is not cyclic is freed at once as always. Inside another such block, or where collecting is off, nothing
    changes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
