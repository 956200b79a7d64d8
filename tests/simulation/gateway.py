"""The gateway as its contract describes it, in memory: keys, answers that are replayed, and a ledger.

Written from the idempotency contract and from nothing of the SDK's or the gateway's code.
"""

from __future__ import annotations

from typing import NamedTuple

WORK = 0.05
KEPT = 24 * 3600.0
"""Seconds for which an answer is kept at least, and here at most."""


class Request(NamedTuple):
    """What arrives.

    Attributes:
        attempt: Value of Molam-Attempt-Id.
        key: Value of Idempotency-Key.
        order: The order that is paid, 1, 2, ...
        body: The bytes.
        verdict: What the payment provider will say.
        object: Id of the intent that is confirmed; "" where one is made.
        account: Value of Molam-Account; keys are those of an account.
    """

    attempt: str
    key: str
    order: int
    body: str
    verdict: str
    object: str = ""
    account: str = ""

    @property
    def scoped_key(self) -> str:
        return scoped(self.key, self.account)


def scoped(key: str, account: str) -> str:
    """Return what a key is kept as."""
    return f"{account} {key}" if account else key


class Movement(NamedTuple):
    """A row of the ledger."""

    order: int
    object: str
    key: str
    attempt: str
    at: float
    account: str


class Answer(NamedTuple):
    """What the gateway says, and when.

    Attributes:
        status: HTTP status.
        code: The problem's code, or the id of the object of a 2xx.
        at: When it is said.
        retry_after: Seconds, or None.
    """

    status: int
    code: str
    at: float
    retry_after: float | None = None


REFUSALS = {
    "declined": (402, "card_declined"),
    "conflict": (409, "balance_insufficient"),
    "missing": (404, "resource_missing"),
}


class Row:
    """What is stored of a key."""

    __slots__ = ("body", "created", "object", "ready", "result", "stuck")

    def __init__(self, body: str, created: float) -> None:
        self.body = body
        self.created = created
        self.ready = created + WORK
        self.result: tuple[int, str] | None = None
        self.object = ""
        self.stuck = 0.0


class Gateway:
    """One region.

    Attributes:
        ledger: The movements of money.
        seen: Ids of the attempts that arrived.
    """

    __slots__ = ("_name", "_objects", "_rows", "ledger", "seen")

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows: dict[str, Row] = {}
        self._objects: dict[str, str] = {}
        self.ledger: list[Movement] = []
        self.seen: set[str] = set()

    def receive(self, request: Request, now: float, crash: str = "", lease: float = 0.0) -> Answer:
        """Take a request.

        Args:
            request: What arrives.
            now: When.
            crash: "before" or "after" the money moves, where the process dies at work on it.
            lease: Seconds for which a key counts as at work after that.
        """
        self.seen.add(request.attempt)
        if request.verdict == "invalid":
            return Answer(400, "parameter_invalid", now)
        key = request.scoped_key
        row = self._rows.get(key)
        if row is not None and row.result is not None and now - row.created > KEPT:
            del self._rows[key]
            row = None
        if row is None:
            if key in self._objects:
                return Answer(409, "idempotency_key_expired", now)
            row = self._rows[key] = Row(request.body, now)
        elif row.body != request.body:
            return Answer(422, "idempotency_key_reused", now)
        elif row.ready > now:
            return Answer(409, "idempotency_in_flight", now, 1.0)
        elif row.result is not None:
            return Answer(*row.result, now)
        elif row.stuck > now:
            return Answer(409, "idempotency_in_flight", now, 1.0)
        else:
            row.ready = now + WORK
        if crash:
            row.stuck, row.ready = now + lease, now
            if crash == "after" and not row.object:
                self._carry_out(row, request, now)
            return Answer(500, "internal_error", now)
        if row.object:
            row.result = 201, row.object
        else:
            row.result = REFUSALS.get(request.verdict) or (201, self._carry_out(row, request, now))
            if request.verdict == "declined":
                self._objects[key] = "declined"
        return Answer(*row.result, row.ready)

    def charged(self, key: str, account: str) -> str:
        """Return the id of the object that was made and paid with a key, or nothing."""
        found = self._objects.get(scoped(key, account), "")
        return "" if found == "declined" else found

    def _carry_out(self, row: Row, request: Request, now: float) -> str:
        if request.verdict != "paid":
            return ""
        row.object = request.object or f"pi_{self._name}{len(self.ledger) + 1}"
        self.ledger.append(Movement(request.order, row.object, request.key, request.attempt, now, request.account))
        self._objects[request.scoped_key] = row.object
        return row.object
