"""How CPay decides: from a payment method token or the last digits of a beneficiary to what will happen."""

from collections.abc import Mapping
from dataclasses import dataclass

ASYNC_DELAY = 30.0
QUEUE_DELAY = 10.0
REVISION_DELAY = 60.0
SLOW_DELAY = 5.0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What becomes of an instruction.

    `first` is its status at once, `then` the final one after `settles_after` seconds of business time. Work is
    only begun after `begins_after` seconds and can be called off until then. The final status is taken back
    `revised_after` seconds later. `lost` swallows the answer, `answers_after` delays it by seconds of real time.
    """

    first: str = "succeeded"
    decline_code: str | None = None
    then: str | None = None
    settles_after: float | None = None
    begins_after: float | None = None
    revised_after: float | None = None
    lost: bool = False
    answers_after: float = 0.0


PAYMENT_METHODS: Mapping[str, Behaviour] = {
    "pm_cpay_ok": Behaviour(),
    "pm_cpay_declined": Behaviour(first="failed", decline_code="generic_decline"),
    "pm_cpay_insufficient_funds": Behaviour(first="failed", decline_code="insufficient_funds"),
    "pm_cpay_expired": Behaviour(first="failed", decline_code="expired_card"),
    "pm_cpay_action": Behaviour(first="action"),
    "pm_cpay_async_ok": Behaviour(first="pending", then="succeeded", settles_after=ASYNC_DELAY),
    "pm_cpay_async_fail": Behaviour(
        first="pending", then="failed", settles_after=ASYNC_DELAY, decline_code="generic_decline"
    ),
    "pm_cpay_unknown_ok": Behaviour(lost=True),
    "pm_cpay_unknown_fail": Behaviour(first="failed", decline_code="generic_decline", lost=True),
    "pm_cpay_slow": Behaviour(first="pending", then="succeeded", settles_after=SLOW_DELAY, answers_after=SLOW_DELAY),
    "pm_cpay_refund_fails_later": Behaviour(),
}

SLOW_REFUNDS = "slow_refunds"
"""Marks a charge whose refunds take a while; no payment method token does that."""

_REFUNDS: Mapping[str, Behaviour] = {
    "pm_cpay_refund_fails_later": Behaviour(revised_after=REVISION_DELAY),
    SLOW_REFUNDS: Behaviour(first="pending", then="succeeded", settles_after=ASYNC_DELAY),
}
_PAYOUTS: Mapping[str, Behaviour] = {
    "0000": Behaviour(),
    "0001": Behaviour(
        first="pending",
        then="failed",
        settles_after=ASYNC_DELAY,
        begins_after=QUEUE_DELAY,
        decline_code="beneficiary_rejected",
    ),
    "0002": Behaviour(lost=True),
    "0003": Behaviour(revised_after=REVISION_DELAY),
}
_OTHER_PAYOUTS = Behaviour(first="pending", then="succeeded", settles_after=ASYNC_DELAY, begins_after=QUEUE_DELAY)


def of_payment(token: str) -> Behaviour:
    """What a charge or an authorization with this token does."""
    return PAYMENT_METHODS[token]


def of_refund(token: str) -> Behaviour:
    """What a refund of a payment made with this token does."""
    return _REFUNDS.get(token, Behaviour())


def of_payout(last4: str) -> Behaviour:
    """What a payout to a number with these last digits does."""
    return _PAYOUTS.get(last4, _OTHER_PAYOUTS)
