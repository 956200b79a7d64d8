"""Reads CPay's statuses and reasons as outcomes."""

from collections.abc import Mapping

from ..domain.attempts import AttemptKind
from ..domain.outcomes import Failed, Outcome, Pending, Succeeded, Unknown

ACTION_POLL = 3600.0

_CARD: Mapping[str, object] = {
    "type": "card",
    "card": {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034},
    "mobile_money": None,
}
_MESSAGES = {
    "generic_decline": "The card was declined.",
    "insufficient_funds": "The card has insufficient funds.",
    "expired_card": "The card has expired.",
    "canceled_by_customer": "The customer refused the payment.",
    "authorization_gone": "There is no authorization left to capture.",
    "too_late": "It can no longer be called off.",
    "beneficiary_rejected": "The beneficiary's institution rejected the payout.",
    "refund_exceeds_captured": "The refund exceeds what was captured.",
}
_CODES = frozenset(
    {"canceled_by_customer", "authorization_gone", "too_late", "beneficiary_rejected", "refund_exceeds_captured"}
)
"""Refusals that are not about the card; the rest is card_declined with the decline code."""


def outcome_of(
    kind: AttemptKind,
    status: str,
    transaction_id: str,
    *,
    decline_code: str | None = None,
    action_url: str | None = None,
    queued: bool = False,
    poll_after: float = 1.0,
) -> Outcome:
    """What a status means; `action_url` is where the customer decides, `poll_after` when there may be news."""
    match status:
        case "action":
            return Pending(ACTION_POLL, next_action={"type": "redirect", "redirect_url": action_url})
        case "pending":
            return Pending(poll_after, queued=queued)
        case "authorized" | "captured" | "succeeded":
            paid = kind in {AttemptKind.CHARGE, AttemptKind.AUTHORIZE}
            return Succeeded(transaction_id, details=_CARD if paid else None)
        case "canceled":
            return Failed("canceled", "It was called off.")
        case "reversed":
            return Failed("reversed", "The money was sent back.")
        case "failed":
            return refused(decline_code or "generic_decline")
        case _:
            return Unknown("CPay has a status that is not documented")


def refused(reason: str) -> Failed:
    """A refusal for this reason."""
    message = _MESSAGES.get(reason, "CPay refused.")
    if reason in _CODES:
        return Failed(reason, message, provider_code=reason)
    return Failed("card_declined", message, decline_code=reason, provider_code=reason)
