"""What the gateway expects of a payment provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..domain.attempts import AttemptKind
from ..domain.money import AmountRules
from ..domain.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Instruction:
    """One thing to be done, the same on every repetition.

    `reference` is our name for it, `parent_reference` that of the charge to capture, void or refund (or of the payout
    to void). The object ids are passed on so that the provider's reports can be matched.
    """

    kind: AttemptKind
    reference: str
    account_id: str
    livemode: bool
    amount: int
    currency: str
    parent_reference: str | None = None
    payment_method: str | None = None
    beneficiary: Mapping[str, object] | None = None
    return_url: str | None = None
    payment_intent: str | None = None
    charge: str | None = None
    refund: str | None = None
    payout: str | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do; the core reads this instead of asking for names.

    `resend_is_safe`: the provider recognises our reference, so that sending an instruction again never repeats it.
    """

    payment_method_types: tuple[str, ...]
    resend_is_safe: bool
    rules: AmountRules = field(default_factory=AmountRules)


@dataclass(frozen=True, slots=True)
class CustomerAction:
    """What a customer was asked to decide: the instruction's reference, its intent, and whether it is undecided."""

    reference: str
    payment_intent: str
    undecided: bool


class SandboxControls(Protocol):
    """What a simulated provider can be made to do, and the book that it keeps."""

    async def movements(
        self, account_id: str, livemode: bool, payment_intent: str | None
    ) -> Sequence[Mapping[str, object]]:
        """Every movement of an account's money in its API form, oldest first."""
        ...

    async def find_action(self, token: str) -> CustomerAction | None:
        """The decision at this address, None if there is none."""
        ...

    async def act(self, token: str, *, approve: bool) -> CustomerAction | None:
        """Decide, once; a second decision changes nothing."""
        ...

    async def begin(self, reference: str) -> None:
        """Begin now what is still queued."""
        ...

    async def end(self, reference: str, status: str, decline_code: str | None = None) -> bool:
        """Make what is under way end now as succeeded or failed, or what succeeded be reversed.

        What was called off can still be carried out, once. False if it has ended in another way; what has ended in
        this way already stays as it is.
        """
        ...

    async def slow_refunds(self, reference: str) -> None:
        """Make the refunds of this charge take a while."""
        ...


class Provider(Protocol):
    """An adapter to one provider. Its methods raise only for bugs; what the provider says is an Outcome."""

    @property
    def name(self) -> str:
        """The name that the API shows."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What the provider can do."""
        ...

    @property
    def sandbox(self) -> SandboxControls | None:
        """The controls of a simulated provider, None for a real one."""
        ...

    def knows(self, payment_method: str) -> bool:
        """Whether a payment method token is one of the provider's."""
        ...

    async def send(self, instruction: Instruction) -> Outcome:
        """Carry out an instruction and say what came of it."""
        ...

    async def query(self, reference: str) -> Outcome | None:
        """What came of an earlier instruction; None if the provider never saw it."""
        ...
