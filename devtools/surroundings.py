"""Give the processes of one place their services and their settings (all settings come from the environment)."""

import json
import os
import secrets
from pathlib import Path

from devtools.environment import say
from devtools.folders import Place, Trouble
from devtools.frontend import COLLECTED
from devtools.postgres import Postgres, tools
from devtools.valkey import Valkey

DURABLE = ("demo", "bench")


class Services:
    """PostgreSQL and Valkey of one place: embedded, or outside ones where DATABASE_URL / REDIS_URL name them."""

    def __init__(self, place: Place) -> None:
        self.place = place
        durable = place.purpose in DURABLE
        self.postgres = None if os.environ.get("DATABASE_URL") else Postgres(place, durable=durable)
        self.valkey = None if os.environ.get("REDIS_URL") else Valkey(place, durable=durable)
        self.started: list[Postgres | Valkey] = []

    def start(self, *, keep: bool = False) -> None:
        """Start what is embedded and not running yet; only that is stopped again by `stop()`."""
        for name, server in (("PostgreSQL 18", self.postgres), ("Valkey", self.valkey)):
            if server is None:
                say(f"· {name}: an outside server, from the environment")
            elif server.running():
                server.start(keep=keep)
                say(f"· {name} runs already")
            else:
                self.started.append(server)
                server.start(keep=keep)
                say(f"· {name} started")

    def stop(self) -> None:
        """Stop in the opposite order: the queue first, then the database."""
        for server in reversed(self.started):
            server.stop()
        self.started.clear()

    def embedded(self) -> list[Postgres | Valkey]:
        return [server for server in (self.postgres, self.valkey) if server]

    def stop_embedded(self) -> None:
        """Stop the embedded servers whoever started them."""
        self.started = self.embedded()
        self.stop()

    def environment(self) -> dict[str, str]:
        database = self.postgres.url if self.postgres else os.environ["DATABASE_URL"]
        queue = self.valkey.url if self.valkey else os.environ["REDIS_URL"]
        own = {"FANBU_PG_BIN": str(tools())} if self.postgres else {}
        return {"DATABASE_URL": database, "REDIS_URL": queue, **own}


class NoServices:
    """For tests that need no server: what asks one all the same finds nobody."""

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": "postgresql://nobody@/nothing?host=/nowhere",
            "REDIS_URL": "unix:///nowhere",
            "CACHE_URL": "memory:",
        }


def settings_environment(place: Place, services: Services | NoServices) -> dict[str, str]:
    """Give the environment of every process of this place; the caller's own FANBU_… values win over ours."""
    mode = "test" if place.purpose == "test" else "demo"
    own = {
        "FANBU_MEDIA": str(place.folder("media")),
        "FANBU_STATIC_ROOT": str(COLLECTED if mode == "demo" else place.base / "static"),
        **(demo_keys(place.base / "keys.json") if mode == "demo" else {}),
        **(
            {f"FANBU_{name}": f"file://{place.folder(name.lower())}" for name in ("MAIL", "SMS")}
            if mode == "demo"
            else {}
        ),
    }
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    fixed = {"FANBU_MODE": mode, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONUNBUFFERED": "1"}
    return {**own, **kept, **fixed, **services.environment()}


def has_keys(place: Place) -> bool:
    """Tell whether the keys this place's database was written with are at hand."""
    return "FANBU_FIELD_KEYS" in os.environ or (place.base / "keys.json").exists()


def demo_keys(path: Path) -> dict[str, str]:
    """Read the demo's own keys, drawn once and kept for its data folder only (mode 0600)."""
    if not path.exists():
        keys = {
            "FANBU_SECRET_KEY": secrets.token_urlsafe(50),
            "FANBU_FIELD_KEYS": f"1:{secrets.token_hex(32)}",
            "FANBU_INDEX_KEY": secrets.token_hex(32),
            "REGISTRY_KEY_ID": "fanbu-demo",
            "REGISTRY_SECRET": secrets.token_hex(24),
            "REGISTRY_CONTROL_TOKEN": secrets.token_urlsafe(16),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".new")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(keys, file, indent=1)
        aside.replace(path)
    try:
        keys = json.loads(path.read_text())
    except ValueError:
        raise Trouble(f"{path} is damaged; `./dev demo --fresh` starts over.") from None
    return {name: str(value) for name, value in keys.items()}
