"""Posts one webhook to one receiver, without redirects, proxies or unvetted addresses."""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import aiohttp

from ..domain import url_policy
from . import retry_after
from .excerpts import MAX_BYTES, excerpt
from .vetting import Lookup, VettingResolver, system_lookup

_EXCERPT_TIMEOUT = 2.0
_LONGEST_ERROR = 200


@dataclass(frozen=True, slots=True)
class Reception:
    """What became of one attempt: `status` is None if no answer came, and then `error` says why.

    `retry_after` are the seconds that the receiver asked for.
    """

    status: int | None
    error: str | None
    excerpt: str
    duration_ms: int
    retry_after: float | None = None

    @property
    def accepted(self) -> bool:
        """Whether the receiver took the event: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


class Sender:
    """An HTTP client for webhooks; use as an asynchronous context manager.

    `lookup` finds the addresses of a name; `tls` decides whom to trust, None stands for the system's authorities.
    """

    def __init__(
        self,
        *,
        connect_timeout: float,
        total_timeout: float,
        sandbox: bool,
        lookup: Lookup = system_lookup,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._timeout = aiohttp.ClientTimeout(total=total_timeout, sock_connect=connect_timeout)
        self._sandbox = sandbox
        self._lookup = lookup
        self._tls = tls
        self._now = now
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,
                use_dns_cache=False,
                force_close=True,
                ssl=True if self._tls is None else self._tls,
                resolver=VettingResolver(self._lookup, sandbox=self._sandbox),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            trust_env=False,
            auto_decompress=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reception:
        """Make one attempt; never raises for what the network or the receiver does."""
        if self._session is None:
            raise RuntimeError("the sender is not open")
        started = time.monotonic()
        status, error, text, pause = None, None, "", None
        try:
            url_policy.check_url(url, sandbox=self._sandbox)
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                status = response.status
                if not 200 <= status < 300:
                    pause = retry_after.seconds(status, response.headers.get("Retry-After"), self._now())
                    text = excerpt(await _beginning(response))
        except url_policy.RefusedUrlError as refused:
            error = str(refused)
        except TimeoutError:
            error = "timed out"
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            error = _told(failure)
        if status is not None:
            error = None
        return Reception(status, error, text, int((time.monotonic() - started) * 1000), pause)


def _told(failure: Exception) -> str:
    """What failed; of an answer that is not HTTP nothing is repeated."""
    name = type(failure).__name__
    if isinstance(failure, aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        return f"{name}: the answer is not valid HTTP"
    return excerpt(f"{name}: {failure}".encode())[:_LONGEST_ERROR]


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """The first bytes of a refusal, however slowly it comes and however much would follow."""
    found = bytearray()
    try:
        async with asyncio.timeout(_EXCERPT_TIMEOUT):
            while len(found) < MAX_BYTES and (part := await response.content.read(MAX_BYTES - len(found))):
                found += part
    except (TimeoutError, aiohttp.ClientError):
        pass
    return bytes(found)
