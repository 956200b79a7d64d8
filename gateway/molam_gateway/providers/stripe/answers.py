"""What Stripe's objects say of our instructions."""

from collections.abc import Mapping
from typing import Any, cast

from ...domain.attempts import AttemptKind
from ...domain.outcomes import Failed, Outcome, Pending, Succeeded, Unknown
from ..contract import Instruction
from .currencies import AmountError, from_wire
from .forms import CAPTURE, CHARGE_OF_INTENT, REFERENCE
from .refusals import declined, text

PROCESSING_POLL = 60.0
ACTION_POLL = 300.0
REFUND_POLL = 600.0
"""Seconds between questions; webhooks make most of them unnecessary."""

_REFUND_FAILURES: Mapping[str, str] = {
    "lost_or_stolen_card": "The card was lost or stolen.",
    "expired_or_canceled_card": "The card has expired or was canceled.",
    "insufficient_funds": "The balance at Stripe is not sufficient.",
    "declined": "The card's issuer declined the refund.",
}


def of_payment(intent: Mapping[str, Any], instruction: Instruction) -> Outcome:
    """What became of a payment; only the one that we asked for is believed."""
    handle = text(intent, "id")
    if handle is None or not _ours(intent, instruction, "amount"):
        return Unknown("Stripe answered with another payment")
    match intent.get("status"):
        case "succeeded":
            return _succeeded(intent, handle)
        case "requires_capture" if instruction.kind is AttemptKind.AUTHORIZE:
            return _succeeded(intent, handle)
        case "processing":
            return Pending(PROCESSING_POLL, handle=handle)
        case "requires_action":
            return Pending(ACTION_POLL, next_action=_next_action(intent), handle=handle)
        case "requires_payment_method" if isinstance(intent.get("last_payment_error"), Mapping):
            return declined(intent["last_payment_error"], handle)
        case "canceled":
            return Failed("canceled", "The payment was called off.", handle=handle)
        case status:
            return Unknown(f"Stripe's payment is {status if isinstance(status, str) else 'without a status'}")


def of_capture(intent: Mapping[str, Any], instruction: Instruction) -> Outcome | None:
    """What became of a capture, None if the money is still held."""
    handle = text(intent, "id")
    match intent.get("status"):
        case "requires_capture":
            return None
        case "succeeded" if handle is not None:
            by = _metadata(intent).get(CAPTURE, instruction.reference)
            if by == instruction.reference and _amount(intent, "amount_received") == (
                instruction.amount,
                instruction.currency,
            ):
                return _succeeded(intent, handle)
            return Unknown("the payment was captured in another way")
        case "canceled":
            return Failed("authorization_gone", "There is no authorization left to capture.", handle=handle)
        case _:
            return Unknown("the payment is not in a state in which it could have been captured")


def of_void(intent: Mapping[str, Any]) -> Outcome | None:
    """What became of calling a payment off, None if it was not."""
    handle = text(intent, "id")
    match intent.get("status"):
        case "canceled" if handle is not None:
            return Succeeded(handle, handle=handle)
        case "succeeded" | "processing":
            return Failed("too_late", "It can no longer be called off.", handle=handle)
        case _:
            return None


def of_refund(refund: Mapping[str, Any], instruction: Instruction) -> Outcome:
    """What became of a refund; only the one that we asked for is believed."""
    handle = text(refund, "id")
    if handle is None or not _ours(refund, instruction, "amount"):
        return Unknown("Stripe answered with another refund")
    match refund.get("status"):
        case "succeeded":
            return Succeeded(handle, handle=handle)
        case "pending" | "requires_action":
            return Pending(REFUND_POLL, handle=handle)
        case "failed":
            reason = text(refund, "failure_reason") or "unknown"
            message = _REFUND_FAILURES.get(reason, "The refund failed.")
            return Failed("refund_failed", message, provider_code=reason, handle=handle)
        case "canceled":
            return Failed("canceled", "The refund was called off.", handle=handle)
        case _:
            return Unknown("Stripe's refund has no status that is known")


def is_ours(document: Mapping[str, Any], instruction: Instruction) -> bool:
    """Whether a payment or refund carries the instruction's reference."""
    return _metadata(document).get(REFERENCE) == instruction.reference


def _ours(document: Mapping[str, Any], instruction: Instruction, member: str) -> bool:
    return is_ours(document, instruction) and _amount(document, member) == (instruction.amount, instruction.currency)


def _amount(document: Mapping[str, Any], member: str) -> tuple[int, str] | None:
    amount, currency = document.get(member), text(document, "currency")
    if not isinstance(amount, int) or currency is None:
        return None
    try:
        return from_wire(amount, currency.upper()), currency.upper()
    except AmountError:
        return None


def _metadata(document: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = document.get("metadata")
    return cast(Mapping[str, Any], metadata) if isinstance(metadata, Mapping) else {}


def _succeeded(intent: Mapping[str, Any], handle: str) -> Succeeded:
    charge = intent.get(CHARGE_OF_INTENT)
    if isinstance(charge, Mapping):
        known = cast(Mapping[str, Any], charge)
        return Succeeded(text(known, "id") or handle, _details(known), handle)
    return Succeeded(charge if isinstance(charge, str) else handle, None, handle)


def _details(charge: Mapping[str, Any]) -> Mapping[str, object] | None:
    method = charge.get("payment_method_details")
    card = cast(Mapping[str, Any], method).get("card") if isinstance(method, Mapping) else None
    if not isinstance(card, Mapping):
        return None
    members = cast(Mapping[str, Any], card)
    shown = {name: members.get(name) for name in ("brand", "last4", "exp_month", "exp_year")}
    return {"type": "card", "card": shown, "mobile_money": None}


def _next_action(intent: Mapping[str, Any]) -> Mapping[str, object] | None:
    action = intent.get("next_action")
    redirect = cast(Mapping[str, Any], action).get("redirect_to_url") if isinstance(action, Mapping) else None
    url = text(cast(Mapping[str, Any], redirect), "url") if isinstance(redirect, Mapping) else None
    return None if url is None else {"type": "redirect", "redirect_url": url}
