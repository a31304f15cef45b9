"""The simulated registry service as a WSGI application: the address of queries and the address of control."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from registry_simulator import REGISTRIES
from registry_simulator.behaviour import RegistryState
from registry_simulator.control import Control
from registry_simulator.people import People
from registry_simulator.query import answer
from registry_simulator.signing import SKEW_SECONDS, Refused, Verifier
from registry_simulator.web import Environ, Request, Response, StartResponse, json_response

QUERY = re.compile(r"/registries/(\w+)/query")


class Simulator:
    """Eight registries behind one address."""

    def __init__(self, people: People, doorman: Verifier, desks: dict[str, RegistryState], control: Control) -> None:
        self.people = people
        self.doorman = doorman
        self.desks = desks
        self.control = control

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return self.respond(Request.read(environ)).send(start_response)

    def respond(self, request: Request) -> Response:
        """Send the request to what its path names."""
        if request.path == "/health":
            return json_response(200, {"ok": True})
        if request.path == "/control" or request.path.startswith("/control/"):
            return self.control.respond(request)
        match = QUERY.fullmatch(request.path)
        if not match or match[1] not in REGISTRIES:
            return json_response(404, {"error": "no such registry"})
        if request.method != "POST":
            return json_response(405, {"error": "POST only"}, [("Allow", "POST")])
        desk = self.desks[match[1]]
        try:
            self.doorman.admit(request.method, request.path, request.environ, request.body)
        except Refused as refusal:
            desk.refuse()
            return json_response(401, {"error": str(refusal)})
        return answer(request, match[1], desk, self.people)


def create_app(
    *,
    keys: Mapping[str, str],
    control_token: str | None = None,
    data: Path | None = None,
    latency_ms: int = 0,
    built_in: bool = True,
    clock: Callable[[], float] = time.time,
    skew: int = SKEW_SECONDS,
) -> Simulator:
    """Make the application.

    `keys` maps key id → secret; without a `control_token` there is no address of control; `data` is the folder that
    keeps people loaded at run time; `latency_ms` is how long a normal answer takes; `skew` is by how many seconds the
    callers' clock may differ (a practice calendar differs by weeks).
    """
    people = People(data, built_in=built_in)
    desks = {code: RegistryState(clock, latency_ms) for code in REGISTRIES}
    return Simulator(people, Verifier(keys, clock, skew), desks, Control(desks, people, control_token))
