"""Loads people into a running simulator and steers it, for seeding, tests and benchmarks (standard library only)."""

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any
from urllib.request import Request, urlopen

CHUNK = 1000


class Control:
    """The control API of one running simulator."""

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.token = token

    def call(self, method: str, path: str, value: Any = None) -> Any:
        """One JSON call; an HTTP error raises urllib.error.HTTPError."""
        body = None if value is None else json.dumps(value).encode()
        headers = {"X-Control-Token": self.token, "Content-Type": "application/json"}
        request = Request(f"{self.base_url}/control{path}", data=body, method=method, headers=headers)
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def behave(self, registry: str, mode: str = "normal", **options: int) -> dict[str, Any]:
        """Make one registry behave so from now on: `behave("business", "slow", latency_ms=3000)`."""
        return self.call("PUT", f"/registries/{registry}", {"mode": mode, **options})

    def load(self, people: Iterable[dict[str, Any]]) -> int:
        """Take people and enterprises in, each replacing what was known of the same number; returns how many."""
        rows = iter(people)
        loaded = 0
        while chunk := list(islice(rows, CHUNK)):
            loaded += self.call("PUT", "/people", {"people": chunk})["loaded"]
        return loaded

    def add_records(self, registry: str, key: str, records: list[dict[str, Any]], *, replace: bool = False) -> None:
        """Add records of one registry to a person or an enterprise."""
        wanted = {"registry": registry, "id_number": key, "records": records, "replace": replace}
        self.call("POST", "/records", wanted)

    def states(self) -> dict[str, dict[str, Any]]:
        """Settings and counters by registry."""
        return self.call("GET", "/registries")

    def subjects(self) -> dict[str, dict[str, dict[str, int]]]:
        """How often each subject was asked for and answered, by registry."""
        return self.call("GET", "/subjects")

    def reset(self) -> None:
        """All registries normal again, counters at nought."""
        self.call("POST", "/reset")


def load_people(base_url: str, people: Iterable[dict[str, Any]], token: str) -> int:
    """Load people `{"id_number" | "uscc", "name", "records": {registry: [record, …]}}`; returns how many."""
    return Control(base_url, token).load(people)
