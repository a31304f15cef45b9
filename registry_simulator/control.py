"""The address of control: tells registries how to behave, loads people, shows the counters. Token, loopback only."""

import hmac
import ipaddress
import re
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from registry_simulator import REGISTRIES
from registry_simulator.behaviour import RegistryState
from registry_simulator.page import STYLE, login_page, state_page
from registry_simulator.people import People
from registry_simulator.web import Request, Response, json_response

COOKIE = "registry_control"
SAFE_PAGE = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]
ONE_REGISTRY = re.compile(r"/control/registries/(\w+)")
ONE_SUBJECT = re.compile(r"/control/subjects/(\w+)")
NUMBERS = ("latency_ms", "per_second", "retry_after")


class Control:
    """Pages for a person at the demo and JSON for tests and seeding, behind one token."""

    def __init__(self, desks: dict[str, RegistryState], people: People, token: str | None) -> None:
        self.desks = desks
        self.people = people
        self.token = token

    def respond(self, request: Request) -> Response:
        """The answer of the address of control; outside the machine itself it does not exist."""
        if not self.token or not from_loopback(request):
            return json_response(404, {"error": "not found"})
        page = f"{request.method} {request.path}"
        if page == "GET /control/style.css":
            return Response(200, STYLE.encode(), "text/css; charset=utf-8", SAFE_PAGE)
        if page == "POST /control/login":
            return self.login(request)
        if page == "GET /control":
            text = state_page(self.states()) if self.known(cookie(request)) else login_page()
            return Response(200, text.encode(), "text/html; charset=utf-8", SAFE_PAGE)
        if page == "POST /control/page" and self.known(cookie(request)):
            return self.from_page(request)
        if not self.known(request.environ.get("HTTP_X_CONTROL_TOKEN", "")):
            return json_response(401, {"error": "control token needed"})
        try:
            return self.api(request)
        except (ValueError, KeyError, TypeError) as problem:
            return json_response(422, {"error": str(problem)})

    def known(self, given: str) -> bool:
        """Is this the token?"""
        return hmac.compare_digest((self.token or "").encode(), given.encode("utf-8", "replace"))

    def states(self) -> dict[str, dict[str, Any]]:
        """Settings and figures of all registries."""
        return {code: desk.state() for code, desk in self.desks.items()}

    def api(self, request: Request) -> Response:
        """The JSON calls."""
        call = f"{request.method} {request.path}"
        if call == "GET /control/registries":
            return json_response(200, self.states())
        if call == "GET /control/subjects":
            return json_response(200, {code: desk.subjects() for code, desk in self.desks.items()})
        if call == "PUT /control/people":
            return json_response(200, {"loaded": self.people.put(request.json()["people"])})
        if call == "POST /control/records":
            return self.add_records(request.json())
        if call == "POST /control/reset":
            return self.reset()
        if match := ONE_SUBJECT.fullmatch(request.path):
            return json_response(200, {code: desk.counts(match[1]) for code, desk in self.desks.items()})
        match = ONE_REGISTRY.fullmatch(request.path)
        if match and match[1] in REGISTRIES and request.method == "PUT":
            self.desks[match[1]].change(request.json())
            return json_response(200, self.desks[match[1]].state())
        return json_response(404, {"error": "not found"})

    def add_records(self, wanted: dict[str, Any]) -> Response:
        """Add to, or with `replace` put in place of, what one registry knows about one subject."""
        key = wanted.get("id_number") or wanted["uscc"]
        self.people.add(wanted["registry"], key, wanted["records"], replace=wanted.get("replace") is True)
        return json_response(200, {"known": len(self.people.of(wanted["registry"], key))})

    def reset(self) -> Response:
        """All registries back to normal, counters at nought; people stay."""
        for desk in self.desks.values():
            desk.reset()
        return json_response(200, self.states())

    def login(self, request: Request) -> Response:
        """Exchange the token typed on the page for a cookie."""
        given = form(request).get("token", "")
        if not self.known(given):
            return Response(401, login_page(wrong=True).encode(), "text/html; charset=utf-8", SAFE_PAGE)
        keep = f"{COOKIE}={given}; Path=/control; HttpOnly; SameSite=Strict"
        return see_other([("Set-Cookie", keep)])

    def from_page(self, request: Request) -> Response:
        """What a button on the page asks for."""
        wanted = form(request)
        if wanted.get("act") == "reset":
            self.reset()
            return see_other()
        code = wanted.get("registry", "")
        if code not in self.desks:
            return json_response(404, {"error": "no such registry"})
        try:
            change: dict[str, Any] = {name: int(wanted[name]) for name in NUMBERS if wanted.get(name)}
            self.desks[code].change(change | {"mode": wanted.get("mode", "")})
        except ValueError as problem:
            text = state_page(self.states(), problem=f"{REGISTRIES[code]}：{problem}")
            return Response(422, text.encode(), "text/html; charset=utf-8", SAFE_PAGE)
        return see_other()


def from_loopback(request: Request) -> bool:
    """Asked from this machine, and under a name of this machine (a foreign name points at a rebinding trick)?"""
    try:
        name = urlsplit("//" + request.environ.get("HTTP_HOST", "")).hostname or ""
    except ValueError:
        return False
    return is_loopback(request.environ.get("REMOTE_ADDR", "")) and (name == "localhost" or is_loopback(name))


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def cookie(request: Request) -> str:
    """The token kept in the browser, or nothing."""
    try:
        morsel = SimpleCookie(request.environ.get("HTTP_COOKIE", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def form(request: Request) -> dict[str, str]:
    """A posted form's fields."""
    return {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}


def see_other(headers: list[tuple[str, str]] | None = None) -> Response:
    return Response(303, b"", "text/plain", [("Location", "/control"), *(headers or [])])
