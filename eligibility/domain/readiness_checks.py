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
from eligibility.registries.catalogue import limits_of
from eligibility.registries.health import health

PATIENCE = 2  # seconds for an address to open
HTTP, HTTPS = 80, 443


def _addresses() -> list[str]:
    """The different addresses of the registries that are asked on line."""
    online = [code for code, mode in modes().items() if mode == Mode.ONLINE]
    return list(dict.fromkeys(limits_of(code).url or settings.REGISTRY_URL for code in online))


def reachable(address: str) -> bool:
    """Whether a connection opens to an address."""
    parts = urlsplit(address)
    try:
        port = parts.port or (HTTPS if parts.scheme == "https" else HTTP)
        with socket.create_connection((parts.hostname or "", port), PATIENCE):
            return True
    except (OSError, ValueError):
        return False


def _silent() -> list[str]:
    found = [
        _("外部系统的地址 %(address)s 连接不上，请核对地址（REGISTRY_URL）和网络。") % {"address": address}
        for address in _addresses()
        if not reachable(address)
    ]
    try:
        lines = health(modes=modes())
    except RedisError:
        return found  # said by the check of the stores
    return found + [
        _("%(name)s：%(sentence)s。") % {"name": line.name, "sentence": line.sentence}
        for line in lines
        if line.mode == Mode.ONLINE and line.answering is False
    ]


def register() -> None:
    """One check of all of them."""
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
