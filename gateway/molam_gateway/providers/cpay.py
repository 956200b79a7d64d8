"""CPay, the conformance provider: everything is supported, triggers decide what happens."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ..domain.attempts import AttemptKind
from ..domain.outcomes import Failed, Outcome, Pending, Succeeded, Unknown
from ..domain.times import milliseconds
from .configuration import Configuration
from .contract import Capabilities, Instruction, SandboxControls
from .inbound import Acknowledgement, ForgedError, Message, Report
from .simulators.cpay import CPaySimulator
from .simulators.cpay_behaviour import PAYMENT_METHODS
from .simulators.cpay_book import Operation

NAME = "cpay"
ACTION_POLL = 3600.0

_CARD: Mapping[str, object] = {
    "type": "card",
    "card": {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034},
    "mobile_money": None,
}
_MESSAGES = {
    "generic_decline": "The card was declined.",
    "insufficient_funds": "The card has insufficient funds.",
    "expired_card": "The card has expired.",
    "canceled_by_customer": "The customer refused the payment.",
    "authorization_gone": "There is no authorization left to capture.",
    "too_late": "It can no longer be called off.",
    "beneficiary_rejected": "The beneficiary's institution rejected the payout.",
}
_CODES = {
    "canceled_by_customer": "canceled_by_customer",
    "authorization_gone": "authorization_gone",
    "too_late": "too_late",
    "beneficiary_rejected": "beneficiary_rejected",
}
"""Refusals that are not about the card; the rest is card_declined with the decline code."""


class CPay:
    """The adapter to CPay's simulator; `public_url` gives the base of the page where customers approve."""

    name = NAME
    capabilities = Capabilities(
        payment_method_types=("card",),
        resend_for=dict.fromkeys(AttemptKind, math.inf),
        asynchronous=True,
        default_payment_method="pm_cpay_ok",
    )

    def __init__(self, simulator: CPaySimulator, public_url: Callable[[], str], now: Callable[[], datetime]) -> None:
        self.sandbox: SandboxControls = simulator
        self._simulator = simulator
        self._public_url = public_url
        self._now = now

    def knows(self, payment_method: str) -> bool:
        """Whether it is one of the documented tokens."""
        return payment_method in PAYMENT_METHODS

    def pays_out_to(self, beneficiary: Mapping[str, object], currency: str) -> bool:
        """Everybody, in every currency."""
        return True

    def base_url(self, *, livemode: bool) -> str:
        """CPay is a part of the gateway."""
        return self._public_url()

    def check(self, settings: Mapping[str, str], secrets: Mapping[str, str], public_url: str) -> None:
        """There is nothing to be configured."""

    async def probe(self, configuration: Configuration) -> None:
        """It is always there."""

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        """Carry out an instruction and say what came of it."""
        operation = await self._simulator.carry_out(instruction)
        return Unknown("the answer was lost") if operation is None else self._outcome(operation)

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        """What came of an earlier instruction; None if CPay never saw it."""
        operation = await self._simulator.look_up(instruction.reference)
        return None if operation is None else self._outcome(operation)

    def verify(self, message: Message, configuration: Configuration) -> None:
        """CPay tells its news within the gateway: whatever comes from outside is forged."""
        raise ForgedError("CPay sends no webhooks")

    def read(self, message: Message, configuration: Configuration) -> Sequence[Report]:
        """Nothing."""
        return ()

    def acknowledge(self, report: Report | None, *, accepted: bool) -> Acknowledgement:
        """An empty object."""
        return Acknowledgement()

    async def close(self) -> None:
        """There are no connections."""

    def _outcome(self, operation: Operation) -> Outcome:
        match operation.status:
            case "action":
                url = f"{self._public_url()}/sandbox/actions/{operation.action_token}"
                return Pending(ACTION_POLL, next_action={"type": "redirect", "redirect_url": url})
            case "pending":
                return self._pending(operation)
            case "authorized" | "captured" | "succeeded":
                paid = operation.kind in {AttemptKind.CHARGE, AttemptKind.AUTHORIZE}
                return Succeeded(operation.transaction_id, details=_CARD if paid else None)
            case "canceled":
                return Failed("canceled", "It was called off.")
            case "reversed":
                return Failed("reversed", "The money was sent back.")
            case _:
                return _refused(operation.decline_code or "generic_decline")

    def _pending(self, operation: Operation) -> Pending:
        now = milliseconds(self._now())
        queued = operation.begins_at is not None and now < operation.begins_at
        news = operation.begins_at if queued else operation.settles_at
        return Pending(max(1, (news or now) - now) / 1000, queued=queued)


def _refused(reason: str) -> Failed:
    message = _MESSAGES.get(reason, "CPay refused.")
    code = _CODES.get(reason)
    if code is None:
        return Failed("card_declined", message, decline_code=reason, provider_code=reason)
    return Failed(code, message, provider_code=reason)
