"""What M-Pesa's result codes mean; the same number can mean another thing to a business than to a customer."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...domain.outcomes import Failed

PAID = "0"
STILL_PROCESSING = "4999"
ALREADY_REVERSED = "R000001"


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` is the API's, `decline_code` says more."""

    code: str
    decline_code: str
    message: str


_CONFIGURATION = Refusal(
    "card_declined", "configuration_error", "M-Pesa does not accept the merchant's set-up for this kind of payment."
)
_EVERYWHERE: Mapping[str, Refusal] = {
    "2": Refusal("limit_exceeded", "amount_too_small", "The amount is below what M-Pesa allows."),
    "3": Refusal("limit_exceeded", "amount_too_large", "The amount is above what M-Pesa allows."),
    "4": Refusal("limit_exceeded", "daily_limit", "The payment would exceed the M-Pesa account's daily limit."),
    "8": Refusal("limit_exceeded", "balance_limit", "The payment would exceed the highest balance that is allowed."),
    "11": _CONFIGURATION,
    "21": _CONFIGURATION,
    "2006": _CONFIGURATION,
    "2028": _CONFIGURATION,
    "SFC_IC0003": _CONFIGURATION,
}
OF_CUSTOMERS: Mapping[str, Refusal] = {
    **_EVERYWHERE,
    "1": Refusal("insufficient_funds", "insufficient_funds", "The M-Pesa account has insufficient funds."),
    "17": Refusal(
        "card_declined",
        "repeated_too_soon",
        "M-Pesa refuses the same amount from the same customer within two minutes: try again later.",
    ),
    "1001": Refusal(
        "card_declined", "subscriber_busy", "The customer's phone is busy with another prompt: try again in a minute."
    ),
    "1019": Refusal("card_declined", "expired", "The customer did not confirm in time."),
    "1025": Refusal("card_declined", "processing_error", "M-Pesa could not send the prompt to the customer's phone."),
    "1032": Refusal("canceled_by_customer", "canceled_by_customer", "The customer refused the payment."),
    "1037": Refusal("card_declined", "timeout", "The customer's phone could not be reached, or nobody answered."),
    "2001": Refusal("wrong_pin", "wrong_pin", "The customer entered a wrong M-Pesa PIN."),
    "8006": Refusal("card_declined", "account_locked", "The customer's M-Pesa PIN is locked."),
    "9999": Refusal("card_declined", "processing_error", "M-Pesa could not send the prompt to the customer's phone."),
}
"""Results of an STK push."""

OF_BUSINESSES: Mapping[str, Refusal] = {
    **_EVERYWHERE,
    "1": Refusal("balance_insufficient", "insufficient_funds", "The merchant's M-Pesa account has too little money."),
    "2001": Refusal("card_declined", "configuration_error", "M-Pesa does not accept the initiator's credentials."),
    "2040": Refusal("card_declined", "beneficiary_rejected", "The phone number is not registered with M-Pesa."),
    "8006": Refusal("card_declined", "configuration_error", "The initiator's M-Pesa password is locked."),
    "R000002": Refusal("card_declined", "transaction_unknown", "M-Pesa does not know the payment to be sent back."),
}
"""Results of payouts and reversals."""

_OTHER = Refusal("card_declined", "generic_decline", "M-Pesa refused.")


def failed(result_code: str, table: Mapping[str, Refusal], handle: str | None = None) -> Failed:
    """The outcome that a result code other than 0 stands for."""
    refusal = table.get(result_code, _OTHER)
    return Failed(refusal.code, refusal.message, refusal.decline_code, provider_code=result_code, handle=handle)
