"""Counts what SDKs report of their calls, off the path of requests, and shows it by version and day."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain import sdk_reports
from ..domain.scopes import PLATFORM_READ
from ..domain.sdk_reports import OTHER, Tally
from ..domain.times import milliseconds, moment
from ..services import Clock, Services
from ..storage import sdk_reports as rows
from ..storage.port import Store, StoreError
from ..telemetry import work
from . import rendering
from .gate import Gate
from .sessions import SCOPE, Visit

_DAY = 86_400_000
_KEPT_DAYS = 90
_SHOWN_DAYS = 30
_SHOWN_ROWS = 200
_EVERY = 5.0
_MOST_VERSIONS = 16
_HEADER = b"molam-client-telemetry"
_USER_AGENT = b"user-agent"

logger = logging.getLogger("molam_gateway.admin")


class Meter:
    """Adds up reports in memory and writes them every few seconds in one transaction."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._tallies: dict[rows.Key, Tally] = {}
        self._versions: dict[str, set[str]] = {}
        self._today = 0
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what is left."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.flush()

    def count(self, account_id: str, version: str, tally: Tally) -> None:
        """Take a report; versions beyond the first few of an account and a day are counted together."""
        today = _day(self._clock.real_now())
        if today != self._today:
            self._today, self._versions = today, {}
        seen = self._versions.setdefault(account_id, set())
        if version not in seen and len(seen) >= _MOST_VERSIONS:
            version = OTHER
        seen.add(version)
        key = (today, account_id, version)
        self._tallies[key] = self._tallies.get(key, Tally()) + tally

    async def flush(self) -> None:
        """Write what was counted; it is kept for the next time if that fails."""
        async with self._writing:
            tallies, self._tallies = self._tallies, {}
            if not tallies:
                return
            try:
                async with self._store.transaction() as tx:
                    await rows.add(tx, tallies, _day(self._clock.real_now()) - _KEPT_DAYS)
            except StoreError as error:
                logger.warning("SDK reports wait for the database: %s", error)
                for key, tally in tallies.items():
                    self._tallies[key] = self._tallies.get(key, Tally()) + tally

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            await self.flush()


class Reported:
    """An ASGI application around the API: counts what a request reports once it is known whose it is.

    What needs no key has no account, and neither have credentials that were refused: they count nowhere.
    """

    def __init__(self, inner: ASGIApp, meter: Meter) -> None:
        self._inner = inner
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        report = _report(scope["headers"]) if scope["type"] == "http" else None
        if report is None:
            await self._inner(scope, receive, send)
            return

        async def watched(message: Message) -> None:
            account_id = work.current().account
            if message["type"] == "http.response.start" and account_id:
                self._meter.count(account_id, *report)
            await send(message)

        await self._inner(scope, receive, watched)


class AdoptionPage:
    """Shows which SDKs call, and how their calls went."""

    def __init__(self, services: Services, meter: Meter) -> None:
        self._services = services
        self._meter = meter

    def routes(self, gate: Gate) -> list[Route]:
        """Where the page lives."""
        return [Route("/admin/sdks", gate.page(SCOPE, self.show), methods=["GET"])]

    async def show(self, visit: Visit) -> Response:
        """The versions of the last month, then each day: of the account, of all for those who run the gateway."""
        await self._meter.flush()
        everybody = visit.may(PLATFORM_READ)
        since = _day(self._services.clock.real_now()) - _SHOWN_DAYS
        async with self._services.store.reading() as reader:
            found = await rows.since(reader, since, None if everybody else visit.account.id)
        versions: dict[str, Tally] = {}
        for (_, version), tally in found.items():
            versions[version] = versions.get(version, Tally()) + tally
        lines = sorted(
            (_line(version, None, tally) for version, tally in versions.items()), key=lambda each: -each.calls
        )
        days = [_line(version, moment(day * _DAY), tally) for (day, version), tally in found.items()]
        return rendering.page(
            "sdks.html", visit=visit, versions=lines, days=days[:_SHOWN_ROWS], most=_SHOWN_DAYS, everybody=everybody
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the page; `half` and `most` are the bounds below which 50 % and 95 % of the calls ended."""

    version: str
    day: str | None
    calls: int
    failures: int
    unanswered: int
    repetitions: int
    mean: int
    half: int | None
    most: int | None


def _line(version: str, day: datetime | None, tally: Tally) -> Line:
    return Line(
        version,
        None if day is None else f"{day:%Y-%m-%d}",
        tally.calls,
        tally.failures,
        tally.unanswered,
        tally.repetitions,
        tally.total_ms // max(1, tally.calls),
        sdk_reports.percentile(tally, 0.5),
        sdk_reports.percentile(tally, 0.95),
    )


def _report(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, Tally] | None:
    told = agent = None
    for name, value in headers:
        if name == _HEADER:
            told = value
        elif name == _USER_AGENT:
            agent = value
    if told is None or agent is None:
        return None
    version, tally = sdk_reports.version_of(agent.decode("latin-1")), sdk_reports.tally(told.decode("latin-1"))
    return None if version is None or tally.calls == 0 else (version, tally)


def _day(now: datetime) -> int:
    return milliseconds(now) // _DAY
