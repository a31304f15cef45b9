"""The few HTTP parts the simulator needs: a request read from WSGI, a response written to it."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

DROP = "registry_simulator.drop"
Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


@dataclass
class Response:
    """A whole answer; `headers` come besides type and length."""

    status: int
    body: bytes
    content_type: str
    headers: list[tuple[str, str]] = field(default_factory=list)

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        """Hand the answer to the WSGI server."""
        head = [("Content-Type", self.content_type), ("Content-Length", str(len(self.body))), *self.headers]
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", head)
        return [self.body]


@dataclass
class Request:
    """Method, path and body; the rest stays in `environ`."""

    method: str
    path: str
    body: bytes
    environ: Environ

    @classmethod
    def read(cls, environ: Environ) -> "Request":
        """The request with its body read to the end."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        return cls(environ["REQUEST_METHOD"], environ["PATH_INFO"], body, environ)

    def json(self) -> Any:
        """The body as JSON; ValueError when it is none."""
        return json.loads(self.body or b"null")


def json_response(status: int, value: Any, headers: list[tuple[str, str]] | None = None) -> Response:
    """A JSON answer."""
    return Response(status, json.dumps(value).encode(), "application/json", headers or [])


def drop(request: Request) -> Response:
    """Cut the connection without a word where the server can; elsewhere a 503."""
    cut = request.environ.get(DROP)
    if cut:
        cut()
    return json_response(503, {"error": "service unavailable"})
