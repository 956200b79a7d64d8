"""Decides what follows when a feed's connection is lost: another one after a pause, or an error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .._exchange.retry import backoff
from ..errors import MolamError, NetworkError, api_error
from ..realtime import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .frames import Message

_STATUS = {4401: 401, 4403: 403, 4404: 404, 4429: 429}
_FINAL = frozenset({400, 401, 403, 404})
_POLICY = 1008


class Lost(Exception):
    """A connection could not be made or has ended.

    Attributes:
        code: Why the gateway closed it.
        reason: Its word for that.
        status: The status of an HTTP answer in the place of the upgrade.
        headers: Its headers, names in lower case.
        body: Its body.
        cause_type: Class name of the foreign exception.
    """

    def __init__(
        self,
        code: int | None = None,
        reason: str = "",
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        cause_type: str | None = None,
    ) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
        self.status = status
        self.headers = headers or {}
        self.body = body
        self.cause_type = cause_type


class Progress:
    """How far a feed is.

    Attributes:
        after: The number of the last update, from which the next connection goes on; None at the beginning.
    """

    def __init__(self, after: int | None, max_retries: int, patience: float, random: Callable[[], float]) -> None:
        self.after = after
        self._max_retries = max_retries
        self._patience = patience
        self._random = random
        self._began = False
        self._failures = 0
        self._down_since: float | None = None

    def heard(self) -> None:
        """Remember that the connection works."""
        self._began = True
        self._failures = 0
        self._down_since = None

    def take(self, message: Message) -> bool:
        """Return whether a message is news, and go on from there."""
        if not isinstance(message, Snapshot) and self.after is not None and message.seq <= self.after:
            return False
        self.after = message.seq
        return True

    def lost(self, lost: Lost, now: float) -> float:
        """Return the seconds to wait before the next connection.

        Raises:
            MolamError: If there is to be none: what the gateway refuses, it would refuse again, and what fails for too
                long is left to the caller.
        """
        error = _refusal(lost)
        if error is not None and (error.status_code in _FINAL or lost.code == _POLICY):
            raise error
        self._failures += 1
        self._down_since = now if self._down_since is None else self._down_since
        given_up = now - self._down_since >= self._patience if self._began else self._failures > self._max_retries
        if given_up:
            raise error or NetworkError(
                f"the live feed could not be kept up ({self._failures} attempts failed): go on with after={self.after}",
                cause_type=lost.cause_type,
                attempts=self._failures,
            )
        return backoff(min(self._failures, 8), 0.5, self._random)


def _refusal(lost: Lost) -> MolamError | None:
    status = lost.status if lost.status is not None else _STATUS.get(lost.code or 0)
    if lost.code == _POLICY:
        return NetworkError("the gateway closed the live feed: messages are not to be sent", attempts=1)
    if status is None or status < 400:
        return None
    body = lost.body or json.dumps({"code": lost.reason, "status": status}).encode()
    return api_error(status, lost.headers, body, outcome="rejected")
