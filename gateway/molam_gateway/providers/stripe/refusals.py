"""What Stripe's refusals mean: an error envelope becomes an outcome."""

from collections.abc import Mapping
from typing import Any, cast

from ...domain.outcomes import Failed, NotSent, Outcome, Unknown
from ..http_client import Reply

_MESSAGES: Mapping[str, str] = {
    "insufficient_funds": "The card has insufficient funds.",
    "expired_card": "The card has expired.",
    "incorrect_cvc": "The card's security code is incorrect.",
    "incorrect_number": "The card number is incorrect.",
    "processing_error": "The card's issuer could not process the payment.",
    "authentication_required": "The card's issuer requires the customer to authenticate the payment.",
    "authentication_failed": "The customer did not authenticate the payment.",
    "card_velocity_exceeded": "The card exceeds a limit.",
}
_CODES: Mapping[str, str] = {
    "card_velocity_exceeded": "limit_exceeded",
    "withdrawal_count_limit_exceeded": "limit_exceeded",
}
_DECLINE_CODES: Mapping[str, str] = {
    "authentication_required": "authentication_required",
    "payment_intent_authentication_failure": "authentication_failed",
}
"""Stripe's codes that say the same under another name."""

_REFUSED: Mapping[str, tuple[str, str]] = {
    "amount_too_small": ("amount_invalid", "The amount is smaller than what Stripe takes."),
    "amount_too_large": ("amount_invalid", "The amount is larger than what Stripe takes."),
    "charge_already_refunded": ("already_refunded", "The payment was refunded already."),
    "charge_disputed": ("charge_disputed", "The payment is disputed."),
    "charge_expired_for_capture": ("authorization_gone", "The authorization has expired."),
}


def declined(error: Mapping[str, Any], handle: str | None) -> Failed:
    """A payment that was refused, from the envelope or from what the payment remembers of it."""
    code = text(error, "code") or "card_declined"
    if text(error, "type") not in {"card_error", None} and code not in _DECLINE_CODES:
        return refused(error, handle)
    reported = text(error, "decline_code") or (None if code == "card_declined" else code)
    decline_code = _DECLINE_CODES.get(code) or _DECLINE_CODES.get(reported or "") or reported or "generic_decline"
    message = _MESSAGES.get(decline_code, "The card was declined.")
    return Failed(_CODES.get(decline_code, "card_declined"), message, decline_code, reported or code, handle)


def refused(error: Mapping[str, Any], handle: str | None = None) -> Failed:
    """A request that Stripe did not carry out and never will."""
    code, param = text(error, "code"), text(error, "param")
    meaning, message = _REFUSED.get(code or "", ("provider_refused", "Stripe refused the request."))
    if meaning == "provider_refused" and (code or param):
        message = f"Stripe refused the request ({', '.join(filter(None, (code, param)))})."
    return Failed(meaning, message, provider_code=code or text(error, "type"), handle=handle)


def of_reply(reply: Reply, *, repeated: bool) -> Outcome:
    """What an answer means that is not the object asked for.

    Only Stripe's own envelope is believed. The check of the key, the limits and the validation come before anything
    is executed; the same refusal says nothing of an earlier request if this may be its repetition.
    """
    error = envelope(reply)
    if reply.status >= 500 or reply.status in {409, 424} or error is None:
        return Unknown(f"Stripe answered with status {reply.status}")
    if reply.status == 429:
        busy = "Stripe takes no more requests at the moment"
        return Unknown(busy) if repeated else NotSent(busy)
    if reply.status in {401, 403}:
        return Unknown("Stripe refuses the secret key") if repeated else _unconfigured(error)
    if text(error, "type") == "idempotency_error":
        return Unknown("Stripe knows the reference from a request with other parameters")
    if reply.status == 402:
        intent = error.get("payment_intent")
        return declined(error, text(cast(Mapping[str, Any], intent), "id") if isinstance(intent, Mapping) else None)
    if 400 <= reply.status < 500:
        return refused(error)
    return Unknown(f"Stripe answered with status {reply.status}")


def envelope(reply: Reply) -> Mapping[str, Any] | None:
    """The error that Stripe describes, None if it is not Stripe that answered."""
    document = reply.document()
    error = None if document is None else document.get("error")
    return cast(Mapping[str, Any], error) if isinstance(error, dict) and "type" in error else None


def text(members: Mapping[str, Any], name: str) -> str | None:
    """A member that is a text."""
    value = members.get(name)
    return value if isinstance(value, str) else None


def _unconfigured(error: Mapping[str, Any]) -> Failed:
    return Failed(
        "provider_configuration",
        "Stripe refuses the secret key: configure one that is valid and may do this.",
        provider_code=text(error, "code") or text(error, "type"),
    )
