# Written by scripts/sync_half from async_feed.py; edit that file.
"""The live feeds of the synchronous client."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Self

from .._front_door import front_door
from ..errors import ConfigurationError
from .arguments import after_of, channel_of, seconds_of
from .connection import dial, sleep
from .frames import read
from .progress import Lost, Progress
from .target import address, options

if TYPE_CHECKING:
    from .._calls.session import Session
    from ..realtime import Snapshot, Update
    from .connection import Connection


class Feed:
    """What happens on one channel, as long as it is followed: it connects again by itself where it left off.

    Use it in an `async with` statement, from one of your threads at a time.
    """

    def __init__(
        self, session: Session, channel: str, after: int | None, timeout: float | None, patience: float
    ) -> None:
        self._session = session
        self._channel = channel
        self._timeout = timeout
        self._progress = Progress(after, session.config.max_retries, patience, random.random)
        self._connection: Connection | None = None
        self._closed = False

    @property
    def after(self) -> int | None:
        """The number of the last update that was told: a later feed that is given it goes on from there."""
        return self._progress.after

    @front_door
    def __enter__(self) -> Self:
        if self._closed:
            raise ConfigurationError("this feed was closed; ask client.realtime for a new one")
        while self._connection is None:
            self._connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    @front_door
    def __next__(self) -> Snapshot | Update:
        while not self._closed:
            if self._connection is None:
                self._connect()
                continue
            try:
                message = read(self._connection.receive(self._timeout))
            except Lost as lost:
                self._connection = None
                if not self._closed:
                    sleep(self._progress.lost(lost, time.monotonic()))
                continue
            self._progress.heard()
            if message is not None and self._progress.take(message):
                return message
        raise StopIteration

    def close(self) -> None:
        """Follow no more: whoever waits for an update gets the end."""
        self._closed = True
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def __repr__(self) -> str:
        return f"Feed({self._channel!r}, after={self.after})"

    def _connect(self) -> None:
        url = address(self._session, self._channel, self._progress.after)
        try:
            self._connection = dial(url, options(self._session))
        except Lost as lost:
            sleep(self._progress.lost(lost, time.monotonic()))


class Realtime:
    """`client.realtime`: live feeds, each of one channel.

    Each method takes `after` (the number of the last update that is known: what followed is told first), `timeout`
    (seconds without any update after which waiting raises TimeoutError, none by default) and `patience` (seconds for
    which a feed that was up tries to connect again, 300).
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @front_door
    def transaction(
        self, transaction_id: str, *, after: int | None = None, timeout: float | None = None, patience: float = 300.0
    ) -> Feed:
        """Follow one payment.

        Args:
            transaction_id: The payment.
            after: The number of the last update that is known.
            timeout: Seconds without any update after which waiting raises TimeoutError (outcome `unknown`);
                the feed is still connected and can be waited for again.
            patience: Seconds for which a feed that was up tries to connect again.

        Raises:
            NotFoundError: When it connects: there is no such payment, or it is not yours.
            AuthenticationError: When it connects, or later: the key or token is not good (any more).
            NetworkError: When it connects, or when it could not for as long as `patience`.
        """
        return self._feed(f"transaction/{channel_of(transaction_id, 'transaction_id')}", after, timeout, patience)

    @front_door
    def user(
        self, customer_id: str, *, after: int | None = None, timeout: float | None = None, patience: float = 300.0
    ) -> Feed:
        """Follow all payments of a customer.

        Args:
            customer_id: The customer.
            after: The number of the last update that is known.
            timeout: Seconds without any update after which waiting raises TimeoutError (outcome `unknown`);
                the feed is still connected and can be waited for again.
            patience: Seconds for which a feed that was up tries to connect again.

        Raises:
            PermissionDeniedError: When it connects: the token is for another customer.
            MolamError: As `transaction` does.
        """
        return self._feed(f"user/{channel_of(customer_id, 'customer_id')}", after, timeout, patience)

    @front_door
    def events(self, *, after: int | None = None, timeout: float | None = None, patience: float = 300.0) -> Feed:
        """Follow all payments, refunds and payouts of the account.

        Args:
            after: The number of the last update that is known.
            timeout: Seconds without any update after which waiting raises TimeoutError (outcome `unknown`);
                the feed is still connected and can be waited for again.
            patience: Seconds for which a feed that was up tries to connect again.

        Raises:
            PermissionDeniedError: When it connects: the key lacks the scope payments:read.
            MolamError: As `transaction` does.
        """
        return self._feed("events", after, timeout, patience)

    def _feed(self, channel: str, after: int | None, timeout: float | None, patience: float) -> Feed:
        return Feed(
            self._session,
            channel,
            after_of(after),
            seconds_of(timeout, "timeout"),
            seconds_of(patience, "patience") or 0,
        )
