"""Runs the jobs that are due: claims them under leases and hands them to the function for their kind."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from .domain.concurrency import JobRoom
from .domain.leases import LEASE
from .domain.times import moment
from .services import Services
from .storage import jobs
from .storage.port import StoreError
from .telemetry.work import CURRENT, Work

Handler: TypeAlias = Callable[[Services, str], Awaitable[datetime | None]]
"""Does the work about a subject; returns when to do it again, None if it is done. It may be run more than once."""

_LEASE = timedelta(seconds=2 * LEASE)
_BATCH = 16
CONCURRENCY = 64
"""Jobs under way at once, unless the runner is told otherwise."""

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 3600.0

logger = logging.getLogger("molam_gateway.jobs")


class JobRunner:
    """Claims due jobs, at most `concurrency` at a time.

    A job that fails is tried again, ever more slowly, and never dropped.
    """

    def __init__(self, services: Services, handlers: Mapping[str, Handler], concurrency: int = CONCURRENCY) -> None:
        self._services = services
        self._handlers = handlers
        self._room = JobRoom(concurrency)

    async def claim(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Lease what is due now and there is room for, and return it ready to be run."""
        due = await self.next_due()
        if due is None or due > self._services.clock.now():
            return []
        clock = self._services.clock
        real_now = clock.real_now()
        token = self._services.ids.new("lease", real_now)
        async with self._services.store.transaction() as tx:
            claimed = await jobs.claim(
                tx,
                token=token,
                now=clock.now(),
                real_now=real_now,
                until=real_now + _LEASE,
                limit=min(_BATCH, self._room.free),
                except_kind=self._room.full_kind,
            )
        for row in claimed:
            self._room.enter(row["kind"])
        return [self._run(row["kind"], row["subject"], row["attempts"], token) for row in claimed]

    async def next_due(self) -> datetime | None:
        """When the next job that nobody runs and that there is room for becomes due."""
        if not self._room.free:
            return None
        async with self._services.store.reading() as reader:
            due = await jobs.next_due(reader, self._services.clock.real_now(), self._room.full_kind)
        return None if due is None else moment(due)

    async def busy_elsewhere(self) -> bool:
        """Whether another process runs a job, if this one runs none."""
        clock = self._services.clock
        async with self._services.store.reading() as reader:
            return await jobs.held(reader, now=clock.now(), real_now=clock.real_now())

    async def run_due(self) -> int:
        """Run until nothing is due any more and return how many jobs that were."""
        done = 0
        while claimed := await self.claim():
            await asyncio.gather(*claimed)
            done += len(claimed)
        return done

    async def _run(self, kind: str, subject: str, failures: int, token: str) -> None:
        try:
            await self._carry_out(kind, subject, failures, token)
        finally:
            self._room.leave(kind)

    async def _carry_out(self, kind: str, subject: str, failures: int, token: str) -> None:
        services = self._services
        CURRENT.set(Work(operation=f"job {kind}"))
        began, result = time.perf_counter(), "done"
        try:
            with services.telemetry.tracing.span(f"job {kind}", "internal", {"molam.subject": subject}):
                again = await self._handlers[kind](services, subject)
            result = "done" if again is None else "again"
        except asyncio.CancelledError:
            await self._give_back(kind, subject, token)
            raise
        except Exception:
            result = "failed"
            logger.exception("the job %s for %s failed", kind, subject)
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(failures, 16))
            again = services.clock.now() + timedelta(seconds=pause)
        services.telemetry.meter.job_ran(kind, result, time.perf_counter() - began)
        async with services.store.transaction() as tx:
            if again is None:
                await jobs.done(tx, kind, subject, token)
            else:
                await jobs.again(tx, kind, subject, token, again)

    async def _give_back(self, kind: str, subject: str, token: str) -> None:
        """Let another process run at once what this one, which stops, did not finish."""
        with contextlib.suppress(StoreError):
            async with self._services.store.transaction() as tx:
                await jobs.again(tx, kind, subject, token, self._services.clock.now())
