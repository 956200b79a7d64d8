"""The payment_intents table."""

from ..domain.payment_intents import PaymentIntent
from .tables import Table

TABLE = Table(
    "payment_intents",
    PaymentIntent,
    json=("payment_method_types", "customer", "metadata", "next_action", "last_error"),
    filters=("status", "customer_id", "provider"),
    kept=True,
)
