"""Lets in only signed, fresh, never seen requests (key id, timestamp, nonce, HMAC-SHA256)."""

import hashlib
import hmac
import threading
from collections.abc import Callable, Mapping

SKEW_SECONDS = 300


class Refused(Exception):
    """A request that is not let in; the text says why."""


def signature(secret: str, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """The hex HMAC-SHA256 over method, path, timestamp, nonce and the body's digest, one a line."""
    text = "\n".join((method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


class Verifier:
    """Checks signatures and remembers every nonce for as long as its timestamp would be accepted."""

    def __init__(self, keys: Mapping[str, str], clock: Callable[[], float], skew: int = SKEW_SECONDS) -> None:
        self.keys = dict(keys)
        self.skew = skew
        self.clock = clock
        self.seen: dict[tuple[str, str], float] = {}
        self.swept = 0.0
        self.lock = threading.Lock()

    def admit(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Refused unless the request is signed by a known key, now, for the first time."""
        key_id, timestamp, nonce, given = (
            headers.get(f"HTTP_X_{name}", "") for name in ("KEY_ID", "TIMESTAMP", "NONCE", "SIGNATURE")
        )
        if not (key_id and timestamp and nonce and given):
            raise Refused("unsigned")
        secret = self.keys.get(key_id)
        expected = signature(secret or "", method, path, timestamp, nonce, body)
        if secret is None or not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
            raise Refused("bad signature")
        if not timestamp.isdecimal() or abs(self.clock() - int(timestamp)) > self.skew:
            raise Refused("stale timestamp")
        self._remember(key_id, nonce)

    def _remember(self, key_id: str, nonce: str) -> None:
        now = self.clock()
        with self.lock:
            if now - self.swept > SKEW_SECONDS:
                self.seen = {key: until for key, until in self.seen.items() if until > now}
                self.swept = now
            if (key_id, nonce) in self.seen:
                raise Refused("replay")
            self.seen[key_id, nonce] = now + 2 * self.skew + 1
