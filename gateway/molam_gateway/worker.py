"""Runs due work: in real time in the background, and on demand while the sandbox's clock is advanced."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Protocol

from .clock import Clock
from .storage.port import BusyError, Store, StoreError

_LONGEST_NAP = 1.0
_SHORTEST_NAP = 0.01
_GRACE = 1.0
_GLANCE = 0.02
_ROUND = 0.02
"""A look at all sources asks the database a dozen times: what happens meanwhile is found by the next one."""

logger = logging.getLogger("molam_gateway.worker")


class UnfinishedError(Exception):
    """Work on the way to a later moment took too long: the clock stands where that work became due."""


class Source(Protocol):
    """Something that has work which becomes due on the business clock."""

    async def claim(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Take what is due now and return it ready to be run; empty if nothing is due or nothing more may run."""
        ...

    async def next_due(self) -> datetime | None:
        """When work that nobody runs yet becomes due."""
        ...

    async def busy_elsewhere(self) -> bool:
        """Whether another process is at work that was due, or has just made some due."""
        ...


class Worker:
    """Claims work from its sources and runs it concurrently."""

    def __init__(self, clock: Clock, store: Store, sources: Sequence[Source], wake: asyncio.Event) -> None:
        self._clock = clock
        self._store = store
        self._sources = sources
        self._wake = wake
        self._running: set[asyncio.Task[None]] = set()
        self._finished = 0
        self._advancing = asyncio.Lock()
        self._claiming = asyncio.Lock()
        self._loop: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    def start(self) -> None:
        """Begin to run due work in the background."""
        self._loop = asyncio.create_task(self._run())

    def interrupt(self) -> None:
        """End a running advance of the clock: the process is about to stop."""
        self._stopping.set()
        self._wake.set()

    async def stop(self) -> None:
        """Claim nothing more, give running work a moment to finish, then cancel it: its lease will expire."""
        self.interrupt()
        if self._loop is not None:
            await self._loop
        if self._running:
            await asyncio.wait(self._running, timeout=_GRACE)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def advance(self, target: Callable[[], Awaitable[datetime]], give_up_at: float) -> int:
        """Advance the clock from one due time to the next, doing all work on the way; returns how much was done.

        `target` is asked for the moment to reach when no earlier advance is under way any more.

        Raises UnfinishedError at `give_up_at` (monotonic seconds) and when the process stops, and whatever keeps a
        source from telling its work; the clock then stands at the last moment whose work was begun.
        """
        async with self._turn(give_up_at), self._turn_of_all(give_up_at):
            await self._clock.refresh(self._store)
            before = done = self._finished
            until = await target()
            while True:
                await self._settle(give_up_at)
                due = await self._next_due()
                overdue = due is not None and due <= self._clock.now()
                if due is None or due > until or (overdue and done == self._finished):
                    break
                done = self._finished
                await self._clock.advance_to(self._store, due)
            await self._clock.advance_to(self._store, until)
            await self._settle(give_up_at)
            return self._finished - before

    async def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            began, nap = time.monotonic(), _LONGEST_NAP
            if self._store.shared:
                await self._see_the_time()
            for source in self._sources:
                try:
                    await self._start_due(source)
                    nap = min(nap, self._time_until(await source.next_due()))
                except Exception:
                    logger.exception("%s failed; trying again", type(source).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(nap):
                    await self._wake.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, began + _ROUND - time.monotonic())):
                    await self._stopping.wait()

    async def _settle(self, give_up_at: float) -> None:
        """Run until nothing is due and nothing is running."""
        while True:
            finished = self._finished
            started = sum([await self._start_due(source) for source in self._sources])
            if self._running or started or finished != self._finished:
                await self._one_finishes(give_up_at)
            elif self._store.shared and await self._busy_elsewhere():
                await self._wait_for_others(give_up_at)
            else:
                return

    async def _busy_elsewhere(self) -> bool:
        return any([await source.busy_elsewhere() for source in self._sources])

    async def _wait_for_others(self, give_up_at: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GLANCE):
                await self._stopping.wait()
        self._check_patience(give_up_at)

    @contextlib.asynccontextmanager
    async def _turn(self, give_up_at: float) -> AsyncGenerator[None]:
        """One advance at a time."""
        try:
            async with asyncio.timeout(give_up_at - time.monotonic()):
                await self._advancing.acquire()
        except TimeoutError:
            raise UnfinishedError from None
        try:
            yield
        finally:
            self._advancing.release()

    @contextlib.asynccontextmanager
    async def _turn_of_all(self, give_up_at: float) -> AsyncGenerator[None]:
        """One advance at a time among all processes."""
        async with contextlib.AsyncExitStack() as stack:
            try:
                patience = max(0.0, give_up_at - time.monotonic())
                await stack.enter_async_context(self._store.alone("advance the clock", patience))
            except BusyError:
                raise UnfinishedError from None
            yield

    async def _see_the_time(self) -> None:
        try:
            await self._clock.refresh(self._store)
        except StoreError:
            logger.exception("the sandbox's clock could not be read; trying again")

    async def _one_finishes(self, give_up_at: float) -> None:
        if self._running:
            stop = asyncio.create_task(self._stopping.wait())
            remaining = max(0.0, give_up_at - time.monotonic())
            await asyncio.wait({*self._running, stop}, timeout=remaining, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
        self._check_patience(give_up_at)

    def _check_patience(self, give_up_at: float) -> None:
        if self._stopping.is_set() or time.monotonic() >= give_up_at:
            raise UnfinishedError

    async def _start_due(self, source: Source) -> int:
        started = 0
        async with self._claiming:  # nobody sees work that is claimed and not yet running
            for work in await source.claim():
                task = asyncio.create_task(work)
                self._running.add(task)
                task.add_done_callback(self._done)
                started += 1
        return started

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._finished += 1
        self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            logger.error("background work failed", exc_info=task.exception())

    async def _next_due(self) -> datetime | None:
        due = [each for source in self._sources if (each := await source.next_due()) is not None]
        return min(due, default=None)

    def _time_until(self, due: datetime | None) -> float:
        if due is None:
            return _LONGEST_NAP
        wait = (due - self._clock.now()).total_seconds()
        return min(max(wait, _SHORTEST_NAP), _LONGEST_NAP)
