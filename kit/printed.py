"""The digest of a paper: of the data it shows, to compare a print with another of the same number.

Not of the words: they change with the language, the layout and the white space, the data do not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise


def paper_digest(number: str, data: Any) -> str:
    """A keyed SHA-256 over the number and the data, as hexadecimal digits: nobody works a number out of it that the
    paper does not show.

    Rows count by the columns that were read; whoever has the same data gets the same digest, in any language. Raises
    TypeError for anything that is no data, a translated text above all.
    """
    text = json.dumps([number, plain(data)], ensure_ascii=False, sort_keys=True)
    return salted_hmac("paper", text, algorithm="sha256").hexdigest()


def plain(value: Any) -> Any:
    """The value as JSON has it: rows by column, moments in UTC, amounts without trailing noughts."""
    if isinstance(value, Promise):
        raise TypeError(f"a text that is translated when it is read is no data: {value}")
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, FieldFile):
        return value.name
    if isinstance(value, bytes):  # a keyed hash, as of a number
        return value.hex()
    if isinstance(value, Model):
        read = value.__dict__
        return {
            field.attname: plain(read[field.attname]) for field in value._meta.concrete_fields if field.attname in read
        }
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, Iterable):
        return [plain(one) for one in value]
    raise TypeError(f"no data of a paper: {type(value).__name__}")


def short(digest: str) -> str:
    """The first sixteen digits in fours: enough to compare by eye."""
    return " ".join(digest[place : place + 4] for place in range(0, 16, 4))
