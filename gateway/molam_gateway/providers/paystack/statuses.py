"""What Paystack's statuses and reasons mean."""

import re
from collections.abc import Mapping
from typing import Any

from ...domain.outcomes import Failed, Outcome, Pending, Unknown
from .api import Refusal, members

SOON = 15.0
"""Seconds until something that is being worked on is looked at again; failed charges send no webhook."""

WHILE_REFUNDED = 60.0
WHILE_SOMEBODY_ACTS = 3600.0
"""For what waits for a person: a transfer's one-time password, a refund that needs attention."""

WORKED_ON = frozenset({"ongoing", "pending", "processing", "queued", "pay_offline"})

_FOUR_DIGITS = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"0?[1-9]|1[0-2]")
_YEAR = re.compile(r"2[01][0-9]{2}")

_DECLINES = (
    ("insufficient", "card_declined", "insufficient_funds"),
    ("not enough", "card_declined", "insufficient_funds"),
    ("expired", "card_declined", "expired_card"),
    ("pin", "wrong_pin", None),
    ("limit", "limit_exceeded", None),
    ("cancel", "canceled_by_customer", None),
)
_REFUND_REFUSALS = (
    ("fully reversed", "already_refunded"),
    ("cannot be more", "refund_exceeds_captured"),
    ("more than", "refund_exceeds_captured"),
    ("exceed", "refund_exceeds_captured"),
)
_TRANSFER_FAILURES = {
    "failed": "The transfer failed.",
    "abandoned": "The transfer was not confirmed in time.",
    "blocked": "The transfer was blocked.",
    "rejected": "The transfer was rejected.",
    "reversed": "The money came back.",
}


def declined(reason: object) -> Failed:
    """A charge that failed, by the gateway's response."""
    text = reason if isinstance(reason, str) and reason else "Declined"
    for word, code, decline_code in _DECLINES:
        if word in text.lower():
            return Failed(code, f"Paystack: {text}", decline_code=decline_code, provider_code=text)
    return Failed("card_declined", f"Paystack: {text}", decline_code="generic_decline", provider_code=text)


def charge_refused(refusal: Refusal) -> Failed:
    """A charge that Paystack would not begin."""
    return _forbidden(refusal) or declined(refusal.message)


def refund_refused(refusal: Refusal) -> Failed:
    """A refund that Paystack would not begin."""
    text = refusal.message.lower()
    code = next((code for word, code in _REFUND_REFUSALS if word in text), "refund_refused")
    return _forbidden(refusal) or Failed(code, f"Paystack: {refusal.message}", provider_code=refusal.code)


def transfer_refused(refusal: Refusal) -> Failed:
    """A transfer, or its recipient, that Paystack would not accept."""
    code = "balance_insufficient" if "balance" in refusal.message.lower() else "beneficiary_rejected"
    return _forbidden(refusal) or Failed(code, f"Paystack: {refusal.message}", provider_code=refusal.code)


def refund_state(status: object) -> Outcome | None:
    """A refund's status; None if it is processed."""
    match status:
        case "processed":
            return None
        case "pending" | "processing":
            return Pending(WHILE_REFUNDED)
        case "needs-attention":
            return Pending(WHILE_SOMEBODY_ACTS)
        case "failed":
            return Failed("refund_failed", "Paystack could not send the money back.", provider_code="failed")
        case _:
            return Unknown("Paystack's refund has a status that is not documented")


def transfer_state(status: object) -> Outcome | None:
    """A transfer's status; None if it succeeded."""
    match status:
        case "success":
            return None
        case "pending" | "received":
            return Pending(SOON)
        case "otp":
            return Pending(WHILE_SOMEBODY_ACTS)
        case str() if status in _TRANSFER_FAILURES:
            return Failed(status, _TRANSFER_FAILURES[status], provider_code=status)
        case _:
            return Unknown("Paystack's transfer has a status that is not documented")


def payment_details(transaction: Mapping[str, Any]) -> Mapping[str, object] | None:
    """The card or the phone that paid, as far as it is told and may be shown."""
    found = members(transaction.get("authorization"))
    if transaction.get("channel") == "mobile_money":
        return _mobile_money(found, transaction.get("receipt_number"))
    return _card(found)


def _mobile_money(found: Mapping[str, Any], receipt: object) -> Mapping[str, object] | None:
    phone, network = found.get("mobile_money_number"), found.get("bank")
    if not isinstance(phone, str) or not _FOUR_DIGITS.fullmatch(phone[-4:]) or not isinstance(network, str):
        return None
    shown = {
        "network": network.lower()[:64],
        "last4": phone[-4:],
        "receipt": receipt[:64] if isinstance(receipt, str) else None,
    }
    return {"type": "mobile_money", "card": None, "mobile_money": shown}


def _card(found: Mapping[str, Any]) -> Mapping[str, object] | None:
    brand, last4 = found.get("brand"), found.get("last4")
    month, year = str(found.get("exp_month")), str(found.get("exp_year"))
    if not isinstance(brand, str) or not isinstance(last4, str) or not _FOUR_DIGITS.fullmatch(last4):
        return None
    if not _MONTH.fullmatch(month) or not _YEAR.fullmatch(year):
        return None
    shown = {"brand": brand.strip()[:64], "last4": last4, "exp_month": int(month), "exp_year": int(year)}
    return {"type": "card", "card": shown, "mobile_money": None}


def _forbidden(refusal: Refusal) -> Failed | None:
    if not refusal.forbidden:
        return None
    return Failed(
        "provider_unavailable",
        "Paystack does not accept the secret_key: configure it again.",
        provider_code=refusal.code,
    )
