"""A provider without any way to recognise repetitions that keeps a book, answers questions and calls back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.money import AmountRules
from molam_gateway.domain.outcomes import Failed, Outcome, Pending, Succeeded, Unknown
from molam_gateway.due_work import HANDLERS
from molam_gateway.jobs import JobRunner
from molam_gateway.providers.configuration import Configuration, Setting
from molam_gateway.providers.contract import Capabilities, Instruction
from molam_gateway.providers.inbound import (
    Acknowledgement,
    ForgedError,
    MayPay,
    Message,
    MoneyReceived,
    News,
    Report,
    UnreadableError,
)
from molam_gateway.providers.registry import Simulated, registry

from .bench import Bench

SECRET = "s3cret-of-the-provider"

_CAN = Capabilities(
    payment_method_types=("mobile_money",),
    kinds=frozenset({AttemptKind.CHARGE, AttemptKind.REFUND}),
    queries=frozenset(),
    rules=AmountRules(frozenset({"KES"})),
    partial_refund=False,
    customer_initiated=True,
    settings=(
        Setting("till", "The till.", r"[0-9]{3,6}", identity=True),
        Setting("secret", "What callbacks are signed with.", r"[!-~]{8,64}", secret=True),
    ),
)


@dataclass
class Calling:
    """Every send moves money (if it arrives and is to succeed), so that a second one would show in the book."""

    name: str = "calling"
    sandbox: None = None
    capabilities: Capabilities = _CAN
    succeeds: bool = True
    loses_answers: bool = False
    mute: bool = False
    tells_receipts: bool = True
    sent: list[Instruction] = field(default_factory=list[Instruction])
    book: dict[str, str] = field(default_factory=dict[str, str])
    accounts: list[str] = field(default_factory=list[str])

    def knows(self, payment_method: str) -> bool:
        return payment_method == "pm_calling"

    def pays_out_to(self, beneficiary: Mapping[str, object], currency: str) -> bool:
        return False

    def base_url(self, *, livemode: bool) -> str:
        return "https://provider.example"

    def check(self, settings: Mapping[str, str], secrets: Mapping[str, str], public_url: str) -> None: ...

    async def probe(self, configuration: Configuration) -> None: ...

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        assert instruction.reference not in self.book, "sent twice"
        self.sent.append(instruction)
        self.accounts.append(configuration.setting("till"))
        self.book[instruction.reference] = "succeeded" if self.succeeds else "failed"
        if self.loses_answers:
            return Unknown("the answer was lost")
        return Pending(60, handle=self.handle(instruction.reference))

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        assert handle == self.handle(instruction.reference)
        self.accounts.append(configuration.setting("till"))
        if self.mute:
            return Unknown("no answer")
        told = self.outcome(instruction.reference)
        return told if self.tells_receipts or not isinstance(told, Succeeded) else Succeeded(str(handle), None, handle)

    def verify(self, message: Message, configuration: Configuration) -> None:
        if message.headers.get("x-secret") != configuration.secret("secret"):
            raise ForgedError("the secret is wrong")

    def read(self, message: Message, configuration: Configuration) -> Sequence[Report]:
        try:
            members: dict[str, Any] = json.loads(message.body)
        except ValueError:
            raise UnreadableError("no JSON") from None
        match members.pop("type"):
            case "news":
                told = members.pop("outcome", None)
                outcome = None if told is None else self.said(told, members.get("transaction_id") or "receipt")
                return [News(outcome=outcome, **members)]
            case "money":
                return [MoneyReceived(**members)]
            case "may":
                return [MayPay(**members)]
            case _:
                return []

    def acknowledge(self, report: Report | None, *, accepted: bool) -> Acknowledgement:
        return Acknowledgement(body={"accepted": accepted})

    async def close(self) -> None: ...

    @staticmethod
    def handle(reference: str) -> str:
        return f"theirs-{reference[-8:]}"

    def outcome(self, reference: str) -> Outcome:
        return self.said(self.book[reference])

    @staticmethod
    def said(word: str, receipt: str = "receipt") -> Outcome:
        return Succeeded(receipt) if word == "succeeded" else Failed("card_declined", "No.")


def use(bench: Bench, provider: Calling) -> None:
    """Give the bench such a provider, with a simulator whose till is 174379."""
    simulated = Simulated("http://simulator", lambda: ({"till": "174379"}, {"secret": SECRET}))
    bench.services = replace(
        bench.services,
        providers=registry(provider, simulated={provider.name: simulated}, aliases={"mobile": (provider.name,)}),
    )
    bench.runner = JobRunner(bench.services, HANDLERS)


def signed(members: Mapping[str, object], secret: str = SECRET, kind: str | None = None) -> Message:
    """A message as the provider sends it."""
    return Message(json.dumps(members).encode(), {"x-secret": secret}, "203.0.113.9", kind)
