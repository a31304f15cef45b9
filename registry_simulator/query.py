"""POST /registries/<code>/query: answers up to 100 subjects, or fails the way the registry is told to fail."""

import json
import time
from collections.abc import Iterable
from typing import Any

from registry_simulator import MAX_SUBJECTS
from registry_simulator.behaviour import RegistryState
from registry_simulator.people import People
from registry_simulator.web import Request, Response, drop, json_response

WEB_PAGE = "<!doctype html><title>系统维护</title><p>系统正在维护，请稍后再试。</p>"
WRONG_DATES: dict[str, dict[str, Any]] = {
    "employment": {"type": "job_seeking", "registered_on": "2020-13-45"},
    "business": {"type": "post", "uscc": "91150100MA0N0J0A1F", "role": "legal_representative", "from": "昨天"},
    "social_security": {"type": "employee_insurance", "uscc": "91150100MA0N0J0A1F", "from": "2020/01/32"},
    "labour_contract": {"type": "contract", "uscc": "91150100MA0N0J0A1F", "signed_on": "", "from": "0000-00-00"},
    "graduates": {"type": "degree", "school": "某大学", "level": "本科", "graduated_on": "2020-02-30"},
    "poverty": {"type": "poor_labourer", "from": "2016-1-1"},
    "certificates": {
        "type": "certificate",
        "number": "0",
        "kind": "x",
        "occupation": "y",
        "level": 5,
        "issued_on": "20200101T",
        "issuer": "z",
    },
    "population": {"type": "death", "on": "不详"},
}
NEVER_HEARD_OF = {"type": "favourite_colour", "value": "蓝", "since": "2020-01-01"}


class BadQuestion(ValueError):
    """A body that is no question."""


def subjects_in(question: Any) -> tuple[list[str], list[str]]:
    """The citizen numbers and credit codes asked for."""
    if not isinstance(question, dict) or not isinstance(question.get("request_id"), str):
        raise BadQuestion("request_id is missing")
    return _keys(question.get("persons", []), "id_number"), _keys(question.get("enterprises", []), "uscc")


def _keys(rows: Any, name: str) -> list[str]:
    if not isinstance(rows, list):
        raise BadQuestion(f"a list of objects with {name} is needed")
    keys = [row.get(name) if isinstance(row, dict) else None for row in rows]
    if not all(isinstance(key, str) and key for key in keys):
        raise BadQuestion(f"every subject needs {name}")
    return keys


def answer(request: Request, registry: str, desk: RegistryState, people: People) -> Response:
    """The registry's answer to a request that was let in."""
    try:
        question = json.loads(request.body)
        persons, enterprises = subjects_in(question)
    except (ValueError, RecursionError) as problem:
        return json_response(400, {"error": str(problem)})
    asked = [*persons, *enterprises]
    if len(asked) > MAX_SUBJECTS:
        return json_response(422, {"error": f"at most {MAX_SUBJECTS} subjects"})
    in_time = desk.arrive(asked)
    try:
        time.sleep(desk.seconds)
        if not in_time:
            wait = str(desk.behaviour.retry_after)
            return json_response(429, {"error": "too many requests"}, [("Retry-After", wait)])
        fault = FAULTS.get(desk.behaviour.mode)
        if fault:
            return fault(request, question, answers(registry, persons, enterprises, people))
        desk.answered(asked)
        found = {"request_id": question["request_id"], **answers(registry, persons, enterprises, people)}
        return json_response(200, odd(found, registry) if desk.behaviour.mode == "malformed" else found)
    finally:
        desk.leave()


def answers(registry: str, persons: Iterable[str], enterprises: Iterable[str], people: People) -> dict[str, Any]:
    """All that is known about the subjects, with its dates; an unknown subject has an empty list."""
    return {
        "persons": {key: people.of(registry, key) for key in persons},
        "enterprises": {key: people.of(registry, key) for key in enterprises},
    }


def odd(found: dict[str, Any], registry: str) -> dict[str, Any]:
    """The answer with two records more for each person: one with a date that is no date, one of an unknown type."""
    extra = [WRONG_DATES[registry], NEVER_HEARD_OF]
    return found | {"persons": {key: [*rows, *extra] for key, rows in found["persons"].items()}}


def down(request: Request, question: Any, found: Any) -> Response:
    return json_response(503, {"error": "service unavailable"})


def dropped(request: Request, question: Any, found: Any) -> Response:
    return drop(request)


def error500(request: Request, question: Any, found: Any) -> Response:
    return Response(500, b"Internal Server Error", "text/plain")


def html(request: Request, question: Any, found: Any) -> Response:
    return Response(200, WEB_PAGE.encode(), "text/html; charset=utf-8")


def half_json(request: Request, question: Any, found: Any) -> Response:
    whole = json.dumps({"request_id": question["request_id"], **found}).encode()
    return Response(200, whole[: len(whole) // 2], "application/json")


def wrong_id(request: Request, question: Any, found: Any) -> Response:
    return json_response(200, {"request_id": "another", **found})


def missing(request: Request, question: Any, found: Any) -> Response:
    part = {kind: dict(list(rows.items())[1:]) for kind, rows in found.items()}
    return json_response(200, {"request_id": question["request_id"], **part})


def no_x(request: Request, question: Any, found: Any) -> Response:
    """A system whose column of numbers is numeric."""
    known = {
        kind: {key: rows for key, rows in of_kind.items() if not key.endswith("X")} for kind, of_kind in found.items()
    }
    return json_response(200, {"request_id": question["request_id"], **known})


def failed(request: Request, question: Any, found: Any) -> Response:
    """The usual envelope of a gateway whose database did not answer in time: 200, and nobody known."""
    empty = {kind: {key: [] for key in rows} for kind, rows in found.items()}
    return json_response(
        200, {"request_id": question["request_id"], "code": 500, "success": False, "message": "查询超时", **empty}
    )


def part(request: Request, question: Any, found: Any) -> Response:
    """The first page of several."""
    first = {kind: {key: records[:1] for key, records in rows.items()} for kind, rows in found.items()}
    return json_response(200, {"request_id": question["request_id"], **first, "page": 1, "has_more": True})


def unagreed(request: Request, question: Any, found: Any) -> Response:
    return json_response(200, {"request_id": question["request_id"], **found, "version": "2.0"})


FAULTS = {
    "down": down,
    "drop": dropped,
    "error500": error500,
    "html": html,
    "half_json": half_json,
    "wrong_id": wrong_id,
    "missing": missing,
    "no_x": no_x,
    "failed": failed,
    "part": part,
    "unagreed": unagreed,
}
