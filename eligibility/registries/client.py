"""Asks one registry over HTTP and believes nothing it says that does not fit the question (R-ELG-1, R-ELG-7)."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isnan
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from django.conf import settings

from eligibility.registries.catalogue import Limits, keep_facts
from eligibility.registries.protocol import Answer, Busy, NoAnswer, Record, Result, Silence, Subject
from eligibility.registries.signing import signed_headers

LARGEST_ANSWER = 8 * 1024 * 1024
LONGEST_PAUSE = 3600.0
BY_STATUS = {401: Silence.REFUSED, 403: Silence.REFUSED, 502: Silence.OUT_OF_SERVICE, 503: Silence.OUT_OF_SERVICE,
             504: Silence.OUT_OF_SERVICE}  # fmt: skip


class Nonsense(Exception):
    """An answer that cannot be one to this question."""

    def __init__(self, reason: Silence, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.no_answer = NoAnswer(reason, detail)


class SignedHttp:
    """The contract every registry offers now; one with another contract gets a class of its own beside this one."""

    def __init__(self, session: aiohttp.ClientSession, code: str, limits: Limits) -> None:
        self.session = session
        self.code = code
        self.timeout = aiohttp.ClientTimeout(total=limits.timeout)
        self.url = f"{(limits.url or settings.REGISTRY_URL).rstrip('/')}/registries/{code}/query"
        self.path = urlsplit(self.url).path

    async def ask(self, subjects: tuple[Subject, ...], purpose: str) -> Result:
        """One signed call; whatever goes wrong on the way or over there becomes NoAnswer or Busy."""
        request_id = uuid.uuid4().hex
        body = json.dumps(question(request_id, purpose, subjects), ensure_ascii=False).encode()
        try:
            status, headers, answer = await self._post(body)
            return read_answer(self.code, subjects, request_id, status, headers, answer)
        except Nonsense as nonsense:
            return nonsense.no_answer
        except TimeoutError:
            return NoAnswer(Silence.TIMEOUT)
        except aiohttp.ClientConnectorError as problem:
            return NoAnswer(Silence.UNREACHABLE, type(problem).__name__)
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as problem:
            return NoAnswer(Silence.CUT_OFF, type(problem).__name__)
        except aiohttp.ClientError as problem:
            return NoAnswer(Silence.BROKEN, type(problem).__name__)

    async def _post(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        headers = signed_headers(
            "POST", self.path, body, key_id=settings.REGISTRY_KEY_ID, secret=settings.REGISTRY_SECRET
        )
        headers["Content-Type"] = "application/json"
        async with self.session.post(
            self.url, data=body, headers=headers, timeout=self.timeout, allow_redirects=False
        ) as response:
            chunks, size = [], 0
            async for chunk in response.content.iter_any():
                chunks.append(chunk)
                size += len(chunk)
                if size > LARGEST_ANSWER:
                    raise Nonsense(Silence.BROKEN, "too large")
            return response.status, response.headers, b"".join(chunks)


def question(request_id: str, purpose: str, subjects: tuple[Subject, ...]) -> dict[str, Any]:
    """The body of a query."""
    return {
        "request_id": request_id,
        "purpose": purpose,
        "persons": [{"id_number": s.key, "name": s.name} for s in subjects if s.kind == "person"],
        "enterprises": [{"uscc": s.key} for s in subjects if s.kind == "enterprise"],
    }


def read_answer(
    code: str, subjects: tuple[Subject, ...], request_id: str, status: int, headers: Mapping[str, str], body: bytes
) -> Answer | Busy:
    """The answer to this question, or a Nonsense that says why it is none; subjects it leaves out are named."""
    if status == 429:
        return Busy(pause_wanted(headers.get("Retry-After", "")))
    if status != 200:
        otherwise = Silence.FAULT if status >= 500 else Silence.REJECTED
        raise Nonsense(BY_STATUS.get(status, otherwise), str(status))
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        is_page = "html" in headers.get("Content-Type", "") or body.lstrip()[:1] == b"<"
        raise Nonsense(Silence.NOT_DATA if is_page else Silence.BROKEN) from None
    if not isinstance(found, dict):
        raise Nonsense(Silence.BROKEN, "not an object")
    if found.get("request_id") != request_id:
        raise Nonsense(Silence.NOT_OURS, "request_id")
    return match_subjects(code, subjects, found)


def match_subjects(code: str, subjects: tuple[Subject, ...], found: dict[str, Any]) -> Answer:
    """Each subject's records, facts only; what the answer says about anybody else is not looked at."""
    by_kind = {"person": found.get("persons", {}), "enterprise": found.get("enterprises", {})}
    if not all(isinstance(rows, dict) for rows in by_kind.values()):
        raise Nonsense(Silence.BROKEN, "no subjects")
    records: dict[Subject, tuple[Record, ...]] = {}
    for subject in subjects:
        rows = by_kind[subject.kind].get(subject.key)
        if rows is None:
            continue
        if not isinstance(rows, list):
            raise Nonsense(Silence.BROKEN, "records")
        records[subject] = facts(code, subject.kind, rows) if rows else ()
    if subjects and not records:
        raise Nonsense(Silence.NOT_OURS, "no subject of ours")
    left_out = frozenset(subjects) - records.keys() if len(records) < len(subjects) else frozenset()
    return Answer(records, left_out)


def facts(code: str, about: str, rows: list[Any]) -> tuple[Record, ...]:
    """What is kept of one subject's records; a record that is no object makes the whole answer nonsense."""
    kept = []
    for row in rows:
        if not isinstance(row, dict):
            raise Nonsense(Silence.BROKEN, "records")
        kept.append(keep_facts(code, row, about))
    return tuple(kept)


def pause_wanted(retry_after: str) -> float:
    """Retry-After as seconds, from a number or an HTTP date; one second when it says neither, an hour at most."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            seconds = 1.0
    return min(max(seconds, 0.1), LONGEST_PAUSE) if not isnan(seconds) else 1.0


def open_session() -> aiohttp.ClientSession:
    """One session for all registries; how many calls run at once is the gate's business, not the connector's."""
    connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=60)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def adapters(session: aiohttp.ClientSession, limits: Mapping[str, Limits]) -> dict[str, SignedHttp]:
    """The adapter of each registry asked: the one place to put another class for one that speaks differently."""
    return {code: SignedHttp(session, code, of) for code, of in limits.items()}
