"""What one attempt came to: an answer that was read, or the way it was lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..errors import MolamError, Phase


class Unreadable(Exception):
    """Internal: the body of an answer is not a JSON object."""


class Reply:
    """An answer whose status, headers and body have been read.

    Attributes:
        status: HTTP status.
        headers: Header values by lower-case name.
        body: The decoded bytes; what was read of them if `truncated`.
        truncated: Whether the body was cut at the client's limit.
        disbelief: Why this cannot be the answer to this attempt, or None.
    """

    __slots__ = ("_data", "_parsed", "body", "disbelief", "headers", "status", "truncated")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, *, truncated: bool = False) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.truncated = truncated
        self.disbelief: str | None = None
        self._data: dict[str, Any] | None = None
        self._parsed = False

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def document(self) -> dict[str, Any] | None:
        """The body's JSON object, parsed once; None for anything else."""
        try:
            return self.data()
        except Unreadable:
            return None

    def data(self) -> dict[str, Any]:
        """Return the body's JSON object, parsed once; raises Unreadable for anything else."""
        if not self._parsed:
            self._parsed = True
            self._data = None if self.truncated else _json_object(self.body)
        if self._data is None:
            raise Unreadable
        return self._data

    def object_id(self) -> str | None:
        """Return the `id` of the object in the body, which payments call `transaction_id`, where there is one."""
        try:
            data = self.data()
        except Unreadable:
            return None
        found = data.get("id", data.get("transaction_id"))
        return found if isinstance(found, str) else None


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return cast(dict[str, Any], parsed) if isinstance(parsed, dict) else None


class Lost:
    """An attempt that brought no answer.

    Attributes:
        phase: How far it came.
        sent: Whether a byte of the request may have left this process.
        timed_out: Whether a timeout or the deadline ended it.
        fatal: Whether repeating it is pointless (the request itself cannot be sent).
        local: Whether it says nothing about the API (no connection of the pool became free).
        cause_type: Class name of the exception behind it.
        detail: Where it was lost and what the operating system or TLS said, in words.
        error: The error of the SDK that kept it from being sent.
    """

    __slots__ = ("cause_type", "detail", "error", "fatal", "local", "phase", "sent", "timed_out")

    def __init__(
        self,
        phase: Phase,
        *,
        sent: bool,
        timed_out: bool = False,
        fatal: bool = False,
        local: bool = False,
        cause_type: str | None = None,
        detail: str | None = None,
        error: MolamError | None = None,
    ) -> None:
        self.phase: Phase = phase
        self.sent = sent
        self.timed_out = timed_out
        self.fatal = fatal
        self.local = local
        self.cause_type = cause_type
        self.detail = detail
        self.error = error
