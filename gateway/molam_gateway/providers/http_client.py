"""Calls one provider over HTTP: bounded, POST never repeated, without redirects, cookies or proxies."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

import aiohttp

from . import departure
from .breaker import Breaker

MOST_CALLS = 1024
CONNECT_TIMEOUT = 5.0
TOTAL_TIMEOUT = 18.0
"""Shorter than `domain.leases.PROVIDER_TIMEOUT`, so that a silent provider is reported by its adapter."""

MOST_BYTES = 1_000_000
_IDLE = 4.0


class NotSentError(Exception):
    """Nothing reached the provider."""


class LostError(Exception):
    """The request may have reached the provider; its answer did not come, or not whole."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer; `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def document(self) -> dict[str, Any] | None:
        """The JSON object of the body, its fractions as Decimal; None for everything else."""
        try:
            found = json.loads(self.body, parse_float=Decimal)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None  # pyright: ignore[reportUnknownVariableType] - checked by readers


@runtime_checkable
class Connected(Protocol):
    """A provider that is reached over HTTP."""

    @property
    def connections(self) -> "Sequence[ProviderHttp]":
        """The connections to the provider, for those who watch over them."""
        ...


class ProviderHttp:
    """The connections to one provider: at most `most_calls` calls at a time, a circuit breaker before them.

    `fresh_connections` never uses a connection twice: for providers without an idempotency handle, since a call on a
    connection that the provider just closed can only be counted as lost. Times are seconds.
    """

    def __init__(
        self,
        name: str,
        *,
        most_calls: int = MOST_CALLS,
        connect_timeout: float = CONNECT_TIMEOUT,
        total_timeout: float = TOTAL_TIMEOUT,
        fresh_connections: bool = False,
        breaker: Breaker | None = None,
    ) -> None:
        self.breaker = breaker or Breaker()
        self._name = name
        self._most_calls = most_calls
        self._timeout = aiohttp.ClientTimeout(total=total_timeout, sock_connect=connect_timeout)
        self._fresh = fresh_connections
        self._in_flight = 0
        self._session: aiohttp.ClientSession | None = None

    @property
    def most_calls(self) -> int:
        """The calls that may be under way."""
        return self._most_calls

    @property
    def broken(self) -> bool:
        """Whether calls are being refused because too many failed."""
        return self.breaker.open

    @property
    def in_flight(self) -> int:
        """The calls that are under way."""
        return self._in_flight

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: object = None,
        form: Sequence[tuple[str, str]] | None = None,
        basic: tuple[str, str] | None = None,
    ) -> Reply:
        """Make one call. Raises NotSentError or LostError; an answer of any status is returned.

        Only a GET on a kept connection that turns out to be closed is made a second time, on another one.
        """
        if self._in_flight >= self._most_calls:
            raise NotSentError(f"{self._most_calls} calls to {self._name} are under way")
        if not self.breaker.admits():
            raise NotSentError(f"the circuit to {self._name} is open")
        self._in_flight += 1
        settled = False
        try:
            reply = await self._exchange(method, url, headers or {}, params, json, form, basic)
            self.breaker.succeeded()
            settled = True
            return reply
        except (NotSentError, LostError):
            self.breaker.failed()
            settled = True
            raise
        finally:
            self._in_flight -= 1
            if not settled:
                self.breaker.gave_up()

    async def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None,
        document: object,
        form: Sequence[tuple[str, str]] | None,
        basic: tuple[str, str] | None,
    ) -> Reply:
        if basic is not None:
            headers = {**headers, "authorization": f"Basic {base64.b64encode(':'.join(basic).encode()).decode()}"}
        data = None if form is None else aiohttp.FormData(list(form))
        try:
            async with self._open().request(
                method,
                url,
                headers=headers,
                params=params,
                json=document,
                data=data,
                allow_redirects=False,
                trace_request_ctx=method,
            ) as response:
                body = await response.content.read(MOST_BYTES + 1)
                while not response.content.at_eof() and len(body) <= MOST_BYTES:
                    body += await response.content.read(MOST_BYTES + 1 - len(body))
                if len(body) > MOST_BYTES:
                    raise LostError(f"the answer of {self._name} is longer than {MOST_BYTES} bytes")
                return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, body)
        except (
            aiohttp.ClientConnectorError,
            aiohttp.ConnectionTimeoutError,
            aiohttp.InvalidURL,
            aiohttp.NonHttpUrlClientError,
        ) as error:
            raise NotSentError(f"{self._name} cannot be reached: {type(error).__name__}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise LostError(f"{self._name} gave no whole answer: {type(error).__name__}") from None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = (
                aiohttp.TCPConnector(limit=self._most_calls, force_close=True)
                if self._fresh
                else aiohttp.TCPConnector(limit=self._most_calls, keepalive_timeout=_IDLE)
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._timeout,
                trust_env=False,
                trace_configs=[_tracing()],
            )
        return self._session


def _tracing() -> aiohttp.TraceConfig:
    """Says when a request that may change something is about to be written: its connection is there."""

    async def connected(session: aiohttp.ClientSession, context: Any, parameters: object) -> None:
        if context.trace_request_ctx != "GET":
            departure.leaves()

    config = aiohttp.TraceConfig()
    config.on_connection_create_end.append(connected)
    config.on_connection_reuseconn.append(connected)
    return config
