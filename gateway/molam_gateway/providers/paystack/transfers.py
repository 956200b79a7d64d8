"""Transfers at Paystack: to a recipient that is made first, once under our reference."""

from collections.abc import Mapping
from typing import Any

from ...domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from ..configuration import Configuration
from ..contract import Instruction
from .api import Data, PaystackApi, Refusal
from .references import theirs
from .statuses import transfer_refused, transfer_state

BANK_RECIPIENTS: Mapping[str, str] = {"NGN": "nuban", "GHS": "ghipss", "KES": "kepss", "ZAR": "basa"}
"""What Paystack calls a bank account in each currency that it pays out."""

MOBILE_MONEY_CURRENCIES = frozenset({"GHS", "KES"})


class Transfers:
    """The reference is the idempotency handle; the same recipient is the same however often it is made."""

    def __init__(self, api: PaystackApi) -> None:
        self._api = api

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        """Begin a transfer. A refusal is believed when nothing goes by the reference."""
        made = await self._api.post("/transferrecipient", _recipient(instruction), configuration)
        if isinstance(made, Refusal):
            return await self._refused(made, instruction, configuration)
        code = made.object().get("recipient_code") if isinstance(made, Data) else None
        if not isinstance(code, str):
            return NotSent("Paystack did not make the recipient")
        body = {
            "source": "balance",
            "amount": instruction.amount,
            "currency": instruction.currency,
            "recipient": code,
            "reference": theirs(instruction.reference),
            "reason": instruction.description or "Payout",
        }
        answer = await self._api.post("/transfer", body, configuration)
        match answer:
            case Unknown() | NotSent():
                return answer
            case Refusal():
                return await self._refused(answer, instruction, configuration)
            case Data():
                return _state(answer.object(), instruction)

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        """What became of a transfer."""
        answer = await self._api.get(f"/transfer/verify/{theirs(instruction.reference)}", configuration)
        match answer:
            case Unknown():
                return answer
            case Refusal():
                return None if answer.missing else Unknown(f"Paystack refused the question: {answer.status}")
            case Data():
                return _state(answer.object(), instruction)

    async def _refused(self, refusal: Refusal, instruction: Instruction, configuration: Configuration) -> Outcome:
        if refusal.forbidden:
            return Unknown("Paystack refuses the key") if instruction.repeated else transfer_refused(refusal)
        earlier = await self.query(instruction, None, configuration)
        if earlier is not None:
            return earlier
        if refusal.duplicate:
            return Unknown("Paystack calls the reference a duplicate and does not know it")
        return transfer_refused(refusal)


def recipient_type(beneficiary: Mapping[str, object], currency: str) -> str | None:
    """What Paystack calls this beneficiary, None if it cannot pay there."""
    if beneficiary.get("type") == "mobile_money":
        return "mobile_money" if currency in MOBILE_MONEY_CURRENCIES and beneficiary.get("network") else None
    return BANK_RECIPIENTS.get(currency) if beneficiary.get("bank_code") else None


def _recipient(instruction: Instruction) -> dict[str, object]:
    to = instruction.beneficiary or {}
    phone = to.get("phone")
    return {
        "type": recipient_type(to, instruction.currency),
        "name": to.get("account_holder") or to.get("name") or "Beneficiary",
        "account_number": phone or to.get("account_number"),
        "bank_code": str(to.get("network")).upper() if phone else to.get("bank_code"),
        "currency": instruction.currency,
    }


def _state(transfer: Mapping[str, Any], instruction: Instruction) -> Outcome:
    wanted = (theirs(instruction.reference), instruction.amount, instruction.currency)
    code = transfer.get("transfer_code")
    if tuple(transfer.get(name) for name in ("reference", "amount", "currency")) != wanted or not isinstance(code, str):
        return Unknown("Paystack answered with another transfer than asked for")
    match transfer_state(transfer.get("status")):
        case None:
            return Succeeded(code, handle=code)
        case Pending(poll_after=seconds):
            return Pending(seconds, queued=False, handle=code)
        case Failed() as failed:
            return failed
        case outcome:
            return outcome
