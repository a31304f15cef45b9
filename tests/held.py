"""Prepared querysets held against Django: each must ask what its queryset would ask now."""

from collections import defaultdict
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils import timezone

from kit.fast.prepared import Prepared

Days = dict[Prepared, set[date]]


@pytest.fixture
def held(monkeypatch) -> Days:
    """Whatever is asked is held against Django first; gives the days on which each was asked."""
    ask, days = Prepared.__call__, defaultdict(set)

    def holding(asked: Prepared, *given: Any, **shape: Any) -> list[Any]:
        hold(asked, given, shape)
        days[asked].add(timezone.localdate())
        return ask(asked, *given, **shape)

    monkeypatch.setattr(Prepared, "__call__", holding)
    return days


def hold(asked: Prepared, given: tuple[Any, ...], shape: dict[str, Any]) -> None:
    """Nothing of an earlier asking may be frozen in what is asked now."""
    compiled, values = asked.compiled(given, shape)
    try:
        now, with_these = asked.build(*given, **shape).query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    except EmptyResultSet:
        now, with_these = "", ()
    with connection.cursor() as cursor:
        params, wanted = (
            [cursor.mogrify("%s", [value]) for value in values] for values in (compiled.filled(values), with_these)
        )
    # a value in a place stands in parentheses
    assert (compiled.sql.replace("(%s)", "%s"), params) == (now.replace("(%s)", "%s"), wanted), asked.__qualname__
