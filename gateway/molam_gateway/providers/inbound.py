"""What providers tell the gateway by themselves: webhooks and callbacks, as messages and as what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ..domain.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Message:
    """A request that claims to come from a provider.

    `headers` have lower-case names; `remote` is the address of the sender as the trusted proxy tells it. `kind` is the
    last segment of a callback's path, None for a webhook.
    """

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    remote: str | None = None
    kind: str | None = None


class ForgedError(Exception):
    """The message is not the provider's, as far as that can be told; the text says what was wrong, not with what."""


class UnreadableError(Exception):
    """The message is authentic, but its body is not what the provider documents."""


@dataclass(frozen=True, slots=True)
class News:
    """Something happened to an instruction of ours.

    It is found by `reference` (ours) or by `handle` (the provider's) or, for a callback at an address of its own, by
    the address alone. `outcome` is what the message says; None asks the provider instead, which is what adapters do
    wherever the provider can be asked: then late, repeated and reordered messages all lead to the present state.
    `key` names the fact, so that its repetitions are recognised.

    `transaction_id` is the receipt that the message names, for providers that tell it nowhere else: it stands in the
    place of the one in the outcome that the provider is then asked for. `amount` (minor units) is what the message says
    moved: if it is not the instruction's, or missing where it matters, nothing of the message is believed and the
    provider is asked. `answers` says that the message is the answer to such a question, so that none is asked again.
    """

    key: str
    reference: str | None = None
    handle: str | None = None
    outcome: Outcome | None = None
    transaction_id: str | None = None
    amount: int | None = None
    answers: bool = False


@dataclass(frozen=True, slots=True)
class MoneyReceived:
    """A customer sent money of their own accord; `account_reference` is what they wrote for whom it is."""

    key: str
    transaction_id: str
    amount: int
    currency: str
    account_reference: str
    details: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class MayPay:
    """The provider asks whether to let a customer send money; the answer is needed at once and changes nothing."""

    amount: int
    currency: str
    account_reference: str


Report: TypeAlias = News | MoneyReceived | MayPay


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the provider is answered, as a JSON object."""

    status: int = 200
    body: Mapping[str, object] = field(default_factory=dict[str, object])
