"""Payouts (B2C), which Daraja recognises by the conversation id that we give them."""

from ..contract import Instruction
from . import names
from .account import Account
from .amounts import AmountError, shillings
from .commands import addresses, authority
from .phone import PhoneError, msisdn
from .unfit import Unfit, unfit

PAY = "/mpesa/b2c/v3/paymentrequest"
RECOGNISED = 24 * 3600.0
"""For how many seconds a conversation id is relied on to be recognised; Daraja does not say how long it is."""


def request(instruction: Instruction, account: Account, callback: str) -> dict[str, object] | Unfit:
    """The body of a payout. Raises ConfigurationError."""
    try:
        number = int(msisdn(str((instruction.beneficiary or {}).get("phone", ""))))
        amount = shillings(instruction.amount)
    except (PhoneError, AmountError) as error:
        return unfit(error)
    return {
        "OriginatorConversationID": names.conversation_id(instruction.reference),
        **authority(account, "InitiatorName"),
        "CommandID": "BusinessPayment",
        "Amount": amount,
        "PartyA": account.shortcode,
        "PartyB": number,
        "Remarks": names.remarks(instruction.description),
        **addresses(callback, "p"),
        "Occassion": names.account_reference(instruction.reference),
    }
