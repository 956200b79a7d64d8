"""An adapter, a simulated Daraja on a socket, a mailbox for its callbacks, and a clock moved by hand."""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from molam_gateway.domain.attempts import AttemptKind, provider_reference
from molam_gateway.domain.outcomes import Outcome, Pending, Succeeded
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.inbound import News, Report
from molam_gateway.providers.mpesa import MPesa
from molam_gateway.providers.simulators.book import Movement
from molam_gateway.providers.simulators.faults import Fault
from molam_gateway.providers.simulators.mpesa import MpesaSimulator
from tests.conformance.clock import HandClock
from tests.conformance.mailbox import Mailbox
from tests.conformance.served import Served


@dataclass
class Bench:
    """`phone` makes another customer each time, since M-Pesa lets nobody pay the same twice within two minutes."""

    simulator: MpesaSimulator
    adapter: MPesa
    served: Served
    mailbox: Mailbox
    clock: HandClock
    configuration: Configuration
    _customers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(20_000))

    def phone(self, suffix: str = "100") -> str:
        return f"+2547{next(self._customers):05d}{suffix}"

    def charge(self, suffix: str = "100", **members: Any) -> Instruction:
        phone = self.phone(suffix)
        return self._instruction(AttemptKind.CHARGE, {"customer": {"phone": phone}, "amount": 25_000, **members})

    def payout(self, suffix: str = "100", **members: Any) -> Instruction:
        beneficiary = {"type": "mobile_money", "phone": self.phone(suffix)}
        return self._instruction(AttemptKind.PAYOUT, {"beneficiary": beneficiary, "amount": 25_000, **members})

    def refund(self, charge: Instruction, paid: Succeeded, **members: Any) -> Instruction:
        parent = {
            "parent_reference": charge.reference,
            "parent_transaction_id": paid.transaction_id,
            "parent_handle": paid.handle,
            "parent_amount": charge.amount,
            "amount": charge.amount,
        }
        return self._instruction(AttemptKind.REFUND, {**parent, **members})

    async def send(self, instruction: Instruction) -> Outcome:
        return await self.adapter.send(instruction, self.configuration)

    async def push(self, suffix: str = "100", **members: Any) -> tuple[Instruction, str]:
        """A push that was accepted, with its CheckoutRequestID."""
        instruction = self.charge(suffix, **members)
        outcome = await self.send(instruction)
        assert isinstance(outcome, Pending), outcome
        assert outcome.handle is not None
        return instruction, outcome.handle

    async def paid(self, suffix: str = "100") -> tuple[Instruction, Succeeded]:
        """A charge whose callback told its receipt."""
        instruction, _ = await self.push(suffix)
        await self.advance(5)
        outcome = self.news(instruction)[-1].outcome
        assert isinstance(outcome, Succeeded), outcome
        return instruction, outcome

    async def query(self, instruction: Instruction, handle: str | None) -> Outcome | None:
        return await self.adapter.query(instruction, handle, self.configuration)

    async def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await self.simulator.simulation.settle()

    def reports(self, reference: str) -> list[Report]:
        """What the callbacks at this address say."""
        found: list[Report] = []
        for address, message in self.mailbox.letters:
            if address == reference:
                self.adapter.verify(message, self.configuration)
                found += self.adapter.read(message, self.configuration)
        return found

    def news(self, instruction: Instruction) -> Sequence[News]:
        return [report for report in self.reports(instruction.reference) if isinstance(report, News)]

    def arm(self, kind: str, path: str = "/mpesa/", **members: Any) -> None:
        self.simulator.simulation.arm(Fault(kind, path, **members))

    def refuse(self, status: int, code: str, message: str, path: str = "/mpesa/") -> None:
        """Let the next call be answered with an error envelope, undone."""
        body = json.dumps({"requestId": "1-2-3", "errorCode": code, "errorMessage": message})
        self.arm("error_before", path, status=status, body=body)

    @property
    def movements(self) -> list[Movement]:
        return self.simulator.simulation.book.movements()

    @property
    def moved(self) -> list[tuple[str, int]]:
        return [(each.kind, each.amount) for each in self.movements]

    def _instruction(self, kind: AttemptKind, members: Mapping[str, Any]) -> Instruction:
        reference = provider_reference(f"{id(self)}-{next(self._customers)}")
        merged: dict[str, Any] = {
            "currency": "KES",
            "callback_url": self.mailbox.callback_url(reference),
            "created_at": int(self.clock.seconds() * 1000),
            **members,
        }
        return Instruction(kind=kind, reference=reference, account_id="acct_1", livemode=False, **merged)
