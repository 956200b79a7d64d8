"""What is asked of the API, one request of it, and the answer that ends the call well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .reply import Reply


class Ask:
    """What is asked of the API, as far as decisions need to know it.

    Attributes:
        operation: The operationId, for messages.
        mutating: Whether it may change something.
        idempotency_key: Its key; without one a mutating call is not repeated once it was sent.
        object_id: Id that the answer's object must have (`x-molam-same-id`), or None.
        in_doubt: Whether an earlier call with this key may have been carried out; a journal may say so just before the
            first attempt is sent.
        minted: Whether the key was made for this very call, so that no other has used it.
    """

    __slots__ = ("idempotency_key", "in_doubt", "minted", "mutating", "object_id", "operation")

    def __init__(
        self,
        operation: str,
        idempotency_key: str | None,
        object_id: str | None,
        *,
        mutating: bool | None = None,
        in_doubt: bool = False,
        minted: bool = False,
    ) -> None:
        self.operation = operation
        self.mutating = idempotency_key is not None if mutating is None else mutating
        self.idempotency_key = idempotency_key
        self.object_id = object_id
        self.in_doubt = in_doubt
        self.minted = minted


class Attempt:
    """One request to make.

    Attributes:
        number: 1, 2, ...
        id: Random, sent as Molam-Attempt-Id and expected back.
        delay: Seconds to wait before sending.
        region: Index of the region to send it to.
        deadline_at: Monotonic time at which the call's deadline passes.
        remaining: Seconds until then, counted from the end of the delay.
        connect_timeout: Seconds that connecting may take of them.
    """

    __slots__ = (
        "_ask",
        "_require_echo",
        "connect_timeout",
        "deadline_at",
        "delay",
        "id",
        "number",
        "region",
        "remaining",
    )

    def __init__(
        self,
        ask: Ask,
        number: int,
        attempt_id: str,
        delay: float,
        region: int,
        deadline_at: float,
        remaining: float,
        require_echo: bool,
        connect_timeout: float,
    ) -> None:
        self._ask = ask
        self.number = number
        self.id = attempt_id
        self.delay = delay
        self.region = region
        self.deadline_at = deadline_at
        self.remaining = remaining
        self._require_echo = require_echo
        self.connect_timeout = connect_timeout

    def disbelief(self, reply: Reply) -> str | None:
        """Return why `reply` cannot be the answer to this attempt, or None.

        Asked once the body is read and before the connection may serve another call.
        """
        echo = reply.headers.get("molam-attempt-id")
        if echo is None:
            if self._require_echo and (reply.is_success or _is_problem(reply)):
                return "it does not name the attempt that it answers"
        elif echo != self.id:
            return "it answers another attempt"
        expected = self._ask.object_id
        if expected is not None and reply.is_success:
            found = reply.object_id()
            if found is not None and found != expected:
                return "it carries another object's id"
        return None


class Settled:
    """The end of a call that succeeded: a 2xx answer, believed."""

    __slots__ = ("attempts", "reply")

    def __init__(self, reply: Reply, attempts: int) -> None:
        self.reply = reply
        self.attempts = attempts


def _is_problem(reply: Reply) -> bool:
    return reply.headers.get("content-type", "").startswith("application/problem+json")
