"""CPay, the conformance provider: everything is supported, triggers decide what happens."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ..domain.attempts import AttemptKind
from ..domain.outcomes import Outcome, Unknown
from ..domain.times import milliseconds
from .configuration import Configuration
from .contract import Capabilities, Instruction, SandboxControls
from .cpay_outcomes import outcome_of
from .inbound import Acknowledgement, ForgedError, Message, Report
from .simulators.cpay import CPaySimulator
from .simulators.cpay_behaviour import PAYMENT_METHODS
from .simulators.cpay_book import Operation

NAME = "cpay"


class CPay:
    """The adapter to CPay's simulator; `public_url` gives the base of the page where customers approve."""

    name = NAME
    capabilities = Capabilities(
        payment_method_types=("card",),
        resend_for=dict.fromkeys(AttemptKind, math.inf),
        asynchronous=True,
        comes_back=frozenset({AttemptKind.REFUND, AttemptKind.PAYOUT}),
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
        now = milliseconds(self._now())
        queued = operation.begins_at is not None and now < operation.begins_at
        news = operation.begins_at if queued else operation.settles_at
        return outcome_of(
            AttemptKind(operation.kind),
            operation.status,
            operation.transaction_id,
            decline_code=operation.decline_code,
            action_url=f"{self._public_url()}/sandbox/actions/{operation.action_token}",
            queued=queued,
            poll_after=max(1, (news or now) - now) / 1000,
        )
