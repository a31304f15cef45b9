"""A program that speaks HTTP to the demo: by token, or as a visitor with cookies and forms; one connection a request,
standard library only.
"""

from __future__ import annotations

import http.client
import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, urlencode

from devtools.ports import HOST
from devtools.processes import wait_until
from kit.sheets import XLSX

TIMEOUT = 60
UNFINISHED = {"queued", "running", "stuck"}


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    @property
    def is_problem(self) -> bool:
        return self.headers.get_content_type() == "application/problem+json"

    def json(self) -> Any:
        return json.loads(self.content)


def good(answer: Answer, code: int = 200) -> Any:
    """The data of an answer that must have this code; a file's bytes as they are."""
    assert answer.status == code, f"{answer.status}: {answer.text[:1500]}"
    return answer.json() if answer.headers.get_content_type() == "application/json" else answer.content


def refused(answer: Answer, code: int) -> str:
    """The sentences of a problem in RFC 9457's form."""
    assert (answer.status, answer.is_problem) == (code, True), f"{answer.status}: {answer.text[:1500]}"
    problem = answer.json()
    assert problem["status"] == code
    assert problem["title"]
    return " ".join([problem["detail"], *problem.get("obstacles", [])])


def eventually(ask: Callable[[], Any], seconds: float = 60, what: str = "") -> Any:
    """Ask until the answer is something; the answer."""
    found: list[Any] = []
    assert wait_until(lambda: bool(found.append(ask()) or found[-1]), seconds, 0.2), (
        f"not within {seconds} s: {what} {found[-1]}"
    )
    return found[-1]


def multipart(fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    """A form with files as a browser sends it."""
    mark = secrets.token_hex(12)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (file_name, content) in files.items():
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\nContent-Type:'
            f" {XLSX}\r\n\r\n"
        )
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def request(
    port: int, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
    try:
        connection.request(method, quote(path, safe="/?=&%:,"), body, {"Accept-Language": "zh-hans", **(headers or {})})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


@dataclass
class Program:
    """Acts by a token; without one it is nobody."""

    port: int
    token: str = ""

    def __call__(
        self, method: str, path: str, data: Any = None, *, files: Mapping[str, tuple[str, bytes]] | None = None
    ) -> Answer:
        headers = {"Authorization": f"Token {self.token}"} if self.token else {}
        body = None
        if files:
            body, headers["Content-Type"] = multipart(data or {}, files)
        elif data is not None:
            body, headers["Content-Type"] = json.dumps(data).encode(), "application/json"
        return request(self.port, method, f"/api/v1/{path}", body, headers)

    def get(self, path: str) -> Answer:
        return self("GET", path)

    def post(self, path: str, data: Any = None, *, files: Mapping[str, tuple[str, bytes]] | None = None) -> Answer:
        return self("POST", path, data, files=files)

    def put(self, path: str, data: Any) -> Answer:
        return self("PUT", path, data)

    def patch(self, path: str, data: Any) -> Answer:
        return self("PATCH", path, data)

    def case(self, kinds: str, pk: int) -> dict[str, Any]:
        return good(self.get(f"{kinds}/{pk}/"))

    def ask_move(self, kinds: str, pk: int, name: str, version: int, **words: Any) -> Answer:
        return self.post(f"{kinds}/{pk}/moves/{name}/", {"expected_version": version, **words})

    def move(self, kinds: str, pk: int, name: str, **words: Any) -> dict[str, Any]:
        """Take a move of the case as it is now."""
        return good(self.ask_move(kinds, pk, name, self.case(kinds, pk)["version"], **words))

    def in_state(self, kinds: str, pk: int, state: str, seconds: float = 60) -> dict[str, Any]:
        """Wait until background work has brought the case there."""
        eventually(
            lambda: (case := self.case(kinds, pk)) and case["state"] == state, seconds, f"{kinds} {pk} in {state}"
        )
        return self.case(kinds, pk)

    def finished(self, job: int, seconds: float = 60) -> dict[str, Any]:
        """Wait for a job's end."""
        eventually(lambda: good(self.get(f"jobs/{job}/"))["state"] not in UNFINISHED, seconds, f"job {job}")
        return good(self.get(f"jobs/{job}/"))


def asked_for_token(port: int, username: str, password: str) -> Answer:
    """What the door for tokens says; it lets ten a minute through, so this may have to wait."""
    asked = {"username": username, "password": password}
    return eventually(
        lambda: (got := Program(port).post("auth/token/", asked)).status != 429 and got, 90, "the door for tokens"
    )


def program_for(port: int, username: str, password: str) -> Program:
    """A program with its token."""
    return Program(port, good(asked_for_token(port, username, password))["token"])


@dataclass
class Visitor:
    """A browser without script: cookies, hidden tokens, forms."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = request(self.port, method, path, body, {"Cookie": cookie, **(headers or {})})
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer

    def get(self, path: str) -> Answer:
        return self("GET", path)

    def post(self, path: str, fields: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Answer:
        if "csrftoken" not in self.cookies:
            self.get("/account/login/")
        pairs = list(fields.items() if isinstance(fields, Mapping) else fields)
        body = urlencode([*pairs, ("csrfmiddlewaretoken", self.cookies["csrftoken"])], doseq=True).encode()
        return self("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def login(self, username: str, password: str) -> Visitor:
        assert self.post("/account/login/", {"login": username, "password": password}).status == 302
        return self

    def version_in(self, page: Answer, name: str) -> str:
        """The version a page's button would send."""
        found = re.search(rf'moves/{name}/">.*?name="expected_version" value="(\d+)"', page.text, re.DOTALL)
        assert found, page.text[:3000]
        return found[1]
