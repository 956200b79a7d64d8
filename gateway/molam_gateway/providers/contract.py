"""What the gateway expects of a payment provider."""

from collections.abc import Mapping
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
    kinds: frozenset[AttemptKind]
    resend_is_safe: bool
    partial_refund: bool = True
    rules: AmountRules = field(default_factory=AmountRules)


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

    def knows(self, payment_method: str) -> bool:
        """Whether a payment method token is one of the provider's."""
        ...

    async def send(self, instruction: Instruction) -> Outcome:
        """Carry out an instruction and say what came of it."""
        ...

    async def query(self, reference: str) -> Outcome | None:
        """What came of an earlier instruction; None if the provider never saw it."""
        ...
