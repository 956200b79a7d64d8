"""What an error answer means for the call that it answers."""

from ...domain.attempts import AttemptKind
from ...domain.outcomes import Failed, NotSent, Outcome, Unknown
from .daraja import Refused

_PROCESSING = ("being processed", "still under processing", "in progress")
_BUSY = ("lock subscriber", "transaction is already in process")
_SET_UP = ("merchant does not exist", "wrong credentials", "no apiproduct")
_OF_INSTRUCTIONS = (
    "amount",
    "phone",
    "partyb",
    "accountreference",
    "transactiondesc",
    "remarks",
    "transactionid",
    "occas",
)
"""Fields that are the same on every repetition; the others follow from the configuration, which may have changed."""


def is_processing(answer: Refused) -> bool:
    """Whether the transaction that was asked for has no outcome yet."""
    return answer.code.startswith("500.001.1001") and _says(answer, _PROCESSING)


def is_duplicate(answer: Refused) -> bool:
    """Whether the OriginatorConversationID was used before."""
    return answer.code == "500.002.1001" or (answer.status == 500 and "duplicate" in answer.message.lower())


def outcome(kind: AttemptKind, answer: Refused) -> Outcome:
    """The outcome of an instruction that got this answer.

    A payout may be sent again: it is never said to have failed for what may have changed since the first time, which
    may have been carried out.
    """
    if answer.code == "500.001.1001" and _says(answer, _BUSY) and kind == AttemptKind.CHARGE:
        message = "The customer's phone is busy with another prompt: try again in a minute."
        return Failed("card_declined", message, "subscriber_busy", answer.code)
    if answer.code.startswith("400.") and _says(answer, _OF_INSTRUCTIONS):
        message = "M-Pesa does not accept a part of the request: check the phone number and the amount."
        return Failed("card_declined", message, "invalid_request", answer.code)
    if answer.status < 500 or _says(answer, _SET_UP):
        return not_set_up(kind, answer.code)
    return Unknown(f"M-Pesa failed ({answer.code})")


def not_set_up(kind: AttemptKind, code: str | None) -> Outcome:
    """The configuration does not allow the call, which therefore was not carried out."""
    if kind != AttemptKind.PAYOUT:
        message = "M-Pesa does not accept the merchant's set-up for this kind of payment."
        return Failed("card_declined", message, "configuration_error", code)
    return NotSent(f"M-Pesa does not accept the set-up ({code or 'incomplete'}): check the provider's configuration")


def _says(answer: Refused, words: tuple[str, ...]) -> bool:
    message = answer.message.lower()
    return any(word in message for word in words)
