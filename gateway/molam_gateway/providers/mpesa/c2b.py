"""Payments that customers begin: registers where Daraja tells of them, reads its questions and confirmations."""

from ..contract import ProbeError
from ..inbound import MayPay, MoneyReceived, UnreadableError
from . import reading
from .account import Account
from .amounts import CURRENCY, AmountError, minor_units
from .daraja import Accepted, Answer, Lost, NotDone, Refused
from .phone import shown_phone

REGISTER = "/mpesa/c2b/v2/registerurl"
_REGISTERED = "already registered"
_SHOWN = {"transaction_type": "TransactionType", "phone": "MSISDN", "completed_at": "TransTime"}


def registration(account: Account, callback: str, unreachable: str) -> dict[str, object]:
    """The body of a registration; `unreachable` is what happens to payments while validation does not answer."""
    return {
        "ShortCode": account.shortcode,
        "ResponseType": unreachable,
        "ConfirmationURL": f"{callback}/n",
        "ValidationURL": f"{callback}/v",
    }


def registered(answer: Answer) -> None:
    """Make sure that the addresses are registered; they can be registered only once. Raises ProbeError."""
    reason = _refusal(answer)
    if reason is not None:
        raise ProbeError(f"M-Pesa did not register the addresses for customer-initiated payments: {reason}")


def question(document: reading.Document, account: Account) -> MayPay:
    """What a validation asks. Raises UnreadableError."""
    _own(document, account)
    return MayPay(_amount(document), CURRENCY, reading.text(document, "BillRefNumber") or "")


def confirmation(document: reading.Document, account: Account) -> MoneyReceived:
    """What a confirmation says. Raises UnreadableError."""
    _own(document, account)
    receipt = reading.needed(document, "TransID")
    shown = {name: text for name, member in _SHOWN.items() if (text := reading.text(document, member)) is not None}
    if "phone" in shown:
        shown["phone"] = shown_phone(shown["phone"])
    reference = reading.text(document, "BillRefNumber") or ""
    return MoneyReceived(f"c2b:{receipt}", receipt, _amount(document), CURRENCY, reference, shown)


def _refusal(answer: Answer) -> str | None:
    match answer:
        case Accepted(document):
            return None if reading.code(document, "ResponseCode") == "0" else "not accepted"
        case Refused(code=code, message=message):
            return None if _REGISTERED in message.lower() else code
        case NotDone(reason) | Lost(reason):
            return reason


def _own(document: reading.Document, account: Account) -> None:
    if reading.text(document, "BusinessShortCode") not in {account.shortcode, account.till}:
        raise UnreadableError("BusinessShortCode is another merchant's")


def _amount(document: reading.Document) -> int:
    try:
        amount = minor_units(document.get("TransAmount"))
    except AmountError as error:
        raise UnreadableError(f"TransAmount: {error}") from None
    if not amount:
        raise UnreadableError("TransAmount is zero")
    return amount
