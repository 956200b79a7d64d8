"""The frame of a simulated provider: its HTTP API under faults, its book, and what happens in its own time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from .book import Book, Due
from .faults import Fault, FaultError, FaultPlane

Happening: TypeAlias = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Makes happen what was planned, given its document; it runs once."""

_NOTICE = "notice"
_NOTICE_TIMEOUT = 10.0


class Simulation:
    """What every simulator is built on; it is a source of work for whatever loop keeps its time.

    `api` are the provider's routes. Beside them `GET /_control/ledger` shows the book's movements, `POST
    /_control/faults` arms a fault, `DELETE` forgets them. `now` is the simulator's clock (seconds of unix time).
    """

    def __init__(self, name: str, book: Book, now: Callable[[], float] = time.time) -> None:
        self.name = name
        self.book = book
        self.now = now
        self._happenings: dict[str, Happening] = {_NOTICE: self._post}
        self._plane: FaultPlane | None = None
        self._session: aiohttp.ClientSession | None = None

    def app(self, api: Sequence[BaseRoute], controls: Sequence[BaseRoute] = ()) -> ASGIApp:
        """The ASGI application that serves the provider's API and the controls; `controls` are more of them."""
        self._plane = FaultPlane(Starlette(routes=list(api)))
        control = Starlette(
            routes=[
                Route("/_control/ledger", self._ledger),
                Route("/_control/faults", self._faults, methods=["POST", "DELETE"]),
                *controls,
            ]
        )
        plane = self._plane

        async def application(scope: Any, receive: Any, send: Any) -> None:
            inner = (
                control if scope["path"].removeprefix(scope.get("root_path", "")).startswith("/_control/") else plane
            )
            await inner(scope, receive, send)

        return application

    def arm(self, fault: Fault) -> None:
        """Let a fault happen to the next requests that match it."""
        if self._plane is None:
            raise RuntimeError("the simulator has no API yet")
        self._plane.arm(fault)

    def disarm(self) -> None:
        """Let nothing go wrong any more."""
        if self._plane is not None:
            self._plane.disarm()

    def on(self, kind: str, happening: Happening) -> None:
        """Say what happens when something planned under `kind` is due."""
        self._happenings[kind] = happening

    def plan(self, seconds: float, kind: str, document: Mapping[str, Any]) -> None:
        """Let it happen that many seconds from now; belongs into the book's transaction that causes it."""
        self.book.plan(self.now() + seconds, kind, document)

    def notify(self, seconds: float, url: str, body: str, headers: Mapping[str, str]) -> None:
        """Post a webhook or callback that many seconds from now, once; whoever wants repetitions plans them."""
        self.plan(seconds, _NOTICE, {"url": url, "body": body, "headers": dict(headers)})

    async def claim(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What is due now, ready to be run; whoever claims it runs it."""
        due = self.book.due(self.now())
        for each in due:
            self.book.done(each)
        return [self._happen(each) for each in due]

    async def next_due(self) -> datetime | None:
        """When the next thing happens."""
        at = self.book.next_due()
        return None if at is None else datetime.fromtimestamp(at, UTC)

    async def settle(self) -> None:
        """Let everything happen that is due, what follows from it too."""
        while claimed := await self.claim():
            await asyncio.gather(*claimed)

    async def close(self) -> None:
        """Close connections and the book."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        self.book.close()

    async def post(self, url: str, body: str, headers: Mapping[str, str]) -> tuple[int, bytes] | None:
        """Tell the gateway something; its answer, None if there was none."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=_NOTICE_TIMEOUT)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False, cookie_jar=aiohttp.DummyCookieJar())
        try:
            async with self._session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None

    async def _post(self, document: Mapping[str, Any]) -> None:
        await self.post(document["url"], document["body"], document["headers"])

    async def _happen(self, due: Due) -> None:
        await self._happenings[due.kind](due.document)

    async def _ledger(self, request: Request) -> JSONResponse:
        rows = [
            {
                "kind": each.kind,
                "amount": each.amount,
                "currency": each.currency,
                "reference": each.reference,
                "subject": each.subject,
                "at": each.at,
            }
            for each in self.book.movements()
        ]
        return JSONResponse({"provider": self.name, "movements": rows})

    async def _faults(self, request: Request) -> JSONResponse:
        if self._plane is None:
            raise RuntimeError("the simulator has no API yet")
        if request.method == "DELETE":
            self._plane.disarm()
            return JSONResponse({"armed": False})
        try:
            self._plane.arm(Fault.of(await request.json()))
        except (FaultError, ValueError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse({"armed": True})
