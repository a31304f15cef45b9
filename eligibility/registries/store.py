"""The counters all workers share, in Redis: what they are called and how to reach them (R-ELG-6)."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import redis
import redis.asyncio
from django.conf import settings

CONNECTIONS = 8
LUA = Path(__file__).parent / "lua"


def key(code: str, what: str) -> str:
    """The name of one counter of one registry."""
    return f"{getattr(settings, 'REGISTRY_KEY_PREFIX', 'registry')}:{code}:{what}"


def keys(code: str, *what: str) -> list[str]:
    """Several names at once, for a script."""
    return [key(code, one) for one in what]


def open_async() -> redis.asyncio.Redis:
    """A client for one run of the event loop; close it with `aclose()`."""
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        settings.REDIS_URL, max_connections=CONNECTIONS, timeout=5, socket_connect_timeout=5, socket_timeout=5
    )
    return redis.asyncio.Redis(connection_pool=pool)


def client() -> redis.Redis:
    """The client for views, commands and tasks."""
    return _client(settings.REDIS_URL)


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5, decode_responses=True)


def lua(*names: str) -> str:
    """Files of `lua/` one after another: functions first, then what calls them."""
    return "".join((LUA / f"{name}.lua").read_text(encoding="utf-8") for name in names)


def script(client: Any, lua: str) -> Callable[..., Any]:
    """A Lua script as a function of keys and arguments; it is sent once and called by its digest."""
    return client.register_script(lua)
