"""Tells the time: real time in live mode, real time plus what was advanced in the sandbox."""

from datetime import UTC, datetime, timedelta

from .storage import sandbox_clock
from .storage.port import Store

_MILLISECOND = timedelta(milliseconds=1)


class Clock:
    """Business time (`now`) and wall time (`real_now`); every due time in the database is business time."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset

    @classmethod
    async def restore(cls, store: Store) -> "Clock":
        """The sandbox's clock as it was left."""
        async with store.reading() as reader:
            return cls(await sandbox_clock.offset_ms(reader) * _MILLISECOND)

    def now(self) -> datetime:
        """The business time, in UTC."""
        return self.real_now() + self._offset

    def real_now(self) -> datetime:
        """The time outside, in UTC."""
        return datetime.now(UTC)

    def catch_up(self, offset_ms: int) -> None:
        """Take notice of how far the clock was advanced, by this process or another; it never goes back."""
        self._offset = max(self._offset, offset_ms * _MILLISECOND)

    async def refresh(self, store: Store) -> None:
        """Look how far the clock was advanced."""
        async with store.reading() as reader:
            self.catch_up(await sandbox_clock.offset_ms(reader))

    async def advance_to(self, store: Store, moment: datetime) -> None:
        """Make it `moment`, and remember that across restarts; a moment that has passed changes nothing."""
        step = moment - self.now()
        if step <= timedelta(0):
            return
        offset_ms = -(-(self._offset + step) // _MILLISECOND)
        async with store.transaction() as tx:
            await sandbox_clock.set_offset_ms(tx, offset_ms)
        self.catch_up(offset_ms)
