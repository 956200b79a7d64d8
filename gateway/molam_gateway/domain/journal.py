"""The double-entry journal: which accounts each movement of money touches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CLEARING = "provider_clearing"
PAYABLE = "merchant_payable"
REFUND_RESERVE = "refund_reserve"
PAYOUT_IN_TRANSIT = "payout_in_transit"
SUSPENSE = "suspense"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry; a positive amount is a debit."""

    account: str
    amount: int


_ENTRIES: Mapping[str, tuple[str, str]] = {
    "capture": (CLEARING, PAYABLE),
    "anomaly": (CLEARING, SUSPENSE),
    "received_unmatched": (CLEARING, SUSPENSE),
    "anomaly_outgoing": (SUSPENSE, CLEARING),
    "suspense_booked": (SUSPENSE, PAYABLE),
    "suspense_returned": (SUSPENSE, CLEARING),
    "suspense_matched": (SUSPENSE, CLEARING),
    "missing_booked": (PAYABLE, SUSPENSE),
    "missing_returned": (CLEARING, SUSPENSE),
    "refund_reserved": (PAYABLE, REFUND_RESERVE),
    "refund_paid": (REFUND_RESERVE, CLEARING),
    "refund_released": (REFUND_RESERVE, PAYABLE),
    "refund_returned": (CLEARING, PAYABLE),
    "payout_reserved": (PAYABLE, PAYOUT_IN_TRANSIT),
    "payout_paid": (PAYOUT_IN_TRANSIT, CLEARING),
    "payout_released": (PAYOUT_IN_TRANSIT, PAYABLE),
    "payout_returned": (CLEARING, PAYABLE),
}
"""What is debited and what is credited for each reason."""

REASONS = tuple(_ENTRIES)


def postings(reason: str, amount: int) -> Sequence[Posting]:
    """The lines of an entry; they sum to zero."""
    debited, credited = _ENTRIES[reason]
    return (Posting(debited, amount), Posting(credited, -amount))


def available(sums: Mapping[str, int]) -> int:
    """What may be paid out, from the sums of the postings per account; negative after refunds of paid-out money."""
    return -sums.get(PAYABLE, 0)


def reserved(sums: Mapping[str, int]) -> int:
    """What is set aside for refunds and payouts on their way."""
    return -sums.get(REFUND_RESERVE, 0) - sums.get(PAYOUT_IN_TRANSIT, 0)
