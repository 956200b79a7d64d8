"""What a merchant keeps of an order in a database, which no crash of a process takes away."""

from __future__ import annotations

from typing import NamedTuple

from molam_sdk._exchange.attempt import Ask
from tests.simulation.journal import Journal
from tests.simulation.schedule import Order

OLD = "old key"
"""The code of a call that was not sent since its key is too old, and that nothing shows to have been done."""

PERSON = "?"
"""What is believed of an order whose keys are too old: a person looks it up."""


class Dead(Exception):
    """The process is gone."""


class Result(NamedTuple):
    """What a call came to: an outcome (`succeeded` among them), the object, the answer's status and code."""

    outcome: str
    object: str = ""
    status: int | None = None
    code: str | None = None
    retry_after: float | None = None
    region: int = 0


class Call(NamedTuple):
    """What is checked when everything is over."""

    outcome: str
    object: str
    key: str
    attempts: list[str]
    code: str | None


class State:
    """What the merchant keeps of an order in a database, which no crash takes away.

    Attributes:
        order: What the schedule says.
        number: 1, 2, ...
        tries: How many keys were given up because the API refused.
        renewed: How many keys were given up because a call said that nothing was done.
        beliefs: Of each process: the id of the object that paid, "" for unpaid, PERSON.
        journal: The calls that were written down.
        calls: All calls, for the checks at the end.
        used: When each key was used first.
        crash: Where the process is still to die.
        has_died: Whether one has.
    """

    __slots__ = (
        "beliefs",
        "calls",
        "crash",
        "has_died",
        "journal",
        "minted",
        "number",
        "order",
        "renewed",
        "tries",
        "used",
    )

    def __init__(self, number: int, order: Order) -> None:
        self.order = order
        self.number = number
        self.tries = 0
        self.renewed = 0
        self.minted = 0
        self.has_died = False
        self.beliefs: list[str] = []
        self.journal = Journal()
        self.calls: list[Call] = []
        self.used: dict[str, float] = {}
        self.crash = order.crash

    def key(self) -> str:
        """Return the key for the next call."""
        if self.order.minted:
            return f"minted-{self.number}-{self.minted}"
        number = 1 if self.order.tenant else self.number
        key = f"order-{number}" if not self.tries else f"order-{number}-{self.tries + 1}"
        return f"{key}-new-{self.renewed}" if self.renewed else key

    def ask(self, key: str, *, in_doubt: bool = False) -> Ask:
        """Return what a call with a key asks for."""
        if self.order.confirms:
            return Ask("confirm_payment_intent", key, f"pi_of_order_{self.number}", in_doubt=in_doubt)
        return Ask("create_payment_intent", key, None, in_doubt=in_doubt)

    def body(self) -> str:
        """Return the bytes of the next call."""
        return f"order {self.number}, try {self.tries + 1}"

    def verdict(self) -> str:
        """Return what the payment provider says to the next call."""
        return self.order.after if self.tries else self.order.verdict

    def die(self, where: str) -> None:
        """End the process if it is to die here."""
        if self.crash == where:
            self.crash = ""
            self.has_died = True
            raise Dead
