"""Refunds: the whole of a payment goes back, once, whoever asks how often."""

from ..contract import Instruction
from . import names
from .account import Account
from .amounts import AmountError, shillings
from .commands import addresses, authority
from .unfit import Unfit, refused, unfit

REVERSE = "/mpesa/reversal/v1/request"
_PUSH = "ws_CO_"


def request(instruction: Instruction, account: Account, callback: str) -> dict[str, object] | Unfit:
    """The body of a reversal. Raises ConfigurationError."""
    receipt = instruction.parent_transaction_id
    if receipt in {None, instruction.parent_handle, instruction.parent_reference} or str(receipt).startswith(_PUSH):
        return refused(
            "M-Pesa has not told the receipt of this payment: pay the amount out instead.", "receipt_missing"
        )
    if instruction.parent_amount is not None and instruction.amount != instruction.parent_amount:
        return refused("M-Pesa gives back whole payments only: pay a part out instead.", "partial_refund_unsupported")
    try:
        amount = shillings(instruction.amount)
    except AmountError as error:
        return unfit(error)
    return {
        **authority(account, "Initiator"),
        "CommandID": "TransactionReversal",
        "TransactionID": receipt,
        "Amount": amount,
        "ReceiverParty": account.shortcode,
        "RecieverIdentifierType": "11",
        **addresses(callback, "r"),
        "Remarks": names.remarks(instruction.reason),
        "Occasion": names.account_reference(instruction.reference),
    }
