"""Runs due work: in real time in the background, and on demand while the sandbox's clock is advanced."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from .clock import Clock
from .storage.port import Store, StoreError

_LONGEST_NAP = 1.0
_SHORTEST_NAP = 0.01
_GRACE = 1.0

logger = logging.getLogger("molam_gateway.worker")


class Source(Protocol):
    """Something that has work which becomes due on the business clock."""

    async def claim(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Take what is due now and return it ready to be run; empty if nothing is due or nothing more may run."""
        ...

    async def next_due(self) -> datetime | None:
        """When work that nobody runs yet becomes due."""
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
        self._stopping = False

    def start(self) -> None:
        """Begin to run due work in the background."""
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Claim nothing more, give running work a moment to finish, then cancel it: its lease will expire."""
        self._stopping = True
        self._wake.set()
        if self._loop is not None:
            await self._loop
        if self._running:
            await asyncio.wait(self._running, timeout=_GRACE)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def advance(self, seconds: float, give_up_at: float) -> int:
        """Advance the clock from one due time to the next, doing all work on the way; returns how much was done.

        At `give_up_at` (monotonic seconds) it stops waiting: the clock jumps to its end and the worker does the rest.
        """
        async with self._advancing:
            before = done = self._finished
            target = self._clock.now() + timedelta(seconds=seconds)
            while await self._settle(give_up_at):
                due = await self._next_due()
                overdue = due is not None and due <= self._clock.now()
                if due is None or due > target or (overdue and done == self._finished):
                    break
                done = self._finished
                await self._clock.advance_to(self._store, due)
            await self._clock.advance_to(self._store, target)
            await self._settle(give_up_at)
            return self._finished - before

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            nap = _LONGEST_NAP
            try:
                await self._start_due()
                nap = await self._time_to_next()
            except StoreError:
                logger.exception("the database failed; trying again")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(nap):
                    await self._wake.wait()

    async def _settle(self, give_up_at: float) -> bool:
        """Run until nothing is due and nothing is running; False if time ran out."""
        while True:
            started = await self._start_due()
            remaining = give_up_at - time.monotonic()
            if remaining <= 0:
                return False
            if self._running:
                await asyncio.wait(self._running, timeout=remaining, return_when=asyncio.FIRST_COMPLETED)
            elif not started:
                return True

    async def _start_due(self) -> int:
        started = 0
        async with self._claiming:  # nobody sees work that is claimed and not yet running
            for source in self._sources:
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

    async def _time_to_next(self) -> float:
        due = await self._next_due()
        if due is None:
            return _LONGEST_NAP
        wait = (due - self._clock.now()).total_seconds()
        return min(max(wait, _SHORTEST_NAP), _LONGEST_NAP)
