"""Limits how often a caller may ask: in this process, or for all processes together in Redis."""

import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from .allowance import Allowance

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

CLASSES = ("read", "write", "auth", "refused", "flood")
"""What is counted apart: reads and writes by key, the making of tokens and what is refused by address.

`refused` counts credentials by address and providers' messages by address and configuration, `flood` all of them.
"""

_SCHEMES = ("redis://", "rediss://", "unix://")
_REDIS_TIMEOUT = 0.25
_REDIS_PAUSE = 5.0

logger = logging.getLogger("molam_gateway.access")


class RateLimitError(ValueError):
    """A limit or the address of Redis cannot be read; the message says what to write instead."""


class RateLimits:
    """Sliding windows by class and caller.

    `policies` are like `{"read": "100/second", "auth": "20/minute"}`; a class without one is not limited. With `redis`
    all processes count together; while Redis cannot be reached each counts for itself, and nobody is refused or let
    through for that reason. Raises RateLimitError.
    """

    def __init__(
        self,
        policies: Mapping[str, str],
        redis: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._items = {name: _item(name, text) for name, text in policies.items()}
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._pool = None if redis is None else _pool(redis)
        self._shared = None if self._pool is None else SlidingWindowCounterRateLimiter(_storage(self._pool))
        self._clock = clock
        self._down_until = -math.inf

    async def take(self, name: str, caller: str) -> Allowance | None:
        """Count a call of this class; None where the class has no limit."""
        item = self._items.get(name)
        return None if item is None else await self._ask(item, name, caller, count=True)

    async def look(self, name: str, caller: str) -> Allowance | None:
        """What is left, counting nothing."""
        item = self._items.get(name)
        return None if item is None else await self._ask(item, name, caller, count=False)

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._pool is not None:
            await self._pool.disconnect()

    async def _ask(self, item: RateLimitItem, name: str, caller: str, *, count: bool) -> Allowance:
        if self._shared is not None and self._clock() >= self._down_until:
            try:
                return await _allowance(self._shared, item, name, caller, count=count)
            except Exception as error:  # noqa: BLE001 - drivers raise their own kinds, and Redis is never needed
                self._down_until = self._clock() + _REDIS_PAUSE
                logger.warning("Redis cannot be reached (%s): this process counts for itself", type(error).__name__)
        return await _allowance(self._here, item, name, caller, count=count)


def policies(text: str) -> Mapping[str, str]:
    """`read=100/second,write=50/second` as a mapping. Raises RateLimitError."""
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, separator, limit = part.partition("=")
        if not separator:
            raise RateLimitError(f"rate limit {part!r}: write CLASS=COUNT/PERIOD, say read=100/second")
        _item(name.strip(), limit.strip())
        found[name.strip()] = limit.strip()
    return found


async def _allowance(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, name: str, caller: str, *, count: bool
) -> Allowance:
    admitted = await (limiter.hit if count else limiter.test)(item, name, caller)
    stats = await limiter.get_window_stats(item, name, caller)
    resets_after = min(float(item.get_expiry()), max(0.0, stats.reset_time - time.time()))
    return Allowance(name, item.amount, item.get_expiry(), max(0, stats.remaining), resets_after, admitted)


def _item(name: str, text: str) -> RateLimitItem:
    if name not in CLASSES:
        raise RateLimitError(f"rate limit {name!r}: there are {', '.join(CLASSES)}")
    try:
        return parse(text)
    except ValueError:
        raise RateLimitError(f"rate limit {name}={text!r}: write COUNT/PERIOD, say 100/second or 20/minute") from None


def _pool(url: str) -> "ConnectionPool":
    if not url.startswith(_SCHEMES):
        raise RateLimitError("the address of Redis begins with redis://, rediss:// or unix://")
    from redis.asyncio import ConnectionPool

    pool: ConnectionPool = ConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType] - its options are open
        url, socket_timeout=_REDIS_TIMEOUT, socket_connect_timeout=_REDIS_TIMEOUT
    )
    return pool


def _storage(pool: "ConnectionPool") -> Storage:
    return RedisStorage(
        "async+redis://",
        implementation="redispy",
        key_prefix="molam:limits",
        connection_pool=pool,  # type: ignore[arg-type] # passed on to redis-py
    )
