"""A small threaded WSGI server: keeps connections open, one thread each, and can cut one on request."""

import io
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from registry_simulator.web import DROP

MAX_BODY = 64 * 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    """Turns a request into a WSGI call and its result into bytes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 75
    server: "Server"

    def answer(self) -> None:
        """Call the application; the connection stays open unless it was cut or the body is too large."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self.send_error(413)
            return
        self.cut = False
        body = self.rfile.read(int(length))
        chunks = b"".join(self.server.app(self.environ(body), self.start))
        if self.cut:
            self.close_connection = True
            return
        self.send_response_only(int(self.status.split()[0]))
        for name, value in self.head:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(chunks)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 (http.server looks for these names)

    def start(self, status: str, headers: list[tuple[str, str]]) -> None:
        """WSGI's start_response."""
        self.status, self.head = status, headers

    def drop(self) -> None:
        """Cut the connection after this request, without an answer."""
        self.cut = True

    def environ(self, body: bytes) -> dict[str, Any]:
        """The WSGI environment of this request."""
        path, _, query = self.path.partition("?")
        environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": self.client_address[0],
            "SERVER_NAME": str(self.server.server_address[0]),
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            DROP: self.drop,
        }
        for name, value in self.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        return environ

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class names it so)
        """Requests are counted, not logged."""


class Server(ThreadingHTTPServer):
    """Serves one WSGI application; `port` is known once it is made, also when 0 was asked for."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, host: str, port: int, app: Any) -> None:
        self.app = app
        super().__init__((host, port), Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]}:{self.port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)
