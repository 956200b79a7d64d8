"""What Stripe is sent: the parameters of each instruction, the same on every repetition."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ...domain.attempts import AttemptKind
from ..contract import Instruction
from .currencies import to_wire

Form: TypeAlias = Sequence[tuple[str, str]]

REFERENCE = "molam_reference"
"""The metadata by which a payment or refund is found again."""

CAPTURE = "molam_capture"
"""The metadata that says by which instruction a payment was captured."""

CHARGE_OF_INTENT = "latest_charge"
_LONGEST_DESCRIPTION = 1000
_REFUND_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})


def payment(instruction: Instruction) -> Form:
    """Create and confirm in one request. Raises AmountError.

    Without a page to come back to, a payment that needs the customer is declined instead of waiting for ever.
    """
    token = str(instruction.payment_method)
    form = {
        "amount": str(to_wire(instruction.amount, instruction.currency)),
        "currency": instruction.currency.lower(),
        "capture_method": "manual" if instruction.kind is AttemptKind.AUTHORIZE else "automatic",
        "confirm": "true",
        "expand[0]": CHARGE_OF_INTENT,
        "payment_method_types[0]": "card",
        **_names(instruction),
    }
    if token.startswith("tok_"):
        form |= {"payment_method_data[type]": "card", "payment_method_data[card][token]": token}
    else:
        form["payment_method"] = token
    if instruction.return_url is None:
        form["error_on_requires_action"] = "true"
    else:
        form["return_url"] = instruction.return_url
    if instruction.description:
        form["description"] = instruction.description[:_LONGEST_DESCRIPTION]
    return list(form.items())


def capture(instruction: Instruction) -> Form:
    """Collect a part of what is held, or all of it; the rest is released. Raises AmountError."""
    return [
        ("amount_to_capture", str(to_wire(instruction.amount, instruction.currency))),
        ("expand[0]", CHARGE_OF_INTENT),
        (f"metadata[{CAPTURE}]", instruction.reference),
    ]


def void() -> Form:
    """Release what is held, or stop waiting for the customer."""
    return []


def refund(instruction: Instruction, intent: str) -> Form:
    """Give money of a payment back. Raises AmountError."""
    form = {
        "amount": str(to_wire(instruction.amount, instruction.currency)),
        "payment_intent": intent,
        **_names(instruction),
    }
    if instruction.reason in _REFUND_REASONS:
        form["reason"] = str(instruction.reason)
    return list(form.items())


def search(reference: str) -> Mapping[str, str]:
    """Look for the payment that has our reference."""
    escaped = reference.replace("\\", "\\\\").replace("'", "\\'")
    return {"query": f"metadata['{REFERENCE}']:'{escaped}'", "limit": "2"}


def _names(instruction: Instruction) -> Mapping[str, str]:
    names = {REFERENCE: instruction.reference, "molam_payment_intent": instruction.payment_intent}
    return {f"metadata[{name}]": value for name, value in names.items() if value}
