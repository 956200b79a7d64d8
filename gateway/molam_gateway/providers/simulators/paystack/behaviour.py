"""How the simulated Paystack decides: by authorization code, by who pays, by the account that is paid out to."""

from collections.abc import Mapping
from dataclasses import dataclass

SETTLE_DELAY = 30.0
REFUND_PROCESSING_DELAY = 10.0
REFUND_DELAY = 30.0
REVISION_DELAY = 60.0

_CARD_PREFIX = "AUTH_"


@dataclass(frozen=True, slots=True)
class Payment:
    """What becomes of a transaction: its status at once, and the one that it has `SETTLE_DELAY` seconds later.

    `reason` is the gateway's response to a failure. `challenged` makes the customer confirm on a page first.
    """

    first: str = "success"
    then: str | None = None
    reason: str = "Declined"
    challenged: bool = False


AUTHORIZATIONS: Mapping[str, Payment] = {
    "declined": Payment("failed"),
    "insufficient_funds": Payment("failed", reason="Insufficient Funds"),
    "expired_card": Payment("failed", reason="Expired Card"),
    "limit": Payment("failed", reason="Exceeds withdrawal limit"),
    "wrong_pin": Payment("failed", reason="Incorrect PIN"),
    "later_ok": Payment("pending", then="success"),
    "later_failed": Payment("processing", then="failed"),
    "queued": Payment("queued", then="success"),
    "challenged": Payment("ongoing", challenged=True),
}
"""By what follows `AUTH_`; every other authorization code pays at once."""

UNKNOWN_AUTHORIZATION = "unknown"

MOBILE_MONEY: Mapping[str, Payment] = {
    "0001": Payment("pending", then="failed", reason="Insufficient Funds"),
    "0002": Payment("pending", then="failed", reason="Transaction canceled by customer"),
}
"""By the last digits of the phone number; everybody else confirms after a while."""

CHECKOUTS: Mapping[str, str] = {"pays": "success", "fails": "failed"}
"""Customers whose email address begins like this decide by themselves after `SETTLE_DELAY`; the others on the page."""

REFUNDS: Mapping[str, tuple[str, ...]] = {
    "refund_fails": ("pending", "processing", "failed"),
    "refund_needs_attention": ("pending", "needs-attention"),
    "refund_fails_later": ("pending", "processing", "processed", "failed"),
}
"""The statuses of a refund, one after the other, by the authorization code of what is refunded."""

USUAL_REFUND = ("pending", "processing", "processed")
RETRIED_REFUND = ("processing", "processed")
REFUND_DELAYS: Mapping[str, float] = {
    "processing": REFUND_PROCESSING_DELAY,
    "needs-attention": REFUND_PROCESSING_DELAY,
    "processed": REFUND_DELAY,
    "failed": REFUND_DELAY,
}
"""Seconds after which a refund takes on a status, after the one before."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """What becomes of a transfer: its status at once, after `SETTLE_DELAY`, and `REVISION_DELAY` after that."""

    first: str = "pending"
    then: str | None = "success"
    finally_: str | None = None


TRANSFERS: Mapping[str, Transfer] = {
    "0000": Transfer("success", then=None),
    "0001": Transfer(then="failed"),
    "0002": Transfer("otp", then=None),
    "0003": Transfer("success", then=None, finally_="reversed"),
    "0004": Transfer(then="blocked"),
    "0005": Transfer(then="rejected"),
    "0006": Transfer(then="abandoned"),
    "0007": Transfer("received"),
}
"""By the last digits of the account; every other one is paid after a while."""

NO_BALANCE = "0008"
NO_SUCH_ACCOUNT = "0009"


def of_authorization(code: str) -> Payment | None:
    """What charging this authorization does; None if Paystack does not know it."""
    name = code.removeprefix(_CARD_PREFIX)
    if name in {code, UNKNOWN_AUTHORIZATION}:
        return None
    return AUTHORIZATIONS.get(name, Payment())


def of_phone(phone: str) -> Payment:
    """What asking this phone for money does."""
    return MOBILE_MONEY.get(phone[-4:], Payment("pending", then="success"))


def of_checkout(email: str) -> Payment:
    """What this customer does with a page."""
    return Payment("abandoned", then=CHECKOUTS.get(email.partition("@")[0].partition("+")[0]))


def of_refund(label: str) -> tuple[str, ...]:
    """The statuses of a refund of a transaction with this authorization code."""
    return REFUNDS.get(label.removeprefix(_CARD_PREFIX), USUAL_REFUND)


def of_transfer(account_number: str) -> Transfer:
    """What a transfer to this account does."""
    return TRANSFERS.get(account_number[-4:], Transfer())
