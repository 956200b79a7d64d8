"""Steps that several flows begin with."""

from typing import Any

from molam_api.models import Payment, PaymentDetails, PaymentIntent
from molam_sdk import MolamClient


def pay(client: MolamClient, payment_method: str = "pm_cpay_ok", **arguments: Any) -> PaymentIntent:
    """A payment of 25 dollars, confirmed in the same call."""
    chosen: dict[str, Any] = {"amount": 2500, "currency": "USD", **arguments}
    return client.payment_intents.create(payment_method=payment_method, confirm=True, **chosen)


def id_of(found: Any) -> str:
    """The id of an object, which payments of the façade call something else."""
    return str(found.transaction_id if isinstance(found, Payment | PaymentDetails) else found.id)


def movements(client: MolamClient, payment_intent: str) -> list[tuple[str, int]]:
    """What the provider's own book says of a payment: kinds and amounts, oldest first."""
    rows = client.sandbox.retrieve_ledger(payment_intent=payment_intent).data
    return [(str(row.kind), row.amount) for row in sorted(rows, key=lambda row: row.created_at)]
