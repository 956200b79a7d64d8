"""Instructions that cannot be put into Daraja's terms, and so are never sent."""

from dataclasses import dataclass

from ...domain.outcomes import Failed
from .amounts import AmountError
from .phone import PhoneError


@dataclass(frozen=True, slots=True)
class Unfit:
    """The instruction was not sent; it never can be."""

    outcome: Failed


def unfit(error: PhoneError | AmountError) -> Unfit:
    """A phone number or an amount that M-Pesa does not have."""
    return refused(f"{str(error)[:1].upper()}{str(error)[1:]}.", "invalid_request")


def refused(message: str, decline_code: str) -> Unfit:
    """Refused for this reason."""
    return Unfit(Failed("card_declined", message, decline_code))
