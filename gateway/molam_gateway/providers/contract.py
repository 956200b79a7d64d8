"""What the gateway expects of a payment provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from ..domain.attempts import AttemptKind
from ..domain.money import AmountRules
from ..domain.outcomes import Outcome
from .configuration import Configuration, Setting
from .inbound import Acknowledgement, Message, Report


@dataclass(frozen=True, slots=True)
class Instruction:
    """One thing to be done, the same on every repetition.

    `reference` is our name for it, `parent_reference` that of the charge to capture, void or refund (or of the payout
    to void); `parent_handle` is the provider's own name for that parent and `parent_transaction_id` its receipt. The
    object ids are passed on so that the provider's reports can be matched. `callback_url` is an address of this
    instruction alone: append `/` and a kind of one's own. `created_at` is in milliseconds of unix time.
    `repeated` is the one member that differs: an earlier try may have arrived. `account_reference` is what a customer
    may type to pay without being asked, there only for providers whose customers can.
    """

    kind: AttemptKind
    reference: str
    account_id: str
    livemode: bool
    amount: int
    currency: str
    parent_reference: str | None = None
    parent_handle: str | None = None
    parent_transaction_id: str | None = None
    parent_amount: int | None = None
    payment_method: str | None = None
    customer: Mapping[str, str] | None = None
    beneficiary: Mapping[str, object] | None = None
    description: str | None = None
    reason: str | None = None
    return_url: str | None = None
    callback_url: str | None = None
    payment_intent: str | None = None
    charge: str | None = None
    refund: str | None = None
    payout: str | None = None
    created_at: int = 0
    repeated: bool = False
    account_reference: str | None = None


_ALL = frozenset(AttemptKind)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do; the core reads this instead of asking for names.

    `resend_for`: for how many seconds after it was first sent an instruction of a kind may be sent again without being
    carried out twice, because the provider recognises our reference; a kind that is missing is never sent again.
    `comes_back`: the kinds whose money the provider may send back after it said that they succeeded.
    `queries`: the kinds whose outcome the provider can be asked for by our reference alone. `customer`: the members of
    the customer that a payment needs. `default_payment_method` is taken where a payment names none.
    `customer_initiated`: customers may pay without being asked, so payments get an account reference to be typed, and a
    receipt counts once however it is told.
    """

    payment_method_types: tuple[str, ...]
    kinds: frozenset[AttemptKind] = _ALL
    resend_for: Mapping[AttemptKind, float] = field(default_factory=dict[AttemptKind, float])
    queries: frozenset[AttemptKind] = _ALL
    rules: AmountRules = field(default_factory=AmountRules)
    payout_rules: AmountRules = field(default_factory=AmountRules)
    partial_refund: bool = True
    asynchronous: bool = False
    comes_back: frozenset[AttemptKind] = frozenset()
    signed_callbacks: bool = True
    customer: tuple[str, ...] = ()
    customer_initiated: bool = False
    default_payment_method: str | None = None
    settings: tuple[Setting, ...] = ()


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
    """An adapter to one provider. Its methods raise only for bugs; what the provider says is an Outcome.

    Without settings a provider needs no configuration and is given one without members.
    """

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
        """The controls of a provider simulated inside the gateway, None for every other."""
        ...

    def knows(self, payment_method: str) -> bool:
        """Whether a payment method token is one of the provider's."""
        ...

    def pays_out_to(self, beneficiary: Mapping[str, object], currency: str) -> bool:
        """Whether payouts to this beneficiary go through the provider."""
        ...

    def base_url(self, *, livemode: bool) -> str:
        """Where the provider's API is, for real money or for its test environment."""
        ...

    def check(self, settings: Mapping[str, str], secrets: Mapping[str, str], public_url: str) -> None:
        """Look at what the patterns of the settings cannot tell. Raises ConfigurationError."""
        ...

    async def probe(self, configuration: Configuration) -> None:
        """Ask the provider whether the credentials work, moving nothing. Raises ProbeError."""
        ...

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        """Carry out an instruction and say what came of it."""
        ...

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        """What came of an earlier instruction; None if the provider never saw it.

        `handle` is what the provider called it, if it said so. Unknown where it cannot be told apart.
        """
        ...

    def verify(self, message: Message, configuration: Configuration) -> None:
        """Check that a webhook or callback is the provider's. Raises ForgedError."""
        ...

    def read(self, message: Message, configuration: Configuration) -> Sequence[Report]:
        """What a verified message says; empty if nothing that matters here. Raises UnreadableError."""
        ...

    def acknowledge(self, report: Report | None, *, accepted: bool) -> Acknowledgement:
        """What the provider is answered; `accepted` is the answer to a question and True for everything else."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


class Connection(Protocol):
    """What one process knows of its connections to a provider."""

    @property
    def broken(self) -> bool:
        """Whether calls are being refused because too many failed."""
        ...

    @property
    def in_flight(self) -> int:
        """The calls that are under way."""
        ...


@runtime_checkable
class Connected(Protocol):
    """An adapter that tells of its connections; it need not."""

    @property
    def connections(self) -> Sequence[Connection]:
        """One for each way to call the provider."""
        ...


def connections_of(provider: Provider) -> Sequence[Connection]:
    """What a provider tells of its connections, nothing if it has none or says none."""
    return provider.connections if isinstance(provider, Connected) else ()


class ProbeError(Exception):
    """The credentials do not work, or the provider cannot be reached; the message says which, without secrets."""
