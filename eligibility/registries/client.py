"""Asks one registry over HTTP; what counts as an answer is in `contract` (R-ELG-1, R-ELG-7)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from eligibility.registries.catalogue import Limits
from eligibility.registries.contract import Nonsense, read_answer
from eligibility.registries.protocol import NoAnswer, Result, Silence, Subject
from eligibility.registries.signing import signed_headers
from kit.later import Later

if TYPE_CHECKING:
    import aiohttp
else:
    aiohttp = Later("aiohttp")  # only a worker asks registries

LARGEST_ANSWER = 8 * 1024 * 1024


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


def open_session() -> aiohttp.ClientSession:
    """One session for all registries; how many calls run at once is the gate's business, not the connector's."""
    connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=60)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def adapters(session: aiohttp.ClientSession, limits: Mapping[str, Limits]) -> dict[str, SignedHttp]:
    """The adapter of each registry asked: the one place to put another class for one that speaks differently."""
    return {code: SignedHttp(session, code, of) for code, of in limits.items()}
