"""Charges at Paystack: begun once under our reference, looked up under it ever after."""

from collections.abc import Callable, Mapping
from typing import Any

from ...domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from ..configuration import Configuration
from ..contract import Instruction
from .api import Data, PaystackApi, Refusal, members
from .references import OURS, theirs
from .statuses import SOON, WORKED_ON, charge_refused, declined, payment_details

CHECKOUT = "pm_paystack_checkout"
AUTHORIZATION = "pm_AUTH_"
"""`pm_` and then an authorization code of an earlier payment, as Paystack names it."""
MOBILE_MONEY: Mapping[str, str] = {f"pm_paystack_{name}": name for name in ("mtn", "atl", "vod", "mpesa")}
"""Payment methods that ask the customer's phone, with what Paystack calls their networks."""

CALLBACK_URL = "callback_url"
CHECKOUT_TIMEOUT = "checkout_timeout"

_CHECKOUT_POLL = 30.0
_LONGEST_POLL = 3600.0
_GRACE = 600.0
_MOST_REFUNDS = 100


class Charges:
    """The reference is the idempotency handle; a repetition is answered with what became of the first."""

    def __init__(self, api: PaystackApi, now: Callable[[], float]) -> None:
        self._api = api
        self._now = now

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        """Begin a charge.

        A refusal is believed when nothing goes by the reference: what it refuses may be the repetition.
        """
        path, body = _request(instruction, configuration)
        answer = await self._api.post(path, body, configuration)
        match answer:
            case Unknown() | NotSent():
                return answer
            case Refusal(forbidden=True):
                return Unknown("Paystack refuses the key") if instruction.repeated else charge_refused(answer)
            case Refusal():
                earlier = await self.query(instruction, None, configuration)
                return charge_refused(answer) if earlier is None and not answer.duplicate else earlier or _vanished()
            case Data():
                return await self._begun(answer.object(), instruction, configuration)

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        """What became of a charge; `handle` is the address of its page, which Paystack tells only once."""
        answer = await self._api.get(f"/transaction/verify/{theirs(instruction.reference)}", configuration)
        match answer:
            case Unknown():
                return answer
            case Refusal():
                return None if answer.missing else Unknown(f"Paystack refused the question: {answer.status}")
            case Data():
                return await self._state(answer.object(), instruction, handle, configuration)

    async def _begun(self, data: Mapping[str, Any], instruction: Instruction, configuration: Configuration) -> Outcome:
        url = data.get("authorization_url")
        if "authorization_url" not in data:
            return await self._state(data, instruction, None, configuration)
        if not isinstance(url, str) or data.get("reference") != theirs(instruction.reference):
            return Unknown("Paystack began another transaction than asked for")
        return Pending(_CHECKOUT_POLL, next_action=_redirect(url), unpaid=True, handle=url)

    async def _state(
        self, transaction: Mapping[str, Any], instruction: Instruction, handle: str | None, configuration: Configuration
    ) -> Outcome:
        id, status = transaction.get("id"), transaction.get("status")
        wanted = (theirs(instruction.reference), instruction.amount, instruction.currency)
        found = tuple(transaction.get(name) for name in ("reference", "amount", "currency"))
        if found != wanted or type(id) is not int:
            return Unknown("Paystack answered with another transaction than asked for")
        match status:
            case "success":
                return Succeeded(str(id), details=payment_details(transaction))
            case "failed":
                return declined(transaction.get("gateway_response"))
            case "reversed":
                return await self._reversed(transaction, id, configuration)
            case "abandoned":
                return self._waiting(instruction, handle, configuration)
            case str() if status in WORKED_ON:
                return Pending(
                    self._pause(instruction) if handle else SOON,
                    next_action=_action(instruction, handle),
                    handle=handle,
                )
            case _:
                return Unknown("Paystack's transaction has a status that is not documented")

    def _waiting(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome:
        """Abandoned says that the customer has not paid yet; whether it still can be paid is a setting at Paystack."""
        timeout = configuration.settings.get(CHECKOUT_TIMEOUT)
        if timeout and self._now() > instruction.created_at / 1000 + int(timeout) + _GRACE:
            return Failed("canceled_by_customer", "The customer did not pay in time.", provider_code="abandoned")
        return Pending(self._pause(instruction), next_action=_action(instruction, handle), unpaid=True, handle=handle)

    def _pause(self, instruction: Instruction) -> float:
        """Ever longer: who has not paid for an hour hardly pays within seconds, and a webhook tells of it anyway."""
        age = self._now() - instruction.created_at / 1000
        return min(_LONGEST_POLL, max(_CHECKOUT_POLL, age / 8))

    async def _reversed(self, transaction: Mapping[str, Any], id: int, configuration: Configuration) -> Outcome:
        """A refund of ours leaves a charge that succeeded; whatever else sent all of it back undid it."""
        params = {"transaction": str(id), "perPage": str(_MOST_REFUNDS)}
        answer = await self._api.get("/refund", configuration, params)
        refunds = answer.list() if isinstance(answer, Data) else None
        if refunds is None:
            return Unknown("Paystack did not say who reversed the transaction")
        if any(str(each.get("merchant_note")).startswith(OURS) and _of(each, id) for each in refunds):
            return Succeeded(str(id), details=payment_details(transaction))
        return Failed("reversed", "The money was sent back.", provider_code="reversed")


def _request(instruction: Instruction, configuration: Configuration) -> tuple[str, dict[str, object]]:
    customer, method = instruction.customer or {}, instruction.payment_method or CHECKOUT
    body: dict[str, object] = {
        "email": customer.get("email"),
        "amount": instruction.amount,
        "currency": instruction.currency,
        "reference": theirs(instruction.reference),
        "metadata": {"payment_intent": instruction.payment_intent, "charge": instruction.charge},
    }
    if method.startswith(AUTHORIZATION):
        return "/transaction/charge_authorization", {**body, "authorization_code": method.removeprefix("pm_")}
    if method in MOBILE_MONEY:
        return "/charge", {**body, "mobile_money": {"phone": customer.get("phone"), "provider": MOBILE_MONEY[method]}}
    back = instruction.return_url or configuration.settings.get(CALLBACK_URL)
    return "/transaction/initialize", body if back is None else {**body, "callback_url": back}


def _action(instruction: Instruction, handle: str | None) -> Mapping[str, object] | None:
    if handle is not None:
        return _redirect(handle)
    asked = instruction.payment_method in MOBILE_MONEY
    return {"type": "stk_prompt", "redirect_url": None} if asked else None


def _redirect(url: str) -> Mapping[str, object]:
    return {"type": "redirect", "redirect_url": url}


def _of(refund: Mapping[str, Any], transaction: int) -> bool:
    parent: object = refund.get("transaction")
    return transaction in {parent if isinstance(parent, int) else None, members(parent).get("id")}


def _vanished() -> Unknown:
    return Unknown("Paystack calls the reference a duplicate and does not know it")
