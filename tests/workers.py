"""What each of several test processes has of its own, loaded by pytest before the settings are read (pyproject.toml).

PostgreSQL needs nothing here: each process copies the template (tests/databases.py). Valkey: two databases each, since
to clear the cache is to empty its whole database.
"""

import os
from urllib.parse import urlsplit


def of_its_own(environment: dict[str, str], worker: str) -> dict[str, str]:
    """Give the variables of worker `gw0`, `gw1`, …: databases of Valkey and a folder for files."""
    first = 2 + 2 * int(worker.removeprefix("gw"))
    own = {name: f"{environment[name]}/{worker}" for name in ("FANBU_MEDIA",) if name in environment}
    if environment.get("CACHE_URL") != "memory:" and "REDIS_URL" in environment:
        queue, cache = (numbered(environment["REDIS_URL"], number) for number in (first, first + 1))
        own |= {"REDIS_URL": queue, "CACHE_URL": cache}
    return own


def numbered(url: str, database: int) -> str:
    """Give the address of another database of the same server."""
    server = url.partition("?")[0]
    if server.startswith("unix:"):
        return f"{server}?db={database}"
    return urlsplit(server)._replace(path=f"/{database}").geturl()


if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ |= of_its_own(dict(os.environ), os.environ["PYTEST_XDIST_WORKER"])
