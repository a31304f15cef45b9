"""A real SMS gateway in a thread, and what left by the other adapters."""

from __future__ import annotations

import email
import hashlib
import hmac
import json
import threading
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SECRET = "a-secret-of-the-tests"


class Gateway:
    """Takes a message once a key and answers as it is told; `asked` counts every request."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, str]] = {}
        self.asked, self.answer, self.cuts = 0, 200, False
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                gateway.asked += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signed = self.headers["X-Timestamp"].encode() + b"." + body
                is_ours = hmac.compare_digest(
                    hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest(), self.headers["X-Signature"]
                )
                answer = gateway.answer if is_ours else 403
                if answer == 200:
                    gateway.taken.setdefault(self.headers["Idempotency-Key"], json.loads(body))
                if gateway.cuts:  # taken, but the portal never hears of it
                    self.connection.close()
                    return
                self.send_response(answer)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *args: None
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/send"

    @property
    def texts(self) -> list[tuple[str, str]]:
        return [(message["to"], message["text"]) for message in self.taken.values()]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def mails(folder: Path) -> list[tuple[str, str, str]]:
    """(to, subject, text) of every mail in a folder of Django's file backend."""
    found = []
    for path in sorted(folder.glob("*.log")):
        for part in path.read_bytes().split(b"-" * 79 + b"\n"):
            if part.strip():
                mail = email.message_from_bytes(part, policy=default)
                found.append((mail["To"], mail["Subject"], mail.get_content().strip()))
    return found


def texts(folder: Path) -> list[tuple[str, str]]:
    """(to, text) of every SMS in the folder of the file adapter."""
    rows = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [(row["to"], row["text"]) for row in rows]
