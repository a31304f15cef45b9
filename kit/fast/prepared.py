"""Querysets compiled once a process and asked with other values each time (P7).

Django builds and compiles a wide queryset in two to four milliseconds, each time it is asked; PostgreSQL answers it in
one. What a page
or a move asks again and again is therefore written as a function that gives a queryset, and marked `@prepared`. It
still says what it
asks in Django's words: no SQL stands beside the models, and row readers, converters and `select_related` are Django's
own.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import itertools
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, QuerySet
from psycopg2.extensions import AsIs

MOST_SHAPES = 256
LONGEST_NAME = 63  # of an identifier in PostgreSQL
# Tests look on here: every question asked, to hold it against the queryset as Django would compile it now.
onlookers: list[Callable[..., None]] = []
# What each prepared queryset has compiled, by shape.
kept: list[dict[Hashable, Any]] = []


class Place(Expression):
    """Where a value will stand."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


# The statements each connection knows by name.
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
_numbers = itertools.count(1)


class _Statement:
    """SQL that PostgreSQL knows by name. What is no place is written out, so that partial indexes on it are used."""

    def __init__(self, called: str, sql: str, params: tuple[Any, ...], places: int) -> None:
        self.name, self.sql, self.params = f"{next(_numbers)} {called}"[:LONGEST_NAME], sql, params
        self.execute = f'EXECUTE "{self.name}"' + (f" ({', '.join(['%s'] * places)})" if places else "")

    def made_known(self) -> Any:
        """This thread's connection, which knows the statement now."""
        connection = connections[DEFAULT_DB_ALIAS]
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        names = _known.setdefault(connection.connection, set())
        if self.name not in names:
            with connection.wrap_database_errors, connection.connection.cursor() as cursor:
                cursor.execute(f'PREPARE "{self.name}" AS ' + cursor.mogrify(self.sql, self.params).decode())
            names.add(self.name)
        return connection


class _Compiled:
    """A queryset with its SQL and the places in it, known to PostgreSQL under a name, so that it need not plan it each
    time either.
    """

    def __init__(self, rows: QuerySet[Any], called: str) -> None:
        if rows._prefetch_related_lookups:  # noqa: SLF001
            raise TypeError("A prepared queryset does not prefetch.")
        self.rows, self.sql, self.params = rows, "", tuple[Any, ...]()
        compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        with contextlib.suppress(EmptyResultSet):  # it can find nothing, whatever the values
            self.sql, self.params = compiler.as_sql()
        self.converters = (
            compiler.get_converters([column for column, _sql, _name in compiler.select]) if self.sql else {}
        )
        self.compiler, compiler.connection = (
            compiler,
            None,
        )  # it is the compiling thread's; whoever asks brings their own
        self.places = list(dict.fromkeys(param.name for param in self.params if isinstance(param, Place)))
        marks = {name: AsIs(f"${number}") for number, name in enumerate(self.places, start=1)}
        self.statement = _Statement(called, self.sql, self.filled(marks), len(self.places))

    def filled(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """The parameters of the SQL with these values in their places."""
        return tuple(values[param.name] if isinstance(param, Place) else param for param in self.params)

    def ask(self, values: dict[str, Any]) -> list[Any]:
        if not self.sql:
            return []
        connection = self.statement.made_known()
        question = self.statement.execute, [values[name] for name in self.places]
        compiler = copy.copy(self.compiler)
        compiler.connection, compiler.as_sql = connection, lambda *_args, **_options: question
        compiler.get_converters = lambda _columns: self.converters
        rows = QuerySet(self.rows.model, query=_Filled(self.rows.query, compiler))
        rows._iterable_class, rows._fields = self.rows._iterable_class, self.rows._fields  # noqa: SLF001
        return list(rows)


class _Filled:
    """The compiled query, answering the row readers with the compiler that carries the values."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self.query, self.compiler = query, compiler

    def get_compiler(self, *_args: Any, **_options: Any) -> Any:
        return self.compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self.query, name)


def prepared_sql(called: str, sql: str) -> Callable[..., list[tuple[Any, ...]]]:
    """The same for SQL written by hand: `%s` are its places, in their order; gives the rows."""
    places = sql.count("%s")
    statement = _Statement(called, sql, tuple(AsIs(f"${number}") for number in range(1, places + 1)), places)

    def ask(*values: Any) -> list[tuple[Any, ...]]:
        with statement.made_known().cursor() as cursor:
            cursor.execute(statement.execute, values)
            return cursor.fetchall()

    return ask


def prepared(build: Callable[..., QuerySet[Any]]) -> Callable[..., list[Any]]:
    """Make a function that gives a queryset into one that gives its rows.

    Positional arguments (also `*more`) are values: numbers, texts, days; never None, which no SQL compares. A tuple is
    values for
    `__in`, at least one, and compiled once for each length. An object with a method `stand_in(name)`, which gives its
    shape, its values
    by place and what makes it with the places for its values, may stand among them. Keyword arguments are shape: they
    may decide how
    the queryset is built, and each combination is compiled by itself. What the function looks up elsewhere (today, a
    setting) would be
    frozen: hand it in.
    """
    parameters = inspect.signature(build).parameters.values()
    fixed = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    rest = next((one.name for one in parameters if one.kind is one.VAR_POSITIONAL), "")
    compiled: dict[Hashable, _Compiled] = {}
    kept.append(compiled)

    @wraps(build)
    def ask(*given: Any, **shape: Hashable) -> list[Any]:
        names = fixed + [f"{rest}.{place}" for place in range(len(given) - len(fixed))] if rest else fixed
        shapes: list[Hashable] = [tuple(shape.items())]
        standing, values = list[Callable[[], Any]](), dict[str, Any]()
        for name, value in zip(names, given, strict=True):
            form, numbers, stand_in = _placed(name, value)
            shapes.append(form)
            values.update(numbers)
            standing.append(stand_in)
        found = compiled.get(key := tuple(shapes))
        if found is None:
            if len(compiled) >= MOST_SHAPES:
                compiled.clear()
            found = compiled[key] = _Compiled(
                build(*(stand_in() for stand_in in standing), **shape), f"{build.__module__}.{build.__qualname__}"
            )
        for look in onlookers:
            look(found.sql, found.filled(values), build(*given, **shape))
        return found.ask(values)

    return ask


def _placed(name: str, value: Any) -> tuple[Hashable, dict[str, Any], Callable[[], Any]]:
    """Shape and values of one argument, and what makes its stand-in."""
    if hasattr(value, "stand_in"):
        return value.stand_in(name)
    if value is None or value == ():
        raise TypeError(f"A prepared queryset cannot be asked for {name}={value!r}.")
    if isinstance(value, tuple):
        values = {f"{name}.{place}": one for place, one in enumerate(value)}
        return len(value), values, lambda: tuple(map(Place, values))
    return "", {name: value}, lambda: Place(name)
