"""An adapter with the simulator that it talks to, and how to get from both what a test wishes for."""

import contextlib
import itertools
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

import pytest

from molam_gateway.domain.attempts import AttemptKind, provider_reference
from molam_gateway.domain.outcomes import Failed, Outcome, Pending, Succeeded
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.contract import Capabilities, Instruction, Provider
from molam_gateway.providers.http_client import ProviderHttp
from molam_gateway.providers.inbound import News
from molam_gateway.providers.simulators.book import Movement
from molam_gateway.providers.simulators.faults import Fault
from molam_gateway.providers.simulators.simulation import Simulation

from .clock import HandClock
from .mailbox import Mailbox
from .served import Served

_ASKED_MOST = 40
_ASK_AGAIN = 30.0


class Wish(StrEnum):
    """What is to become of an instruction."""

    OK = "ok"
    DECLINED = "declined"
    LATER_OK = "later_ok"
    LATER_FAILED = "later_failed"
    ACTION = "action"
    REVISED = "revised"
    """Succeeds, and later fails."""


Wishes: TypeAlias = Mapping[tuple[AttemptKind, Wish], Mapping[str, Any]]
"""The members of an instruction that bring a wish about; a wish that is missing is not this provider's.

For a refund they are the members of the *charge* under `parent`, beside its own.
"""


@dataclass
class Pair:
    """`make` builds the adapter on other connections; `provider` is the usual one.

    `moving` is the path of the request that moves the money of a kind, as in `Fault.path`. `decide` lets the customer
    answer an ACTION. `invalid` is the configuration with secrets that the provider does not accept. `signature` is the
    header that authenticates webhooks, None where nothing is signed.
    """

    name: str
    simulation: Simulation
    served: Served
    mailbox: Mailbox
    clock: HandClock
    configuration: Configuration
    invalid: Configuration
    make: Callable[[ProviderHttp], Provider]
    movements: Callable[[], Awaitable[list[Movement]]]
    amount: int
    currency: str
    wishes: Wishes
    moving: Mapping[AttemptKind, str]
    decide: Callable[[Pending, bool], Awaitable[None]] | None = None
    signature: str | None = None
    provider: Provider = field(init=False)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _read: int = 0
    _news: list[tuple[str | None, News]] = field(default_factory=list[tuple[str | None, News]])
    _run: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self.provider = self.make(ProviderHttp(self.name))

    @property
    def capabilities(self) -> Capabilities:
        return self.provider.capabilities

    def resends(self, kind: AttemptKind) -> bool:
        return kind in self.capabilities.resend_for

    def arm(self, kind: str, path: str = "", **members: Any) -> None:
        self.simulation.arm(Fault(kind, path, **members))

    @contextlib.asynccontextmanager
    async def adapter(self, http: ProviderHttp) -> AsyncGenerator[Provider]:
        """The adapter on other connections, for a while."""
        provider = self.make(http)
        try:
            yield provider
        finally:
            await provider.close()

    async def advance(self, seconds: float) -> None:
        """Let time pass, and everything happen that is due."""
        self.clock.advance(seconds)
        await self.simulation.settle()

    def instruct(self, kind: AttemptKind, wish: Wish = Wish.OK, **members: Any) -> Instruction:
        """An instruction that nobody has sent yet; skips the test where the provider cannot fulfil the wish."""
        wished = self.wishes.get((kind, wish))
        if kind not in self.capabilities.kinds or wished is None:
            pytest.skip(f"{self.name} has no {kind} that is {wish}")
        reference = provider_reference(f"{self._run}-{next(self._numbers)}")
        merged: dict[str, Any] = {
            "amount": self.amount,
            "currency": self.currency,
            "callback_url": self.mailbox.callback_url(reference),
            "created_at": int(self.clock.seconds() * 1000),
            **{name: value for name, value in wished.items() if name != "parent"},
            **members,
        }
        return Instruction(kind=kind, reference=reference, account_id="acct_1", livemode=False, **merged)

    async def prepare(self, kind: AttemptKind, wish: Wish = Wish.OK, **members: Any) -> Instruction:
        """An instruction with everything done that must precede it."""
        if kind not in {AttemptKind.CAPTURE, AttemptKind.VOID, AttemptKind.REFUND}:
            return self.instruct(kind, wish, **members)
        parent_members = self.wishes.get((kind, wish), {}).get("parent", {})
        parent, paid = await (self.paid if kind == AttemptKind.REFUND else self.authorized)(**parent_members)
        return self.instruct(kind, wish, **{**child_of(parent, paid), **members})

    async def authorized(self, **members: Any) -> tuple[Instruction, Succeeded]:
        """Money that is held."""
        return await self._done(self.instruct(AttemptKind.AUTHORIZE, **members))

    async def paid(self, **members: Any) -> tuple[Instruction, Succeeded]:
        """A charge, by whichever way the provider has."""
        if AttemptKind.CHARGE in self.capabilities.kinds:
            return await self._done(self.instruct(AttemptKind.CHARGE, **members))
        parent, held = await self.authorized(**members)
        await self._done(self.instruct(AttemptKind.CAPTURE, **child_of(parent, held)))
        return parent, held

    async def send(self, instruction: Instruction, provider: Provider | None = None) -> Outcome:
        return await (provider or self.provider).send(instruction, self.configuration)

    async def conclude(self, instruction: Instruction, outcome: Outcome | None) -> Outcome | None:
        """What it comes to as the gateway finds out: asking, listening, repeating where that is safe.

        None where the provider never saw it and it may not be sent again.
        """
        handle: str | None = None
        for _ in range(_ASKED_MOST):
            if isinstance(outcome, Succeeded | Failed):
                return outcome
            if outcome is None and not self.resends(instruction.kind):
                return None
            handle = getattr(outcome, "handle", None) or handle
            if outcome is None:
                outcome = await self.send(instruction)
                continue
            await self.advance(outcome.poll_after if isinstance(outcome, Pending) else _ASK_AGAIN)
            told = self._told(instruction, handle)
            if told is not None:
                outcome = told
            elif instruction.kind in self.capabilities.queries or handle is not None:
                outcome = await self.provider.query(instruction, handle, self.configuration)
        return outcome

    async def perform(self, instruction: Instruction) -> Outcome | None:
        """Send and conclude."""
        return await self.conclude(instruction, await self.send(instruction))

    async def moved(self) -> list[tuple[str, int, str]]:
        """The movements as (kind, amount, currency)."""
        return [(each.kind, each.amount, each.currency) for each in await self.movements()]

    async def _done(self, instruction: Instruction) -> tuple[Instruction, Succeeded]:
        outcome = await self.perform(instruction)
        assert isinstance(outcome, Succeeded), outcome
        return instruction, outcome

    def _told(self, instruction: Instruction, handle: str | None) -> Outcome | None:
        """What messages with an outcome of their own said of the instruction, the latest one."""
        for address, message in self.mailbox.letters[self._read :]:
            self._read += 1
            self.provider.verify(message, self.configuration)
            reports = self.provider.read(message, self.configuration)
            self._news += [(address, report) for report in reports if isinstance(report, News)]
        latest: Outcome | None = None
        for address, news in self._news:
            ours = instruction.reference in {address, news.reference}
            if news.outcome is not None and (ours or (handle is not None and news.handle == handle)):
                latest = news.outcome
        return latest


def child_of(parent: Instruction, outcome: Succeeded) -> dict[str, Any]:
    """What later instructions about the same money say of it."""
    return {
        "parent_reference": parent.reference,
        "parent_handle": outcome.handle,
        "parent_transaction_id": outcome.transaction_id,
        "parent_amount": parent.amount,
        "currency": parent.currency,
        "payment_method": parent.payment_method,
        "customer": parent.customer,
    }
