"""Refunds at Paystack: sent once and never again, found by the note that we leave on them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ...domain.outcomes import NotSent, Outcome, Succeeded, Unknown
from ..configuration import Configuration
from ..contract import Instruction
from .api import Data, PaystackApi, Refusal
from .references import theirs
from .statuses import refund_refused, refund_state

_PER_PAGE = 100
_MOST_PAGES = 20
_CLOCKS_DIFFER = 3600.0


class Refunds:
    """Paystack has no idempotency key for them; the merchant's note carries our reference."""

    def __init__(self, api: PaystackApi) -> None:
        self._api = api

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        """Begin a refund."""
        body = {
            "transaction": _parent(instruction),
            "amount": instruction.amount,
            "currency": instruction.currency,
            "merchant_note": instruction.reference,
        }
        answer = await self._api.post("/refund", body, configuration)
        match answer:
            case Unknown() | NotSent():
                return answer
            case Refusal():
                return refund_refused(answer)
            case Data():
                return _state(answer.object(), instruction)

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        """What became of a refund, by Paystack's id for it or by our note on it."""
        if handle is not None and handle.isdigit():
            return await self._by_id(handle, instruction, configuration)
        since = datetime.fromtimestamp(max(0.0, instruction.created_at / 1000 - _CLOCKS_DIFFER), UTC)
        params = {"perPage": str(_PER_PAGE), "from": since.isoformat(timespec="seconds").replace("+00:00", "Z")}
        if instruction.parent_transaction_id is not None:
            params["transaction"] = _parent(instruction)
        for page in range(1, _MOST_PAGES + 1):
            answer = await self._api.get("/refund", configuration, {**params, "page": str(page)})
            refunds = answer.list() if isinstance(answer, Data) else None
            if refunds is None:
                return Unknown("Paystack did not list its refunds")
            for refund in refunds:
                if refund.get("merchant_note") == instruction.reference:
                    return _state(refund, instruction)
            if len(refunds) < _PER_PAGE:
                return None
        return Unknown("Paystack has more refunds of this time than can be looked through")

    async def _by_id(self, id: str, instruction: Instruction, configuration: Configuration) -> Outcome:
        answer = await self._api.get(f"/refund/{id}", configuration)
        if isinstance(answer, Data):
            return _state(answer.object(), instruction)
        return answer if isinstance(answer, Unknown) else Unknown(f"Paystack refused the question: {answer.status}")


def _parent(instruction: Instruction) -> str:
    """Paystack's number of the charge, else our reference as Paystack knows it."""
    told = instruction.parent_transaction_id
    return theirs(str(instruction.parent_reference)) if told in {None, instruction.parent_reference} else str(told)


def _state(refund: Mapping[str, Any], instruction: Instruction) -> Outcome:
    id, note = refund.get("id"), refund.get("merchant_note")
    found = (note, refund.get("amount"), refund.get("currency"))
    if type(id) is not int or found != (instruction.reference, instruction.amount, instruction.currency):
        return Unknown("Paystack answered with another refund than asked for")
    return _with_handle(refund_state(refund.get("status")), str(id))


def _with_handle(outcome: Outcome | None, id: str) -> Outcome:
    if outcome is None:
        return Succeeded(id, handle=id)
    return outcome if isinstance(outcome, Unknown | NotSent) else replace(outcome, handle=id)
