"""The simulated registries as a process of their own, with the portal pointed at them for as long as a measurement
lasts.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.test import override_settings

from registry_simulator.client import Control

PROJECT = Path(__file__).resolve().parent.parent


@contextmanager
def registries(latency_ms: int) -> Iterator[Control]:
    """Registries that take so long to answer; counters of their own, so that nothing else is slowed or remembered."""
    token, secret = secrets.token_urlsafe(16), secrets.token_hex(16)
    environment = os.environ | {"REGISTRY_KEY_ID": "bench", "REGISTRY_SECRET": secret, "REGISTRY_CONTROL_TOKEN": token}
    command = [sys.executable, "-m", "registry_simulator", "--port", "0", "--latency", str(latency_ms)]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[2].rstrip(",")
            own = {
                "REGISTRY_URL": url,
                "REGISTRY_KEY_ID": "bench",
                "REGISTRY_SECRET": secret,
                "REGISTRY_KEY_PREFIX": f"bench:{secrets.token_hex(4)}",
            }
            with override_settings(**own, REGISTRY_LIMITS=dict(settings.REGISTRY_LIMITS)):
                yield Control(url, token)
        finally:
            process.terminate()
            process.wait(timeout=20)
