"""What payouts, reversals and status requests have in common: an acknowledgement now, the result by a callback."""

from collections.abc import Mapping
from typing import Any

from ...domain.attempts import AttemptKind
from ...domain.outcomes import NotSent, Outcome, Pending, Succeeded, Unknown
from ..inbound import News
from . import names, reading, refusals, result_codes
from .account import Account
from .amounts import AmountError, minor_units
from .daraja import Accepted, Answer, Lost, NotDone, Refused

POLL = 120.0


def addresses(callback: str, result: str) -> dict[str, object]:
    """Where the result goes, and the news that a request has waited too long."""
    return {"ResultURL": f"{callback}/{result}", "QueueTimeOutURL": f"{callback}/o"}


def authority(account: Account, name: str) -> dict[str, object]:
    """The members that say who asks; `name` is what Daraja calls the initiator here. Raises ConfigurationError."""
    initiator = account.initiator()
    return {name: initiator.name, "SecurityCredential": initiator.credential}


def sent(kind: AttemptKind, answer: Answer, handle: str | None) -> Outcome:
    """What the acknowledgement says; `handle` is the conversation's id if we gave it one."""
    match answer:
        case Accepted(document):
            response = reading.code(document, "ResponseCode")
            named = handle or reading.text(document, "OriginatorConversationID")
            if response == "0" and named is not None:
                return Pending(POLL, handle=named)
            return Unknown(f"M-Pesa did not accept the request as documented (response {response or 'missing'})")
        case Refused():
            return refusals.outcome(kind, answer)
        case NotDone(reason):
            return NotSent(reason)
        case Lost(reason):
            return Unknown(reason)


def heard(document: reading.Document, kind: AttemptKind) -> News:
    """What a result callback says of a payout or a reversal. Raises UnreadableError."""
    told = reading.inner(document, "Result")
    handle = reading.needed(told, "OriginatorConversationID")
    result = reading.needed_code(told, "ResultCode")
    key, reference = f"{kind}:{handle}:{result}", names.reference(handle)
    found = parameters(told)
    receipt = reading.text(found, "TransactionReceipt") or reading.text(told, "TransactionID")
    if result == result_codes.ALREADY_REVERSED and kind == AttemptKind.REFUND:
        given_back = Succeeded(handle)
        return News(key, reference, handle, given_back)
    if result != result_codes.PAID:
        return News(key, reference, handle, result_codes.failed(result, result_codes.OF_BUSINESSES, handle))
    if receipt is None:
        return News(key, reference, handle)
    name = "TransactionAmount" if kind == AttemptKind.PAYOUT else "Amount"
    return News(key, reference, handle, Succeeded(receipt, handle=handle), amount=amount(found, name))


def waited(document: reading.Document) -> News:
    """What a queue timeout says: nothing about the outcome. Raises UnreadableError."""
    told = reading.inner(document, "Result")
    handle = reading.text(told, "OriginatorConversationID")
    return News(f"timeout:{handle or 'unnamed'}", names.reference(handle) if handle else None, handle)


def parameters(told: reading.Document) -> Mapping[str, Any]:
    """The parameters of a result by name. Raises UnreadableError."""
    if told.get("ResultParameters") is None:
        return {}
    return reading.pairs(reading.inner(told, "ResultParameters").get("ResultParameter"), "Key")


def amount(found: Mapping[str, Any], name: str) -> int | None:
    """An amount among the parameters in minor units, None if it cannot be read."""
    try:
        return minor_units(found.get(name))
    except AmountError:
        return None
