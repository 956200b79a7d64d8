"""What happens to a payment, chosen by the last three digits of the phone number or told beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CALLBACKS = frozenset({"once", "never", "twice", "late", "before_ack", "wrong_amount", "wrong_token"})
LATE = 300.0
SECOND_THOUGHTS = 45.0


class BehaviourError(ValueError):
    """There is no such behaviour."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`result` is M-Pesa's code; `answers_after` are seconds, None for a customer who never answers.

    `later` is a second result that contradicts the first, 45 s afterwards; `doubtful` lets a query say that it failed
    (1037) while it is pending; `dropped` closes the connection once the request was accepted; `waits` lets a request
    for a payout or reversal be reported as timed out in the queue, its result never; `refused` leaves it undone then.
    `codes` writes result codes as "number", "text" or, by default, now this and now that.
    """

    result: str = "0"
    answers_after: float | None = 2.0
    callback: str = "once"
    later: str | None = None
    doubtful: bool = False
    dropped: bool = False
    waits: bool = False
    refused: bool = False
    codes: str = "either"

    def __post_init__(self) -> None:
        if self.callback not in CALLBACKS:
            raise BehaviourError(f"there is no callback {self.callback!r}, only {', '.join(sorted(CALLBACKS))}")

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> "Behaviour":
        """The behaviour that a JSON object describes. Raises BehaviourError."""
        try:
            return cls(**members)
        except TypeError:
            raise BehaviourError(f"a behaviour has {', '.join(cls.__slots__)}, nothing else") from None


SUFFIXES: Mapping[str, Behaviour] = {
    "001": Behaviour("1"),
    "002": Behaviour("2"),
    "003": Behaviour("3"),
    "004": Behaviour("4"),
    "008": Behaviour("8"),
    "017": Behaviour("17"),
    "019": Behaviour("1019"),
    "025": Behaviour("1025"),
    "032": Behaviour("1032"),
    "037": Behaviour("1037", answers_after=20.0),
    "040": Behaviour("2040"),
    "101": Behaviour("1001"),
    "201": Behaviour("2001"),
    "228": Behaviour("2028"),
    "303": Behaviour("SFC_IC0003"),
    "806": Behaviour("8006"),
    "999": Behaviour("9999"),
    "910": Behaviour(callback="never"),
    "911": Behaviour(callback="twice"),
    "912": Behaviour(callback="late"),
    "913": Behaviour(callback="before_ack"),
    "914": Behaviour(callback="wrong_amount"),
    "915": Behaviour(callback="wrong_token"),
    "916": Behaviour(answers_after=20.0, callback="never", doubtful=True),
    "917": Behaviour("1037", later="0"),
    "918": Behaviour(dropped=True),
    "919": Behaviour(dropped=True, callback="never"),
    "920": Behaviour("1032", callback="never"),
    "921": Behaviour(answers_after=None),
    "922": Behaviour(waits=True),
    "923": Behaviour(waits=True, refused=True),
    "924": Behaviour(codes="text"),
    "925": Behaviour(codes="number"),
}
"""For payments and payouts; every other number succeeds after two seconds."""

REVERSAL_SUFFIXES: Mapping[str, Behaviour] = {
    "931": Behaviour(callback="never"),
    "932": Behaviour("1"),
    "933": Behaviour(waits=True),
    "934": Behaviour(dropped=True, callback="never"),
    "935": Behaviour("21"),
    "936": Behaviour(callback="before_ack"),
}
"""For sending back what such a number has paid."""
