"""Querysets compiled once a process and asked with other values each time (P7).

Django builds and compiles a wide queryset in two to four milliseconds, each time it is asked; PostgreSQL answers it in
one. What a page or a move asks again and again is therefore written as a function that gives a queryset, and marked
`@prepared`. It still says what it asks in Django's words: no SQL stands beside the models, and row readers, converters
and `select_related` are Django's own.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import inspect
import itertools
from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import cache, reduce, update_wrapper
from typing import Any
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Model, QuerySet
from psycopg2.extensions import AsIs

MOST_SHAPES = 256
LONGEST_NAME = 63  # of an identifier in PostgreSQL
PLAIN = (str, int, Decimal, dt.date, type(None))


class Place(Expression):
    """Where a value will stand. It has none yet, so Python can neither compare it with one nor write it out."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __eq__(self, other: object) -> bool:
        if other not in (None, "") and not isinstance(other, Expression):  # Django itself asks whether it is empty
            raise TypeError(f"A prepared queryset cannot hang on {self.name}: compare it in the database.")
        return super().__eq__(other)

    __hash__ = Expression.__hash__

    def __str__(self) -> str:
        raise TypeError(f"A prepared queryset has no text for {self.name} (look-ups of a list go by pk__in).")

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


Path = tuple[str, ...]


class StandIn:
    """A row while a queryset is built about it: its keys are places, and whatever else is looked at is noted as shape.

    So nothing of the row the queryset was built with can be answered to another: a row about which anything noted is
    otherwise is built for anew.
    """

    def __init__(self, row: Model, path: Path, noted: dict[Path, Any]) -> None:
        self._row, self._path, self._noted = row, path, noted

    def __getattr__(self, name: str) -> Any:
        value, path = getattr(self._row, name), (*self._path, name)
        self._noted[path] = form = _form(self._row, name)
        if form is Model:
            return StandIn(value, path, self._noted)
        return Place(".".join(path)) if form is Place else value


def _form(row: Model, name: str) -> Any:
    """What a queryset's shape has of this attribute: that there is a key or a row; of anything else
    the value itself.
    """
    value = getattr(row, name)
    if isinstance(value, Model):
        return Model
    if value is not None and name in _keys(row._meta.model):
        return Place
    if not isinstance(value, PLAIN):
        raise TypeError(f"A prepared queryset may look at keys and plain values of {row!r}, not at {name}.")
    return value


@cache
def _keys(model: Any) -> frozenset[str]:
    fields = model._meta.concrete_fields
    return frozenset({"pk", *(field.attname for field in fields if field.primary_key or field.is_relation)})


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


class Prepared:
    """A function that gives a queryset, made into one that gives its rows: see `prepared`."""

    def __init__(self, build: Callable[..., QuerySet[Any]]) -> None:
        update_wrapper(self, build)
        self.build = build
        parameters = inspect.signature(build).parameters.values()
        self.fixed = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
        self.rest = next((one.name for one in parameters if one.kind is one.VAR_POSITIONAL), "")
        # By the shape of the values; what was noted of rows among them, and what was compiled for rows of which it
        # holds.
        self.kept: dict[Hashable, list[tuple[dict[Path, Any], _Compiled]]] = {}

    def __call__(self, *given: Any, **shape: Hashable) -> list[Any]:
        compiled, values = self.compiled(given, shape)
        return compiled.ask(values)

    def compiled(self, given: tuple[Any, ...], shape: dict[str, Hashable]) -> tuple[_Compiled, dict[str, Any]]:
        """What is asked for these values, and the values by their places."""
        names = self.fixed + [f"{self.rest}.{place}" for place in range(len(given) - len(self.fixed))]
        named = dict(zip(names, given, strict=True))
        shapes = (*shape.items(), *(_shape(name, value) for name, value in named.items()))
        found = next((one for noted, one in self.kept.get(shapes, ()) if _holds(noted, named)), None)
        if found is None:
            if sum(map(len, self.kept.values())) >= MOST_SHAPES:
                self.kept.clear()
            noted: dict[Path, Any] = {}
            standing = [_standing(name, value, noted) for name, value in named.items()]
            found = _Compiled(self.build(*standing, **shape), f"{self.build.__module__}.{self.build.__qualname__}")
            self.kept.setdefault(shapes, []).append((noted, found))
        return found, {place: _value(place, named) for place in found.places}


def prepared(build: Callable[..., QuerySet[Any]]) -> Prepared:
    """Make a function that gives a queryset into one that gives its rows.

    Positional arguments (also `*more`) are values: numbers, texts, days; never None, which no SQL compares. A tuple is
    values for `__in`, at least one, and compiled once for each length. A row stands for its keys, which are values;
    whatever else the function looks at of it, or of the rows behind it, is shape. Keyword arguments are shape: they may
    decide how the queryset is built, and each combination is compiled by itself. What the function looks up elsewhere
    (today, a setting) would be frozen: hand it in.
    """
    return Prepared(build)


def _shape(name: str, value: Any) -> Any:
    if value is None or value == ():
        raise TypeError(f"A prepared queryset cannot be asked for {name}={value!r}.")
    if isinstance(value, Model):
        return type(value)
    return len(value) if isinstance(value, tuple) else None


def _standing(name: str, value: Any, noted: dict[Path, Any]) -> Any:
    """What a queryset is built with in the place of an argument."""
    if isinstance(value, Model):
        return StandIn(value, (name,), noted)
    if isinstance(value, tuple):
        return tuple(Place(f"{name}.{place}") for place in range(len(value)))
    return Place(name)


def _holds(noted: dict[Path, Any], named: dict[str, Any]) -> bool:
    """Whether of these rows is so what was noted; a row is noted before what is behind it, so it is there by then."""
    return all(
        _form(reduce(getattr, between, named[name]), last) == form for (name, *between, last), form in noted.items()
    )


def _value(place: str, named: dict[str, Any]) -> Any:
    if place in named:
        return named[place]
    name, *between = place.split(".")
    value = named[name]
    return value[int(between[0])] if isinstance(value, tuple) else reduce(getattr, between, value)
