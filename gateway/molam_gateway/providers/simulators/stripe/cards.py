"""Stripe's test payment methods and what each of them does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Card:
    """A test card: `code` and `decline_code` refuse it, the other members name what else happens.

    `processing` is for how many seconds its payments are processing.
    """

    brand: str
    last4: str
    code: str | None = None
    decline_code: str | None = None
    authentication: bool = False
    refund: str = "succeeds"
    disputed: bool = False
    processing: float = 0.0


_VISA = Card("visa", "4242")


def _declined(last4: str, decline_code: str) -> Card:
    return Card("visa", last4, "card_declined", decline_code)


_CARDS: Mapping[str, Card] = {
    "visa": _VISA,
    "visa_debit": Card("visa", "5556"),
    "mastercard": Card("mastercard", "4444"),
    "mastercard_debit": Card("mastercard", "8210"),
    "mastercard_prepaid": Card("mastercard", "5100"),
    "amex": Card("amex", "8431"),
    "discover": Card("discover", "1117"),
    "diners": Card("diners", "0004"),
    "jcb": Card("jcb", "0505"),
    "unionpay": Card("unionpay", "0005"),
    "bypassPending": Card("visa", "0077"),
    "chargeDeclined": _declined("0002", "generic_decline"),
    "chargeDeclinedInsufficientFunds": _declined("9995", "insufficient_funds"),
    "chargeDeclinedLostCard": _declined("9987", "lost_card"),
    "chargeDeclinedStolenCard": _declined("9979", "stolen_card"),
    "chargeDeclinedFraudulent": _declined("0019", "fraudulent"),
    "chargeDeclinedVelocityLimitExceeded": _declined("6975", "card_velocity_exceeded"),
    "chargeCustomerFail": _declined("0341", "generic_decline"),
    "chargeDeclinedExpiredCard": Card("visa", "0069", "expired_card"),
    "chargeDeclinedIncorrectCvc": Card("visa", "0127", "incorrect_cvc"),
    "chargeDeclinedProcessingError": Card("visa", "0119", "processing_error"),
    "authenticationRequired": Card("visa", "3184", authentication=True),
    "threeDSecure2Required": Card("visa", "3220", authentication=True),
    "authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "visa", "9008", "card_declined", "insufficient_funds", authentication=True
    ),
    "pendingRefund": Card("visa", "7726", refund="pending"),
    "refundFail": Card("visa", "5126", refund="fails"),
    "createDispute": Card("visa", "0259", disputed=True),
    "simulatedProcessing": Card("visa", "1001", processing=60.0),
    "simulatedProcessingDeclined": Card("visa", "1002", "card_declined", "insufficient_funds", processing=60.0),
}
"""Stripe's own, and two of the simulator's."""

_MESSAGES: Mapping[str, str] = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}


def find(token: str) -> Card | None:
    """The card behind a test payment method or token; the brand before a decline may be written or not."""
    for prefix in ("pm_card_", "tok_"):
        if token.startswith(prefix):
            name = token.removeprefix(prefix)
            return _CARDS.get(name) or _CARDS.get(name.removeprefix("visa_"))
    return None


def refusal(card: Card) -> str:
    """What the customer is told."""
    return _MESSAGES.get(card.decline_code or "") or _MESSAGES[card.code or "card_declined"]


def unauthenticated(card: Card) -> Card:
    """The card of a customer who could not be asked."""
    return replace(card, code="authentication_required", decline_code="authentication_required")
