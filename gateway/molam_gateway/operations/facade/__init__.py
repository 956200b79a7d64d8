"""The façade `/api/v1`: the canonical operations in other words and in major units, over the same rows."""

from .health import get_health, get_liveness, get_readiness
from .metrics import get_metrics
from .payments import get_payment, initialize_payment, list_payments, verify_payment
from .providers import list_providers, retrieve_provider
from .refunds import refund_payment

__all__ = [
    "get_health",
    "get_liveness",
    "get_metrics",
    "get_payment",
    "get_readiness",
    "initialize_payment",
    "list_payments",
    "list_providers",
    "refund_payment",
    "retrieve_provider",
    "verify_payment",
]
