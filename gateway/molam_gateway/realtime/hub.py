"""Reads new events once per process and hands them to its listeners, none of whom can hold up another."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from ..storage import feed
from ..storage.port import Store, StoreError
from . import frames
from .topics import Topic, of_event

_BATCH = 500
_POLL = 1.0

logger = logging.getLogger("molam_gateway.realtime")


@dataclass(eq=False, slots=True)
class Listener:
    """One socket's queue of frames with their numbers; once it was full nothing comes any more, and `cut_off` runs."""

    topic: Topic
    limit: int
    cut_off: Callable[[], object] = bool
    overflowed: bool = False
    queue: asyncio.Queue[tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.queue = asyncio.Queue(self.limit)

    def offer(self, seq: int, frame: str) -> None:
        """Add a frame, unless the listener is too slow for it."""
        if self.overflowed:
            return
        try:
            self.queue.put_nowait((seq, frame))
        except asyncio.QueueFull:
            self.overflowed = True
            self.cut_off()


class Hub:
    """The listeners of one process. It looks for events when it is woken, and every second.

    That makes the loss of a wake-up harmless: what is read comes from the table alone, in the order of positions.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: dict[Topic, set[Listener]] = {}
        self._news = asyncio.Event()
        self._position = 0
        self._task: asyncio.Task[None] | None = None
        self._joining = asyncio.Lock()

    @property
    def listening(self) -> int:
        """How many listeners there are."""
        return sum(map(len, self._listeners.values()))

    def wake(self, position: int | None = None) -> None:
        """There may be new events, up to this position if it is known."""
        if position is None or position > self._position:
            self._news.set()

    def start(self) -> None:
        """Begin to read."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Read no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def join(self, topic: Topic, limit: int) -> Listener:
        """Begin to listen: every event that is numbered from now on is offered, some earlier ones may be.

        Raises StoreError.
        """
        listener = Listener(topic, limit)
        async with self._joining:
            if not self._listeners:
                async with self._store.reading() as reader:
                    self._position = await feed.position(reader)
            self._listeners.setdefault(topic, set()).add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """End listening."""
        others = self._listeners.get(listener.topic)
        if others is not None:
            others.discard(listener)
            if not others:
                del self._listeners[listener.topic]

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_POLL):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            try:
                while self._listeners and await self._read():
                    pass
            except StoreError as error:
                logger.warning("events cannot be read for a moment: %s", error)
                await asyncio.sleep(_POLL)
            except Exception:
                logger.exception("an event could not be told")

    async def _read(self) -> bool:
        """Hand out the next events; False if there were none."""
        async with self._joining:
            async with self._store.reading() as reader:
                events = await feed.since(reader, self._position, _BATCH)
            for event in events:
                self._position = event.position
                heard = [topic for topic in of_event(event) if topic in self._listeners]
                frame = frames.of_event(event) if heard else None
                if frame is not None:
                    for topic in heard:
                        for listener in self._listeners[topic]:
                            listener.offer(event.seq, frame)
        await asyncio.sleep(0)
        return bool(events)
