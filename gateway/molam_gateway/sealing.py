"""Links audit entries into their chains in the background, on databases that several processes write at a time."""

import asyncio
import contextlib
import logging

from . import failpoints
from .domain.audit.keyring import Keyring
from .storage import audit_logs, audit_seals
from .storage.port import BusyError, Store

_INTERVAL = 0.25
_BATCH = 640
_LONGEST_PAUSE = 30.0

logger = logging.getLogger("molam_gateway.audit")


class Sealer:
    """Seals what was committed, within a second; any number of processes may run one, they take turns.

    What waits is in a queue that the database fills in the transaction that writes the entry, so an entry of a
    transaction that commits late is found late, and never passed over.
    """

    def __init__(self, store: Store, ring: Keyring, interval: float = _INTERVAL) -> None:
        self._store = store
        self._ring = ring
        self._interval = interval
        self._loop: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    def start(self) -> None:
        """Begin to seal in the background."""
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Finish the batch that is being sealed, and seal what came last."""
        self._stopping.set()
        if self._loop is not None:
            await self._loop

    async def seal_waiting(self) -> int:
        """Seal all that waits, a batch after the other; returns how many entries that were."""
        total = 0
        while sealed := await self._seal_batch():
            total += sealed
        return total

    async def _seal_batch(self) -> int:
        async with self._store.reading() as reader:
            if not await audit_logs.is_waiting(reader):
                return 0
        failpoints.reach("before_sealing")
        async with self._store.transaction() as tx:
            if not await audit_seals.turn(tx, self._ring):
                return 0
            sealed = await audit_seals.seal(tx, self._ring, await audit_logs.waiting(tx, _BATCH))
            await audit_logs.dequeue(tx)
        failpoints.reach("after_sealing")
        return sealed

    async def _run(self) -> None:
        failures = 0
        while True:
            stopping = self._stopping.is_set()
            try:
                await self.seal_waiting()
                failures = 0
            except BusyError:
                pass
            except Exception:
                logger.exception("sealing audit entries failed; trying again")
                failures += 1
            if stopping:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(_LONGEST_PAUSE, self._interval * 2.0 ** min(failures, 16))):
                    await self._stopping.wait()
