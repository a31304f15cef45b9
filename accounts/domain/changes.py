"""Old and new values of an edit as the audit trail keeps them: plain text, or sealed where they are
personal (R-SEC-2).
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from typing import Any

from kit.crypto import decrypt, encrypt
from kit.masking import mask_account

SEAL = "sealed:"
COLUMN = "accounts_event.data"  # the trail is never rewritten: keys that sealed its values stay in the ring for reading
Change = list[str]


def changes(before: Mapping[str, Any], after: Mapping[str, Any], *, sealed: Collection[str] = ()) -> dict[str, Change]:
    """{field: [old, new]} of every field of `after` that differs from `before`, each as text; "" where there was
    nothing.

    Give it to `record(…, changed=…)`. Fields named in `sealed` (numbers of people, phones, accounts) are encrypted.
    """
    return {
        name: [_kept(before.get(name), name in sealed), _kept(after[name], name in sealed)]
        for name in after
        if before.get(name) != after[name] and _text(before.get(name)) != _text(after[name])
    }


def values_of(instance: Any, fields: Collection[str]) -> dict[str, Any]:
    """The named fields of a model instance as they stand now, for `changes()` before and after."""
    return {name: getattr(instance, name) for name in fields}


def opened(value: str) -> str:
    """The text behind a kept value. Raises DecryptionError when its key is gone."""
    return decrypt(base64.b64decode(value.removeprefix(SEAL)), COLUMN) if value.startswith(SEAL) else value


def shown(value: str) -> str:
    """The value for a page: a sealed one masked: its last four characters."""
    return mask_account(opened(value)) if value.startswith(SEAL) else value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(sorted(map(_text, value)) if isinstance(value, set | frozenset) else map(_text, value))
    return str(value)


def _kept(value: Any, sealed: bool) -> str:
    text = _text(value)
    return SEAL + base64.b64encode(encrypt(text, COLUMN)).decode() if sealed and text else text
