"""A value sealed for half an hour, for a session: encrypted, bound to what it is for, with the time it was sealed
(R-SEC-1).
"""

from __future__ import annotations

import base64
import json
from typing import Any

from django.utils import timezone

from kit import crypto

SECONDS = 1800


def seal(value: Any, purpose: str, longest: int | None = None) -> str | None:
    """The sealed JSON of a value; None for one longer than `longest` characters."""
    text = json.dumps([value, timezone.now().timestamp()])
    if longest is not None and len(text) > longest:
        return None
    return base64.b64encode(crypto.encrypt(text, purpose)).decode("ascii")


def unseal(sealed: str, purpose: str) -> Any:
    """The value while it is fresh; None for what is too old, sealed for another purpose, or nothing of ours."""
    try:
        value, at = json.loads(crypto.decrypt(base64.b64decode(sealed), purpose))
    except (crypto.DecryptionError, ValueError):
        return None
    return value if timezone.now().timestamp() - at < SECONDS else None
