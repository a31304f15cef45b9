"""Signs a request to a registry: key id, timestamp, nonce, HMAC-SHA256 (R-ELG-1: a real client, not an open one)."""

import hashlib
import hmac
import secrets
import time


def signed_headers(method: str, path: str, body: bytes, *, key_id: str, secret: str) -> dict[str, str]:
    """The four headers; every call has its own nonce, so a repeated request is signed anew.

    The signature is the hex HMAC over method, path, Unix seconds, nonce and the body's hex SHA-256, one a line.
    """
    timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
    text = "\n".join((method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {"X-Key-Id": key_id, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}
