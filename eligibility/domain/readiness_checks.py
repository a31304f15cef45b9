"""Whether the outside systems answer (R-ELG-1)."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from redis.exceptions import RedisError

from accounts.domain.readiness import REGION_ADMINISTRATOR, Check, register_readiness
from eligibility.domain.connections import modes
from eligibility.enums import Mode
from eligibility.registries.catalogue import REGISTRIES, limits_of
from eligibility.registries.health import health

PATIENCE = 2  # seconds for an address to open
HTTPS = 443


def _addresses() -> list[str]:
    """The different addresses of the registries that are asked on line."""
    online = [code for code, mode in modes().items() if mode == Mode.ONLINE]
    return list(dict.fromkeys(limits_of(code).url or settings.REGISTRY_URL for code in online))


def why_unreachable(address: str) -> str:
    """Why no connection opens to an address, or ""."""
    parts = urlsplit(address)
    try:
        port = parts.port or (HTTPS if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), PATIENCE):
            return ""
    except (OSError, ValueError) as error:
        return str(error)


def _silent() -> list[str]:
    found = [
        _("外部系统的地址%(address)s连接不上：%(why)s") % {"address": address, "why": why}
        for address in _addresses()
        if (why := why_unreachable(address))
    ]
    try:
        lines = health(modes=modes())
    except RedisError:
        return found  # said by the check of the stores
    return found + [
        _("%(name)s：%(sentence)s。") % {"name": line.name, "sentence": line.sentence}
        for line in lines
        if line.code in REGISTRIES and line.mode == Mode.ONLINE and line.answering is False
    ]


def register() -> None:
    register_readiness(
        Check(
            100,
            "registries",
            gettext_lazy("外部系统连接得上"),
            _silent,
            REGION_ADMINISTRATOR,
            "registries",
            blocks=False,
        )
    )
