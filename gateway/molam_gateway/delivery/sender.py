"""Posts one webhook to one receiver, without redirects, proxies or unvetted addresses."""

import asyncio
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from ..domain import url_policy

EXCERPT_BYTES = 1024
_EXCERPT_TIMEOUT = 2.0


@dataclass(frozen=True, slots=True)
class Reception:
    """What became of one attempt: `status` is None if no answer came, and then `error` says why."""

    status: int | None
    error: str | None
    excerpt: str
    duration_ms: int

    @property
    def accepted(self) -> bool:
        """Whether the receiver took the event: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


class Sender:
    """An HTTP client for webhooks; use as an asynchronous context manager."""

    def __init__(self, *, connect_timeout: float, total_timeout: float, sandbox: bool) -> None:
        self._timeout = aiohttp.ClientTimeout(total=total_timeout, sock_connect=connect_timeout)
        self._sandbox = sandbox
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        resolver = _VettingResolver(sandbox=self._sandbox)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, use_dns_cache=False, force_close=True, resolver=resolver),
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
        status, error, excerpt = None, None, ""
        try:
            url_policy.check_url(url, sandbox=self._sandbox)
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                status = response.status
                if not 200 <= status < 300:
                    excerpt = await _excerpt(response)
        except url_policy.RefusedUrlError as refused:
            error = str(refused)
        except TimeoutError:
            error = "timed out"
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            error = f"{type(failure).__name__}: {failure}"[:200]
        if status is not None:
            error = None
        return Reception(status, error, excerpt, int((time.monotonic() - started) * 1000))


class _VettingResolver(AbstractResolver):
    """Resolves a name and lets aiohttp connect to nothing but the addresses that were checked."""

    def __init__(self, *, sandbox: bool) -> None:
        self._inner = aiohttp.ThreadedResolver()
        self._sandbox = sandbox

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        url_policy.check_addresses((each["host"] for each in found), sandbox=self._sandbox)
        return found

    async def close(self) -> None:
        await self._inner.close()


async def _excerpt(response: aiohttp.ClientResponse) -> str:
    """The beginning of a refusal, for the delivery log."""
    try:
        async with asyncio.timeout(_EXCERPT_TIMEOUT):
            return (await response.content.read(EXCERPT_BYTES)).decode("utf-8", "replace")
    except (TimeoutError, aiohttp.ClientError):
        return ""
