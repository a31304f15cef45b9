"""The simulated registries while the demo's past is being made up.

The past is walked with the clock turned back, so signed requests need a simulator that shares that clock: one in this
process. What it is told is told to the running simulator too, which the portal asks from then on.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test.utils import override_settings

from registry_simulator.app import create_app
from registry_simulator.client import Control
from registry_simulator.server import Server


class Registries:
    """Tells every simulator there is the same."""

    def __init__(self, controls: list[Control]) -> None:
        self.controls = controls

    def know(self, entries: Iterable[dict[str, Any]]) -> None:
        entries = list(entries)
        for control in self.controls:
            control.load(entries)

    def certify(self, number: str, certificate: dict[str, Any]) -> None:
        for control in self.controls:
            control.add_records("certificates", number, [certificate])


@contextmanager
def registries() -> Iterator[Registries]:
    """A simulator in a thread, asked by the portal inside this block."""
    token = secrets.token_urlsafe(12)
    app = create_app(keys={settings.REGISTRY_KEY_ID: settings.REGISTRY_SECRET}, control_token=token)
    server = Server("127.0.0.1", 0, app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    controls = [Control(server.url, token)]
    if outside := os.environ.get("REGISTRY_CONTROL_TOKEN"):
        controls.append(Control(settings.REGISTRY_URL, outside))
    try:
        with override_settings(REGISTRY_URL=server.url):
            yield Registries(controls)
    finally:
        server.shutdown()
