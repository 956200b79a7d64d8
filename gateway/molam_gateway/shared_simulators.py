"""The simulators of a sandbox with several processes: one process has them, the others ask it."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import aiohttp
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .http import body, transport
from .http.headers import read as headers_of
from .http.provider_messages import MOST_BYTES
from .http.simulator_routes import SimulatorRoutes
from .sandbox_simulators import OPENERS, PREFIX, Simulators

HOST = 0
"""The worker that has the simulators."""

_STATE = "/state"
_PATIENCE = 0.5
_CALL_PATIENCE = 30.0
_OF_A_HOP = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding", "upgrade"})

logger = logging.getLogger("molam_gateway.simulators")


@dataclass(frozen=True, slots=True)
class Shared:
    """Where the simulators are, on loopback, and the key (PEM) that the simulated Daraja goes by in every process."""

    origin: str
    daraja_key: bytes = field(repr=False)

    @property
    def url(self) -> str:
        """Their base URL, to be followed by a name."""
        return f"{self.origin}{PREFIX}"


@contextlib.asynccontextmanager
async def hosting(listener: socket.socket, simulators: Simulators, wake: Callable[[], None]) -> AsyncGenerator[None]:
    """Serve the simulators on a socket that listens already; `wake` is called when others wait for what is due."""

    async def state(scope: Scope, receive: Receive, send: Send) -> None:
        now = float(parse_qs(scope["query_string"].decode("ascii"))["now"][0])
        busy = simulators.running > 0 or await simulators.is_due(datetime.fromtimestamp(now, UTC))
        if busy:
            wake()
        due = await simulators.next_due()
        answer = JSONResponse({"busy": busy, "next_due": None if due is None else due.timestamp()})
        await answer(scope, receive, send)

    async def otherwise(scope: Scope, receive: Receive, send: Send) -> None:
        found = scope["type"] == "http" and scope["path"] == _STATE
        await (state if found else Response("There is nothing here.", 404))(scope, receive, send)

    ready = asyncio.Event()
    app = SimulatorRoutes(PREFIX, simulators.app, otherwise)
    server = transport.server(app, drain_timeout=1.0, ready=ready.set, draining=lambda: None)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await ready.wait()
    try:
        yield
    finally:
        server.stop()
        await serving


class Elsewhere:
    """The simulators of another process: passes requests on to it, and is a source that has nothing to do itself."""

    def __init__(self, shared: Shared, now: Callable[[], datetime]) -> None:
        self._shared = shared
        self._now = now
        self._session: aiohttp.ClientSession | None = None

    def app(self, name: str) -> ASGIApp | None:
        """An application that asks the simulator, None if there is none of this name."""
        return self._forward if name in OPENERS else None

    async def claim(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Nothing: the other process does it."""
        return []

    async def next_due(self) -> datetime | None:
        """When the next thing happens in one of them, None if nobody says."""
        due = (await self._state()).get("next_due")
        return None if due is None else datetime.fromtimestamp(float(due), UTC)

    async def busy_elsewhere(self) -> bool:
        """Whether something is happening there, or should have happened by now."""
        return bool((await self._state()).get("busy"))

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()

    async def _state(self) -> Mapping[str, Any]:
        query = {"now": str(self._now().timestamp())}
        timeout = aiohttp.ClientTimeout(total=_PATIENCE)
        try:
            async with self._client().get(f"{self._shared.origin}{_STATE}", params=query, timeout=timeout) as answer:
                told: Mapping[str, Any] = await answer.json()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            logger.warning("the process with the simulators does not answer: %s", type(error).__name__)
            return {}
        return told

    async def _forward(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, fields = Request(scope, receive), headers_of(scope)
        content = await body.read(receive, fields, MOST_BYTES)
        target = f"{self._shared.origin}{scope['raw_path'].decode('latin-1')}"
        if scope["query_string"]:
            target += f"?{scope['query_string'].decode('latin-1')}"
        sent = {name: value for name, value in fields.items() if name not in _OF_A_HOP}
        try:
            async with self._client().request(
                request.method, target, data=content, headers=sent, allow_redirects=False
            ) as answer:
                told = {name: value for name, value in answer.headers.items() if name.lower() not in _OF_A_HOP}
                response = Response(await answer.read(), answer.status, told)
        except (aiohttp.ClientError, TimeoutError, OSError):
            response = Response("The process with the simulators does not answer.", 502, media_type="text/plain")
        await response(scope, receive, send)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=_CALL_PATIENCE)
            self._session = aiohttp.ClientSession(
                timeout=timeout, trust_env=False, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
        return self._session
