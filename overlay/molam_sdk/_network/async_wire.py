"""Sends one attempt on the running event loop and reads its whole answer, over connections that it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from .async_home import Homes
from .body import reply_of
from .peer import peer_of
from .slots import closed
from .wire import fate, written

if TYPE_CHECKING:
    from .._exchange.attempt import Attempt
    from .._exchange.reply import Lost, Reply
    from ..config import Config
    from .async_connection import AsyncConnection
    from .async_home import Region
    from .http11 import Conversation
    from .request import Origin, Request


class AsyncWire:
    """The asynchronous wire: connections for each region and event loop, fresh ones in a forked child."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._homes = Homes(config.max_connections)

    async def send(self, request: Request, attempt: Attempt) -> Reply | Lost:
        """Make one attempt; whatever happens to it comes back as a value."""
        if self._homes.is_closed:
            raise closed()
        origin = request.origin
        region = self._homes.find(origin.base_url) or self._open(origin)
        timeouts = request.timeouts
        ends_at = attempt.deadline_at
        connection: AsyncConnection | None = None
        heard: Conversation | None = None
        slots = region.slots
        is_held = False
        try:
            connection = await slots.take(ends_at)
            is_held = True
            if connection is None:
                connection = await region.dial(timeouts["connect"], ends_at)
            data = written(request, region.peer, attempt)
            limit = self._config.max_response_bytes
            heard = connection.said
            said = await connection.exchange(request.method, data, timeouts, ends_at, limit)
            reply = reply_of(said.status, said.headers, said.body, limit, is_cut=said.is_cut, ends_at=ends_at)
            reply.disbelief = attempt.disbelief(reply)
            if reply.disbelief is not None:
                connection.abort()
            return reply
        except ConfigurationError:
            if connection is not None:
                connection.abort()
            raise
        except Exception as error:  # noqa: BLE001 - whatever the system refuses, what is known of the attempt is told
            if connection is not None:
                connection.abort()
            return fate(error, heard, origin.netloc)
        except BaseException:
            if connection is not None:
                connection.abort()
            raise
        finally:
            if is_held:
                slots.give_back(connection)

    async def aclose(self) -> None:
        """Close the connections of the running loop; those of other loops when they come round to it."""
        await self._homes.aclose()

    def _open(self, origin: Origin) -> Region:
        return self._homes.open(origin.base_url, peer_of(self._config, origin))
