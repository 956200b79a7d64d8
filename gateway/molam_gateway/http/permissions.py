"""Decides what a key may do."""

from collections.abc import Mapping

from ..domain.call import Account
from ..domain.problems import ProblemError
from ..domain.scopes import PLATFORM_READ
from .spec import Operation

_PAYMENTS = ("payments:read", "payments:write")
_PAYOUTS = ("payouts:read", "payouts:write")
_WEBHOOKS = ("webhooks:admin", "webhooks:admin")

SCOPES: Mapping[str, tuple[str, str]] = {
    "payment_intents": _PAYMENTS,
    "charges": _PAYMENTS,
    "refunds": ("payments:read", "refunds:write"),
    "payouts": _PAYOUTS,
    "balance": _PAYOUTS,
    "merchant_onboardings": ("onboardings:read", "onboardings:write"),
    "webhook_endpoints": _WEBHOOKS,
    "webhook_deliveries": _WEBHOOKS,
    "events": _WEBHOOKS,
    "audit_logs": ("audit:read", "audit:read"),
    "gateway_payments": _PAYMENTS,
    "gateway_providers": ("payments:read", "providers:admin"),
    "gateway_metrics": ("ops:read", "ops:read"),
}
"""The scope to read and the scope to write, by the operation's tag; other tags need none."""

OWN_SCOPES: Mapping[str, str] = {
    "refund_payment": "refunds:write",
    "retrieve_provider_configuration": "providers:admin",
}
"""The scope of an operation that needs another than its tag says."""

MERCHANT_SCOPES = frozenset(scope for pair in SCOPES.values() for scope in pair) | frozenset(OWN_SCOPES.values())
"""What concerns an account's own business."""

ALL_SCOPES = MERCHANT_SCOPES | {PLATFORM_READ}

OF_CUSTOMERS = frozenset({"create_realtime_ticket"})
"""What a token that was made for one customer may call; the feeds themselves check whose payments they tell of."""


def check(operation: Operation, account: Account, headers: Mapping[str, str]) -> None:
    """Raise ProblemError (403) unless this key may run this operation for the account that the request names."""
    named = headers.get("molam-account")
    if named is not None and account.id and named != account.id:
        raise ProblemError("account_forbidden", "Molam-Account names an account that this key may not act for.")
    if account.subject is not None and operation.operation_id not in OF_CUSTOMERS:
        raise ProblemError(
            "account_forbidden", "This token is for one customer: it follows their payments, and does nothing else."
        )
    needed = SCOPES.get(operation.tag)
    if needed is None:
        return
    scope = OWN_SCOPES.get(operation.operation_id, needed[operation.method != "GET"])
    if scope not in account.scopes:
        raise ProblemError("scope_missing", f"This key lacks the scope {scope}: use one that has it.")
