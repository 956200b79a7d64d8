"""Calls that move money, made ready one at a time so that a test can lose their answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from molam_sdk import MolamClient
from tests.contract.exercises import BENEFICIARY
from tests.contract.flows import pay

Perform = Callable[[Any], Any]
"""Makes the call on a client, or in its raw mode."""


def _creating(_: MolamClient) -> Perform:
    return lambda caller: pay(caller, amount=2500)


def _confirming(client: MolamClient) -> Perform:
    intent = client.payment_intents.create(amount=2500, currency="USD", payment_method="pm_cpay_ok")
    return lambda caller: caller.payment_intents.confirm(intent.id)


def _capturing(client: MolamClient) -> Perform:
    intent = pay(client, capture_method="manual")
    return lambda caller: caller.payment_intents.capture(intent.id)


def _refunding(client: MolamClient) -> Perform:
    intent = pay(client)
    return lambda caller: caller.refunds.create(intent.id, amount=400)


def _paying_out(client: MolamClient) -> Perform:
    pay(client)
    beneficiary = {**BENEFICIARY, "phone": "+254700000000"}
    return lambda caller: caller.payouts.create(amount=100, currency="USD", beneficiary=beneficiary)


def _initializing(_: MolamClient) -> Perform:
    chosen = {"provider": "cpay", "amount": "25.00", "currency": "USD", "payment_method": "pm_cpay_ok"}
    return lambda caller: caller.gateway.payments.initialize(**chosen)


def _refunding_a_payment(client: MolamClient) -> Perform:
    intent = pay(client)
    return lambda caller: caller.gateway.payments.refund(intent.id, amount="4.00")


MUTATIONS: Mapping[str, tuple[Callable[[MolamClient], Perform], tuple[str, int]]] = {
    "create_payment_intent": (_creating, ("charge", 2500)),
    "confirm_payment_intent": (_confirming, ("charge", 2500)),
    "capture_payment_intent": (_capturing, ("charge", 2500)),
    "create_refund": (_refunding, ("refund", 400)),
    "create_payout": (_paying_out, ("payout", 100)),
    "initialize_payment": (_initializing, ("charge", 2500)),
    "refund_payment": (_refunding_a_payment, ("refund", 400)),
}
"""How each is made ready, and the movement that it makes."""


class Book:
    """What the provider's own book says beyond what it says now."""

    def __init__(self, client: MolamClient) -> None:
        self._client = client
        self._before = {row.id for row in client.sandbox.retrieve_ledger().data}

    def moved(self) -> list[tuple[str, int]]:
        """Kinds and amounts of the movements since."""
        rows = self._client.sandbox.retrieve_ledger().data
        return [(str(row.kind), row.amount) for row in rows if row.id not in self._before]


@dataclass(frozen=True)
class Mutation:
    """A call that is ready to be made.

    Attributes:
        client: Who has made it ready.
        perform: Makes it.
        movement: What it moves.
        book: What was moved since it was made ready.
    """

    client: MolamClient
    perform: Perform
    movement: tuple[str, int]
    book: Book


def ready(client: MolamClient, operation_id: str) -> Mutation:
    """Make a call ready."""
    prepare, movement = MUTATIONS[operation_id]
    perform = prepare(client)
    return Mutation(client, perform, movement, Book(client))
