"""The version of a draft: a digest of what it says, taken where it is shown and compared where it is saved (R-SEC-4).

No column counts it, so nothing can change a draft unseen without its version changing too. It is keyed:
nobody reads a number or a name out of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.refusals import Overtaken

LENGTH = 24


class Stale(Overtaken):
    """The draft was changed since it was read; `version` is the one it has now. 412 from the API, whose If-Match
    failed.
    """

    kind, title = "stale", gettext_lazy("他人已修改")

    def __init__(self, version: str) -> None:
        super().__init__(_("您打开以后，这里的内容已被他人修改。没有保存您填写的内容，请对照现在的内容核对后再保存。"))
        self.version = version


def version_of(*values: Any) -> str:
    """The version of these values: rows by their columns, anything else as it is written."""
    text = json.dumps([_plain(value) for value in values], default=str, ensure_ascii=False)
    return salted_hmac("version", text, algorithm="sha256").hexdigest()[:LENGTH]


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return [value.serializable_value(field.attname) for field in value._meta.concrete_fields]
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
        return [_plain(one) for one in value]
    return value


@contextmanager
def unchanged(name: str, read: Callable[[], str], expected: str) -> Iterator[None]:
    """One transaction in which the draft called `name` is still in the version the writer read; raises Stale otherwise.

    Writers of the same draft wait for each other here, before anything else is locked. Whoever names no version (a
    first saving, the shell) is not asked.
    """
    with transaction.atomic():
        if expected:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            if (now := read()) != expected:
                raise Stale(now)
        yield
