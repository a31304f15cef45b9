"""What must be right before anything starts: the mode, and keys nobody can guess (docs/operations.md). Pure, so that
tests can ask.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

from config.outgoing import mail, sms

MODES = ("production", "demo", "test")
KEY_BYTES = 32
LEAST_DISTINCT_BYTES = 16  # of 32 drawn by chance, fewer than 24 differ once in a million times
LEAST_SECRET, LEAST_DISTINCT = 50, 16
LEAST_REGISTRY_SECRET = 16
TEST_KEYS = {
    "FANBU_SECRET_KEY": "tests-only-" + "k" * 50,
    "FANBU_FIELD_KEYS": "1:" + "5a" * KEY_BYTES,
    "FANBU_INDEX_KEY": "a5" * KEY_BYTES,
    "REGISTRY_SECRET": "simulated-registries",
}
HELP = "see docs/operations.md"


class Surroundings:
    """The environment as the settings read it; every problem is an ImproperlyConfigured that names the variable and
    says what to do.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.mode = given.get("FANBU_MODE", "")
        if self.mode not in MODES:
            said = f"FANBU_MODE is “{self.mode}”" if self.mode else "FANBU_MODE is not set"
            raise ImproperlyConfigured(f"{said}: it must be one of {', '.join(MODES)} ({HELP})")

    def problems(self) -> list[str]:
        """Everything that stops the start, so that nobody mends one variable only to be told of the next."""
        found = []
        for ask in (
            self.secret_key,
            self.field_keys,
            self.index_key,
            self.database,
            self.registry,
            self.registry_secret,
            lambda: mail(self.given),
            lambda: sms(self.given),
        ):
            try:
                ask()
            except ImproperlyConfigured as problem:
                found.append(str(problem))
        return list(dict.fromkeys(found))

    def secret(self, name: str) -> str:
        """A secret's value. Only tests have one of their own, and only they may use it."""
        value = self.given.get(name) or (TEST_KEYS[name] if self.mode == "test" else "")
        if not value:
            raise ImproperlyConfigured(f"{name} is not set: {HELP}")
        if self.mode != "test" and value == TEST_KEYS[name]:
            raise ImproperlyConfigured(f"{name} is the key of the tests, which everybody knows: draw one ({HELP})")
        return value

    def secret_key(self) -> str:
        value = self.secret("FANBU_SECRET_KEY")
        weak = (
            len(value) < LEAST_SECRET
            or len(set(value)) < LEAST_DISTINCT
            or value.startswith(("django-insecure-", "tests-only-"))
        )
        return self._strong("FANBU_SECRET_KEY", value, weak, f"it needs {LEAST_SECRET} characters drawn by chance")

    def registry_secret(self) -> str:
        value = self.secret("REGISTRY_SECRET")
        weak = len(value) < LEAST_REGISTRY_SECRET or len(set(value)) < LEAST_REGISTRY_SECRET // 2
        return self._strong(
            "REGISTRY_SECRET", value, weak, f"it needs {LEAST_REGISTRY_SECRET} characters drawn by chance"
        )

    def index_key(self) -> bytes:
        return self._key("FANBU_INDEX_KEY", self.secret("FANBU_INDEX_KEY"))

    def field_keys(self) -> dict[int, bytes]:
        """Encryption keys by number, e.g. `1:…,2:…`."""
        name, found = "FANBU_FIELD_KEYS", {}
        for part in self.secret(name).split(","):
            number, _colon, key = part.strip().partition(":")
            if not number.isascii() or not number.isdecimal() or not 1 <= int(number) <= 255 or int(number) in found:
                raise ImproperlyConfigured(
                    f"{name}: each key is written <number from 1 to 255>:<64 hex digits>, each number once ({HELP})"
                )
            found[int(number)] = self._key(name, key)
        if self.index_key() in found.values():
            raise ImproperlyConfigured(f"{name} and FANBU_INDEX_KEY must be different keys: {HELP}")
        return found

    def database(self) -> str:
        """Production names its database; nothing is guessed."""
        if self.mode == "production" and not self.given.get("DATABASE_URL"):
            raise ImproperlyConfigured(f"DATABASE_URL is not set: {HELP}")
        return self.given.get("DATABASE_URL") or "postgresql:///fanbu"

    def registry(self) -> str:
        """The address of the registries' gateway; production names it, the simulated ones are nobody's answer."""
        if self.mode == "production" and not self.given.get("REGISTRY_URL"):
            raise ImproperlyConfigured(f"REGISTRY_URL is not set: {HELP}")
        return self.given.get("REGISTRY_URL") or "http://127.0.0.1:8099"

    def _key(self, name: str, text: str) -> bytes:
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise ImproperlyConfigured(f"{name}: a key is {2 * KEY_BYTES} hex digits ({HELP})")
        self._strong(name, text, len(set(key)) < LEAST_DISTINCT_BYTES, "it is not drawn by chance")
        return key

    def _strong(self, name: str, value: str, weak: bool, why: str) -> str:
        if weak and self.mode == "production":
            raise ImproperlyConfigured(f"{name} is too weak: {why} ({HELP})")
        return value
