"""STK push: asks a customer for a payment on the phone, asks what became of it, reads what the callback says."""

from collections.abc import Mapping
from datetime import datetime

from ...domain.attempts import AttemptKind
from ...domain.outcomes import NotSent, Outcome, Pending, Succeeded, Unknown
from ..contract import Instruction
from ..inbound import News
from . import reading, refusals, result_codes
from .account import Account
from .amounts import AmountError, minor_units, shillings
from .daraja import Accepted, Answer, Lost, NotDone, Refused
from .names import account_reference, description
from .phone import PhoneError, last4, msisdn
from .unfit import Unfit, unfit

PUSH = "/mpesa/stkpush/v1/processrequest"
QUERY = "/mpesa/stkpushquery/v1/query"
FIRST_POLL = 65.0
POLL = 30.0
_LONGEST_POLL = 3600.0
TRUSTED_AFTER = 60.0
"""Seconds after the push from which on a failure told by the query counts; earlier ones have turned out wrong."""


def prompt(instruction: Instruction, account: Account) -> Mapping[str, object]:
    """What the customer has to do; also what to type at a paybill that takes payments of customers' own accord."""
    asked: dict[str, object] = {"type": "stk_prompt", "redirect_url": None}
    by_hand = account.c2b is not None and account.till is None and instruction.account_reference is not None
    return {**asked, "account_reference": instruction.account_reference} if by_hand else asked


def request(instruction: Instruction, account: Account, callback: str, now: datetime) -> dict[str, object] | Unfit:
    """The body of a push."""
    try:
        number = int(msisdn((instruction.customer or {}).get("phone", "")))
        amount = shillings(instruction.amount)
    except (PhoneError, AmountError) as error:
        return unfit(error)
    return {
        **account.stamp(now),
        "TransactionType": "CustomerBuyGoodsOnline" if account.till else "CustomerPayBillOnline",
        "Amount": amount,
        "PartyA": number,
        "PartyB": account.till or account.shortcode,
        "PhoneNumber": number,
        "CallBackURL": callback,
        "AccountReference": instruction.account_reference or account_reference(instruction.reference),
        "TransactionDesc": description(instruction.description),
    }


def sent(answer: Answer, asked: Mapping[str, object]) -> Outcome:
    """What the answer to a push says; `asked` is what the customer has to do."""
    match answer:
        case Accepted(document):
            handle = reading.text(document, "CheckoutRequestID")
            response = reading.code(document, "ResponseCode")
            if response == "0" and handle is not None:
                return Pending(FIRST_POLL, next_action=asked, handle=handle)
            if response is not None and response != "0":
                return result_codes.failed(response, result_codes.OF_CUSTOMERS, handle)
            return Unknown("M-Pesa's answer to the push has no CheckoutRequestID")
        case Refused():
            return refusals.outcome(AttemptKind.CHARGE, answer)
        case NotDone(reason):
            return NotSent(reason)
        case Lost(reason):
            return Unknown(reason)


def found(answer: Answer, handle: str, age: float, asked: Mapping[str, object], number: str | None = None) -> Outcome:
    """What the answer to a query says of a push to `number` that is `age` seconds old.

    The query tells no receipt; the handle stands for it until a callback brings it.
    """
    match answer:
        case Accepted(document):
            return _result(reading.code(document, "ResultCode"), handle, age, asked, number)
        case Refused() if refusals.is_processing(answer):
            return _still_open(handle, age, asked)
        case Refused(code=code):
            return Unknown(f"M-Pesa does not say what became of the push ({code})")
        case NotDone(reason) | Lost(reason):
            return Unknown(reason)


def heard(document: reading.Document, account: Account) -> News:
    """What a callback says. Raises UnreadableError."""
    told = reading.inner(reading.inner(document, "Body"), "stkCallback")
    handle = reading.needed(told, "CheckoutRequestID")
    result = reading.needed_code(told, "ResultCode")
    key = f"stk:{handle}:{result}"
    if result == result_codes.STILL_PROCESSING:
        return News(key, handle=handle)
    if result != result_codes.PAID:
        return News(key, handle=handle, outcome=result_codes.failed(result, result_codes.OF_CUSTOMERS, handle))
    metadata: object = told.get("CallbackMetadata")
    items = reading.pairs(reading.inner(told, "CallbackMetadata").get("Item") if metadata is not None else None, "Name")
    receipt, number = reading.text(items, "MpesaReceiptNumber"), reading.text(items, "PhoneNumber")
    amount = _amount(items)
    if receipt is None or amount is None:
        return News(key, handle=handle, transaction_id=receipt, amount=amount)
    if account.confirm_above is not None and amount > account.confirm_above:
        return News(key, handle=handle, transaction_id=receipt, amount=amount)
    paid = Succeeded(receipt, details(number, receipt), handle)
    return News(key, handle=handle, outcome=paid, transaction_id=receipt, amount=amount)


def details(number: str | None, receipt: str | None) -> Mapping[str, object] | None:
    """The payment method as the API shows it; None if the number's last digits are not known."""
    digits = None if number is None else last4(number)
    if digits is None:
        return None
    return {
        "type": "mobile_money",
        "card": None,
        "mobile_money": {"network": "mpesa", "last4": digits, "receipt": receipt},
    }


def _result(result: str | None, handle: str, age: float, asked: Mapping[str, object], number: str | None) -> Outcome:
    if result == result_codes.PAID:
        return Succeeded(handle, details(number, None), handle)
    if result is None or result not in result_codes.OF_CUSTOMERS:
        return _still_open(handle, age, asked)
    if age < TRUSTED_AFTER:
        return Pending(max(1.0, TRUSTED_AFTER - age), next_action=asked, handle=handle)
    return result_codes.failed(result, result_codes.OF_CUSTOMERS, handle)


def _still_open(handle: str, age: float, asked: Mapping[str, object]) -> Pending:
    return Pending(min(_LONGEST_POLL, max(POLL, age / 4)), next_action=asked, handle=handle)


def _amount(items: Mapping[str, object]) -> int | None:
    try:
        return minor_units(items.get("Amount"))
    except AmountError:
        return None
