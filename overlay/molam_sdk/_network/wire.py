"""Sends one attempt and reads its whole answer, over connections that it keeps."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from .body import reply_of
from .dial import dial
from .faults import WireError, lost
from .home import Home
from .http11 import head_of
from .peer import peer_of
from .slots import Slot, closed
from .tunnel import absolute

if TYPE_CHECKING:
    from .._exchange.attempt import Attempt
    from .._exchange.reply import Lost, Reply
    from ..config import Config
    from .home import Region
    from .http11 import Conversation
    from .peer import Peer
    from .request import Origin, Request

NEGLIGIBLE = 0.001
"""Seconds that a promise to the server may be off."""


class Wire:
    """The synchronous wire: connections for each region, fresh ones in a forked child."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._home = Home(config.max_connections)

    def send(self, request: Request, attempt: Attempt) -> Reply | Lost:
        """Make one attempt; whatever happens to it comes back as a value."""
        if self._home.is_closed:
            raise closed()
        origin = request.origin
        peer, slots = self._home.find(origin.base_url) or self._open(origin)
        timeouts = request.timeouts
        ends_at = attempt.deadline_at
        slot = Slot(slots)
        heard: Conversation | None = None
        try:
            slots.take(slot, ends_at)
            connection = slot.connection
            if connection is None:
                connection = slot.connection = dial(peer, timeouts["connect"], ends_at)
            data = written(request, peer, attempt)
            limit = self._config.max_response_bytes
            heard = connection.said
            said = connection.exchange(request.method, data, timeouts, ends_at, limit)
            reply = reply_of(said.status, said.headers, said.body, limit, is_cut=said.is_cut, ends_at=ends_at)
            reply.disbelief = attempt.disbelief(reply)
            if reply.disbelief is not None or not connection.is_reusable():
                slot.drop()
            return reply
        except ConfigurationError:
            slot.drop()
            raise
        except Exception as error:  # noqa: BLE001 - whatever the system refuses, what is known of the attempt is told
            slot.drop()
            return fate(error, heard, origin.netloc)
        except BaseException:
            slot.drop()
            raise
        finally:
            slot.give_back()

    def close(self) -> None:
        """Close every connection, those that are in use once they are not; closing twice is harmless."""
        self._home.close()

    def _open(self, origin: Origin) -> Region:
        return self._home.open(origin.base_url, peer_of(self._config, origin))


def written(request: Request, peer: Peer, attempt: Attempt) -> bytes:
    """Return the bytes of a request as the host, or the proxy that hands it on, is to get them.

    What it took to get a connection is no longer promised to the server.

    Raises:
        LocalProtocolError: If HTTP does not allow them.
    """
    left = attempt.deadline_at - time.monotonic()
    if left < attempt.remaining - NEGLIGIBLE:
        request.promise(left)
    target = request.target.encode("latin-1", "replace")
    headers = request.headers
    proxy = peer.forwarding
    if proxy is not None:
        target = absolute(peer, target)
        headers = [*headers, *proxy.headers]
    head = head_of(request.method, target, headers)
    return head if request.content is None else head + request.content


def fate(error: Exception, heard: Conversation | None, where: bytes) -> Lost:
    """Return what an exception means for the attempt; what nobody foresaw by whether a byte may have left.

    Args:
        error: What happened.
        heard: What was said on the connection for this attempt, None before that began.
        where: The host and port that it was for.
    """
    known = error
    if not isinstance(known, WireError):
        known = WireError(str(error))
        known.__cause__ = error
    begun = heard is not None and heard.begun
    outcome = lost(known, begun=begun, answering=heard is not None and heard.status != 0, where=where)
    outcome.cause_type = type(error).__name__
    return outcome
