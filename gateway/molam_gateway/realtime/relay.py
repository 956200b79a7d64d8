"""Carries positions from process to process through Redis; what is lost there is found in the table."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "molam:feed"

_PAUSE = 1.0
_TIMEOUT = 5.0

logger = logging.getLogger("molam_gateway.realtime")


class Relay:
    """Tells others of positions, and `heard` of theirs; of several at once only the last is told."""

    def __init__(self, url: str, heard: Callable[[int | None], None]) -> None:
        self._redis: Any = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]  (its options have no types)
            url, socket_connect_timeout=_TIMEOUT, socket_timeout=_TIMEOUT
        )
        self._heard = heard
        self._news = asyncio.Event()
        self._position = 0
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to tell and to listen."""
        self._tasks = [asyncio.create_task(_for_ever(self._tell)), asyncio.create_task(_for_ever(self._listen))]

    def tell(self, position: int) -> None:
        """Tell the others soon."""
        self._position = position
        self._news.set()

    async def close(self) -> None:
        """Stop both."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    async def _tell(self) -> None:
        await self._news.wait()
        self._news.clear()
        await self._redis.publish(CHANNEL, str(self._position))

    async def _listen(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(CHANNEL)
            self._heard(None)
            while True:
                message = await channel.get_message(timeout=_PAUSE)
                if message is not None:
                    text = bytes(message["data"])
                    self._heard(int(text) if text.isdigit() else None)


async def _for_ever(step: Callable[[], Awaitable[None]]) -> None:
    failing = False
    while True:
        try:
            await step()
            failing = False
        except (RedisError, OSError) as error:
            if not failing:
                logger.warning("Redis fails, events are looked for every second: %s", type(error).__name__)
            failing = True
            await asyncio.sleep(_PAUSE)
