"""What a provider says of an instruction: a closed set, so that every caller handles every case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Done. `details` is the payment method as the provider describes it.

    `handle` is, here and below, the provider's own name for what we asked for, where it differs from our reference.
    """

    transaction_id: str
    details: Mapping[str, object] | None = None
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Refused for good; no money moved, or all of it came back."""

    code: str
    message: str
    decline_code: str | None = None
    provider_code: str | None = None
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """Accepted, the outcome comes later: ask again after `poll_after` seconds of business time.

    `next_action` is what the customer has to do first; `queued` says that the provider has not begun; `unpaid` that
    nothing happens unless the customer begins to pay, so that the payment may be given up.
    """

    poll_after: float
    next_action: Mapping[str, object] | None = None
    queued: bool = False
    unpaid: bool = False
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer: the instruction may or may not have been carried out."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Not a byte reached the provider (no connection, an open circuit, a full bulkhead): sending again is safe."""

    reason: str


Outcome: TypeAlias = Succeeded | Failed | Pending | Unknown | NotSent
