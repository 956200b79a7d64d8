"""The adapter, the simulated account that it talks to over a socket, and a mailbox for its webhooks."""

import contextlib
import itertools
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Outcome, Succeeded
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.http_client import ProviderHttp, Reply
from molam_gateway.providers.simulators.faults import Fault
from molam_gateway.providers.simulators.stripe import ACCOUNT, SECRET_KEY, StripeSimulator
from molam_gateway.providers.stripe import Stripe
from tests.conformance.clock import HandClock
from tests.conformance.mailbox import Mailbox
from tests.conformance.pair import child_of
from tests.conformance.served import Served, serve

WEBHOOK_SECRET = "whsec_firstsecret"


@dataclass
class Account:
    """Everything around one simulated account; `http` calls the simulator directly."""

    clock: HandClock
    simulator: StripeSimulator
    served: Served
    mailbox: Mailbox
    provider: Stripe
    configuration: Configuration
    http: ProviderHttp
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def instruction(self, kind: AttemptKind = AttemptKind.CHARGE, **members: Any) -> Instruction:
        reference = f"molam_{next(self._numbers):032x}"
        given: dict[str, Any] = {
            "reference": reference,
            "amount": 2500,
            "currency": "USD",
            "payment_method": "pm_card_visa",
            "created_at": int(self.clock.seconds() * 1000),
            **members,
        }
        return Instruction(kind, account_id="acct_1", livemode=False, **given)

    async def send(self, instruction: Instruction) -> Outcome:
        return await self.provider.send(instruction, self.configuration)

    async def query(self, instruction: Instruction, handle: str | None = None) -> Outcome | None:
        return await self.provider.query(instruction, handle, self.configuration)

    async def done(self, kind: AttemptKind = AttemptKind.CHARGE, **members: Any) -> tuple[Instruction, Succeeded]:
        instruction = self.instruction(kind, **members)
        outcome = await self.send(instruction)
        assert isinstance(outcome, Succeeded), outcome
        return instruction, outcome

    def child(self, kind: AttemptKind, parent: tuple[Instruction, Succeeded], **members: Any) -> Instruction:
        return self.instruction(kind, **{**child_of(*parent), **members})

    def with_secrets(self, **secrets: str) -> Configuration:
        return replace(self.configuration, secrets={**self.configuration.secrets, **secrets})

    def moved(self) -> list[tuple[str, int, str]]:
        return [(each.kind, each.amount, each.currency) for each in self.simulator.movements]

    def arm(self, kind: str, path: str = "", **members: Any) -> None:
        self.simulator.simulation.arm(Fault(kind, path, **members))

    async def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await self.simulator.simulation.settle()

    async def call(
        self,
        method: str,
        path: str,
        form: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """A request of the test's own."""
        sent = {"Authorization": f"Bearer {SECRET_KEY}", **({"Idempotency-Key": key} if key else {}), **(headers or {})}
        fields = [(name, str(value)) for name, value in (form or {}).items()]
        url = f"{self.served.url}{path}"
        return await self.http.request(method, url, headers=sent, form=fields if method == "POST" else None)


@contextlib.asynccontextmanager
async def opened() -> AsyncGenerator[Account]:
    """An account; its search knows of payments at once."""
    clock, mailbox = HandClock(), Mailbox()
    simulator = StripeSimulator(now=clock.seconds)
    simulator.knobs.search_lag = 0
    provider = Stripe(clock.now, real_now=clock.seconds)
    async with serve(mailbox.app()) as box, serve(simulator.app) as served:
        mailbox.url = box.url
        simulator.notify(mailbox.webhook_url, WEBHOOK_SECRET)
        secrets = {"secret_key": SECRET_KEY, "webhook_secrets": WEBHOOK_SECRET}
        configuration = Configuration("pc_1", "acct_1", False, served.url, {"account": ACCOUNT}, secrets)
        account = Account(clock, simulator, served, mailbox, provider, configuration, ProviderHttp("test"))
        try:
            yield account
        finally:
            await provider.close()
            await account.http.close()
            await simulator.close()
