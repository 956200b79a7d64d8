"""Asks what became of a payout or reversal by its conversation; the answer is a callback too."""

from ...domain.outcomes import Failed, Outcome, Pending, Succeeded, Unknown
from ..inbound import News
from . import commands, names, reading, result_codes
from .account import Account
from .daraja import Accepted, Answer, Lost, NotDone, Refused

STATUS = "/mpesa/transactionstatus/v1/query"
POLL = 300.0
_LONGEST_POLL = 3600.0

_DONE = frozenset({"completed"})
_NOT_DONE = frozenset({"failed", "cancelled", "canceled", "declined", "expired", "rejected"})


def request(account: Account, conversation: str, callback: str) -> dict[str, object]:
    """The body of a status request. Raises ConfigurationError."""
    return {
        **commands.authority(account, "Initiator"),
        "CommandID": "TransactionStatusQuery",
        "OriginalConversationID": conversation,
        "PartyA": account.shortcode,
        "IdentifierType": "4",
        **commands.addresses(callback, "t"),
        "Remarks": "Status",
        "Occasion": "Status",
    }


def asked(answer: Answer, conversation: str, age: float) -> Outcome:
    """The outcome until the callback comes, of an instruction that is `age` seconds old."""
    match answer:
        case Accepted(document) if reading.code(document, "ResponseCode") == "0":
            return Pending(min(_LONGEST_POLL, max(POLL, age / 4)), handle=conversation)
        case Accepted() | Refused():
            return Unknown("M-Pesa does not take the question what became of it")
        case NotDone(reason) | Lost(reason):
            return Unknown(reason)


def heard(document: reading.Document) -> News | None:
    """What a status callback says; None if there is no outcome yet, or the question failed. Raises UnreadableError.

    The conversation that was asked for is among the parameters; the one outside is the question's own.
    """
    told = reading.inner(document, "Result")
    question = reading.needed(told, "OriginatorConversationID")
    if reading.needed_code(told, "ResultCode") != result_codes.PAID:
        return None
    parameters = commands.parameters(told)
    status = (reading.text(parameters, "TransactionStatus") or "").lower()
    conversation = reading.text(parameters, "OriginatorConversationID")
    receipt = reading.text(parameters, "ReceiptNo")
    key = f"status:{question}:{status or 'missing'}"
    reference = names.reference(conversation) if conversation else None
    amount = commands.amount(parameters, "Amount")
    if status in _DONE and receipt is not None and amount is not None:
        done = Succeeded(receipt, handle=conversation)
        return News(key, reference, conversation, done, amount=amount, answers=True)
    if status in _NOT_DONE:
        failed = Failed("card_declined", "M-Pesa did not carry it out.", "generic_decline", status, conversation)
        return News(key, reference, conversation, failed, answers=True)
    return None
