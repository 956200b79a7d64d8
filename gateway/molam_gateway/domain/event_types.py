"""The types of events that there are: those under `webhooks` in the spec."""

from difflib import get_close_matches

from .problems import ProblemError

EVENT_TYPES = (
    "payment_intent.created",
    "payment_intent.requires_action",
    "payment_intent.processing",
    "payment_intent.amount_capturable_updated",
    "payment_intent.succeeded",
    "payment_intent.failed",
    "payment_intent.canceled",
    "payment_intent.anomaly",
    "charge.succeeded",
    "charge.failed",
    "refund.created",
    "refund.updated",
    "refund.processed",
    "refund.failed",
    "payout.created",
    "payout.processing",
    "payout.succeeded",
    "payout.failed",
    "payout.reversed",
    "payout.canceled",
    "merchant_onboarding.updated",
    "merchant_onboarding.approved",
    "merchant_onboarding.rejected",
    "payment.unmatched_received",
    "webhook_endpoint.disabled",
    "ping",
)


def check_event_type(text: str | None, param: str) -> None:
    """Refuse to look for a type that no event has. Raises parameter_invalid, with the nearest one or all of them."""
    if text is None or text in EVENT_TYPES:
        return
    near = get_close_matches(text, EVENT_TYPES, n=1)
    hint = f"is it {near[0]}?" if near else f"there are {', '.join(EVENT_TYPES)}."
    raise ProblemError("parameter_invalid", f"{param}: no event has the type {text}; {hint}", param=param)
