"""The addresses of a whole list with one look-up of the route (P7)."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

_MARK = 4_611_686_018_427_387_847  # stands for the number while the route is looked up


def addresses(name: str, *before: object) -> Callable[[int], str]:
    """`addresses("person")(7)` is `reverse("person", args=[7])`; the number comes last among the arguments, after
    `before`.
    """
    head, tail = reverse(name, args=[*before, _MARK]).rsplit(str(_MARK), 1)
    return lambda number: f"{head}{number}{tail}"
