"""What a well-formed request may still be refused for: by operation, the codes and the parameters they name."""

from collections.abc import Mapping

Refusals = frozenset[tuple[str, str | None]]


def _codes(*codes: str, param: str | None = None) -> Refusals:
    return frozenset((code, param) for code in codes)


_MISSING = _codes("resource_missing")
_STATE = _codes("invalid_state")
_IN_FLIGHT = _codes("payment_in_flight")
_CURRENCY = _codes("currency_unsupported", param="currency")
_DECLINED = _codes("card_declined", "insufficient_funds")
_METHOD = _codes("resource_missing", "parameter_missing", param="payment_method")
_AMOUNT = _codes("amount_invalid", param="amount")
_CARD_DATA = "card_data_not_allowed"
_CURSOR = _codes("parameter_invalid", param="starting_after") | _codes("parameter_invalid", param="ending_before")
_UNCONFIGURABLE = _codes("parameter_invalid", param="name")
_OF_ANOTHER_TYPE = ("account_holder", "account_number", "bank_code", "name", "network", "phone")


def _beneficiary(param: str) -> Refusals:
    """Members that only the other type of beneficiary has; a flat schema cannot say so."""
    return frozenset(("parameter_invalid", f"{param}.{name}") for name in _OF_ANOTHER_TYPE)


ALLOWED: Mapping[str, Refusals] = {
    "create_payment_intent": (
        _CURRENCY
        | _DECLINED
        | _METHOD
        | _AMOUNT
        | _codes("resource_missing", param="provider")
        | _codes("parameter_invalid", param="capture_method")
        | _codes("parameter_missing", param="customer.email")
        | _codes("parameter_missing", param="customer.phone")
    ),
    "list_payment_intents": _CURSOR,
    "retrieve_payment_intent": _MISSING,
    "confirm_payment_intent": _MISSING | _STATE | _IN_FLIGHT | _DECLINED | _METHOD,
    "capture_payment_intent": _MISSING | _STATE | _IN_FLIGHT | _codes("amount_invalid", param="amount_to_capture"),
    "cancel_payment_intent": _MISSING | _STATE | _IN_FLIGHT,
    "list_charges": _CURSOR,
    "retrieve_charge": _MISSING,
    "create_refund": _MISSING | _STATE | _codes("already_refunded") | _codes("refund_exceeds_captured", param="amount"),
    "list_refunds": _CURSOR,
    "retrieve_refund": _MISSING,
    "create_merchant_onboarding": _beneficiary("settlement"),
    "create_payout": _CURRENCY | _beneficiary("beneficiary") | _codes("balance_insufficient", param="amount"),
    "list_payouts": _CURSOR,
    "retrieve_payout": _MISSING,
    "cancel_payout": _MISSING | _STATE | _IN_FLIGHT,
    "retrieve_merchant_onboarding": _MISSING,
    "submit_merchant_onboarding": _MISSING | _STATE,
    "retrieve_webhook_endpoint": _MISSING,
    "update_webhook_endpoint": _MISSING,
    "delete_webhook_endpoint": _MISSING,
    "rotate_webhook_secret": _MISSING,
    "test_webhook_endpoint": _MISSING | _STATE,
    "list_webhook_endpoints": _CURSOR,
    "list_webhook_deliveries": _CURSOR,
    "retrieve_webhook_delivery": _MISSING,
    "redrive_webhook_delivery": _MISSING | _STATE,
    "redrive_webhook_deliveries": (
        _codes("resource_missing", param="endpoint_id") | _codes("parameter_invalid", param="event_type")
    ),
    "list_events": _CURSOR | _codes("parameter_invalid", param="type"),
    "list_audit_logs": _CURSOR,
    "retrieve_event": _MISSING,
    "initialize_payment": _CURRENCY | _DECLINED | _METHOD | _AMOUNT | _codes("resource_missing", param="provider"),
    "get_payment": _MISSING,
    "refund_payment": (
        _MISSING
        | _STATE
        | _CURRENCY
        | _AMOUNT
        | _codes("already_refunded")
        | _codes("refund_exceeds_captured", param="amount")
        | _codes("parameter_invalid", param="currency")
    ),
    "verify_payment": _MISSING,
    "retrieve_provider": _MISSING,
    "retrieve_provider_configuration": _MISSING | _UNCONFIGURABLE,
    "configure_provider": (
        _MISSING
        | _UNCONFIGURABLE
        | _codes("parameter_invalid", param="environment")
        | _codes("parameter_unknown", param="settings")
        | _codes("parameter_missing", "parameter_invalid", param="settings.secret_key")
    ),
    "test_provider": _MISSING | _UNCONFIGURABLE,
    "create_token": _codes("scope_missing"),
    "create_realtime_ticket": _MISSING,
    "refresh_token": _codes("token_invalid"),
    "inject_fault": _MISSING | _codes("resource_missing", param="operation_id"),
    "retrieve_sandbox_ledger": _MISSING | _codes("resource_missing", param="payment_intent"),
    "trigger_event": _MISSING | _CURRENCY | _STATE | _IN_FLIGHT,
}


def is_legitimate(operation_id: str, problem: Mapping[str, object]) -> bool:
    """Whether the contract lets the gateway answer a well-formed request of this operation with this problem."""
    code, param = problem.get("code"), problem.get("param")
    if code == _CARD_DATA:
        return True
    return (code, param) in ALLOWED.get(operation_id, frozenset())
