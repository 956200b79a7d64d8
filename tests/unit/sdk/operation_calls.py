"""One call of each operation with every argument that it takes, and what must come out of it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

import httpx

from molam_api.operations import OPERATIONS
from molam_sdk import Money
from tests.unit.sdk.spec_examples import example_answer

BANK = {"type": "bank_account", "account_number": "0011220000", "account_holder": "Awa", "bank_code": "SN01"}
SINCE = datetime(2026, 11, 1, 12, tzinfo=timezone(timedelta(hours=2)))
CURSORS = {"limit": 7, "starting_after": "c_1", "created_at_gte": SINCE, "created_at_lte": "2026-11-02T00:00:00Z"}
CURSORS_SENT = {
    "limit": "7",
    "starting_after": "c_1",
    "created_at_gte": "2026-11-01T12:00:00+02:00",
    "created_at_lte": "2026-11-02T00:00:00+00:00",
}
NUMBERED = {"page": 2, "limit": 7}


class Case(NamedTuple):
    """A method, its arguments, and the path and the body or query that they make."""

    operation_id: str
    method: str
    ids: tuple[str, ...]
    arguments: dict[str, Any]
    path: str
    sent: dict[str, Any] | None = None


CASES = [
    Case(
        "create_payment_intent",
        "payment_intents.create",
        (),
        {
            "amount": Money.of("25.00", "USD"),
            "confirm": True,
            "capture_method": "manual",
            "payment_method": "pm_cpay_ok",
            "provider": "cpay",
            "customer": {"phone": "+22178000000", "name": "Awa", "email": None},
            "customer_id": "cus_1",
            "merchant_id": "acct_2",
            "description": "Order",
            "metadata": {"order_id": "12345"},
            "return_url": "https://shop.example/back",
            "cancel_url": "https://shop.example/cancel",
        },
        "/v1/connect/payment_intents",
        {
            "amount": 2500,
            "currency": "USD",
            "confirm": True,
            "capture_method": "manual",
            "payment_method": "pm_cpay_ok",
            "provider": "cpay",
            "customer": {"phone": "+22178000000", "name": "Awa"},
            "customer_id": "cus_1",
            "merchant_id": "acct_2",
            "description": "Order",
            "metadata": {"order_id": "12345"},
            "return_url": "https://shop.example/back",
            "cancel_url": "https://shop.example/cancel",
        },
    ),
    Case(
        "list_payment_intents",
        "payment_intents.list",
        (),
        CURSORS | {"status": "succeeded", "customer_id": "cus_1", "provider": "cpay"},
        "/v1/connect/payment_intents",
        CURSORS_SENT | {"status": "succeeded", "customer_id": "cus_1", "provider": "cpay"},
    ),
    Case("retrieve_payment_intent", "payment_intents.retrieve", ("pi_1",), {}, "/v1/connect/payment_intents/pi_1"),
    Case(
        "confirm_payment_intent",
        "payment_intents.confirm",
        ("pi_1",),
        {"payment_method": "pm_cpay_ok", "return_url": "https://shop.example"},
        "/v1/connect/payment_intents/pi_1/confirm",
        {"payment_method": "pm_cpay_ok", "return_url": "https://shop.example"},
    ),
    Case(
        "capture_payment_intent",
        "payment_intents.capture",
        ("pi_1",),
        {"amount_to_capture": 400},
        "/v1/connect/payment_intents/pi_1/capture",
        {"amount_to_capture": 400},
    ),
    Case(
        "cancel_payment_intent",
        "payment_intents.cancel",
        ("pi_1",),
        {"cancellation_reason": "late"},
        "/v1/connect/payment_intents/pi_1/cancel",
        {"cancellation_reason": "late"},
    ),
    Case(
        "list_charges",
        "charges.list",
        (),
        CURSORS | {"payment_intent": "pi_1", "status": "failed"},
        "/v1/connect/charges",
        CURSORS_SENT | {"payment_intent": "pi_1", "status": "failed"},
    ),
    Case("retrieve_charge", "charges.retrieve", ("ch_1",), {}, "/v1/connect/charges/ch_1"),
    Case(
        "create_refund",
        "refunds.create",
        ("pi_1",),
        {"amount": 400, "reason": "requested_by_customer", "metadata": {"a": "b"}},
        "/v1/connect/charges/pi_1/refund",
        {"amount": 400, "reason": "requested_by_customer", "metadata": {"a": "b"}},
    ),
    Case(
        "list_refunds",
        "refunds.list",
        (),
        CURSORS | {"payment_intent": "pi_1", "charge": "ch_1", "status": "pending"},
        "/v1/connect/refunds",
        CURSORS_SENT | {"payment_intent": "pi_1", "charge": "ch_1", "status": "pending"},
    ),
    Case("retrieve_refund", "refunds.retrieve", ("ref_1",), {}, "/v1/connect/refunds/ref_1"),
    Case(
        "create_payout",
        "payouts.create",
        (),
        {
            "amount": 900,
            "currency": "xof",
            "beneficiary": BANK,
            "origin_module": "shop",
            "origin_entity_id": "7",
            "metadata": {"a": "b"},
        },
        "/v1/treasury/payouts",
        {
            "amount": 900,
            "currency": "XOF",
            "beneficiary": BANK,
            "origin_module": "shop",
            "origin_entity_id": "7",
            "metadata": {"a": "b"},
        },
    ),
    Case(
        "list_payouts",
        "payouts.list",
        (),
        CURSORS | {"status": "reversed"},
        "/v1/treasury/payouts",
        CURSORS_SENT | {"status": "reversed"},
    ),
    Case("retrieve_payout", "payouts.retrieve", ("po_1",), {}, "/v1/treasury/payouts/po_1"),
    Case("cancel_payout", "payouts.cancel", ("po_1",), {}, "/v1/treasury/payouts/po_1/cancel"),
    Case("retrieve_balance", "balance.retrieve", (), {}, "/v1/treasury/balance"),
    Case(
        "create_merchant_onboarding",
        "merchant_onboardings.create",
        (),
        {
            "business_name": "Chez Awa",
            "business_type": "company",
            "country": "SN",
            "email": "awa@example.com",
            "phone": "+22178000000",
            "settlement": BANK,
            "metadata": {"a": "b"},
        },
        "/v1/connect/merchant_onboardings",
        {
            "business_name": "Chez Awa",
            "business_type": "company",
            "country": "SN",
            "email": "awa@example.com",
            "phone": "+22178000000",
            "settlement": BANK,
            "metadata": {"a": "b"},
        },
    ),
    Case(
        "retrieve_merchant_onboarding",
        "merchant_onboardings.retrieve",
        ("mo_1",),
        {},
        "/v1/connect/merchant_onboardings/mo_1",
    ),
    Case(
        "submit_merchant_onboarding",
        "merchant_onboardings.submit",
        ("mo_1",),
        {},
        "/v1/connect/merchant_onboardings/mo_1/submit",
    ),
    Case(
        "create_webhook_endpoint",
        "webhook_endpoints.create",
        (),
        {
            "url": "https://shop.example/hook",
            "enabled_events": ("refund.processed",),
            "description": "Till",
            "retry_schedule": (5, 60),
            "max_concurrency": 8,
        },
        "/v1/webhook_endpoints",
        {
            "url": "https://shop.example/hook",
            "enabled_events": ["refund.processed"],
            "description": "Till",
            "retry_schedule": [5, 60],
            "max_concurrency": 8,
        },
    ),
    Case("list_webhook_endpoints", "webhook_endpoints.list", (), CURSORS, "/v1/webhook_endpoints", CURSORS_SENT),
    Case("retrieve_webhook_endpoint", "webhook_endpoints.retrieve", ("we_1",), {}, "/v1/webhook_endpoints/we_1"),
    Case(
        "update_webhook_endpoint",
        "webhook_endpoints.update",
        ("we_1",),
        {
            "url": "https://b.example",
            "enabled_events": ["*"],
            "description": "B",
            "status": "disabled",
            "retry_schedule": [],
            "max_concurrency": 0,
        },
        "/v1/webhook_endpoints/we_1",
        {
            "url": "https://b.example",
            "enabled_events": ["*"],
            "description": "B",
            "status": "disabled",
            "retry_schedule": None,
            "max_concurrency": None,
        },
    ),
    Case("delete_webhook_endpoint", "webhook_endpoints.delete", ("we_1",), {}, "/v1/webhook_endpoints/we_1"),
    Case(
        "rotate_webhook_secret",
        "webhook_endpoints.rotate_secret",
        ("we_1",),
        {"overlap_seconds": 3600},
        "/v1/webhook_endpoints/we_1/rotate_secret",
        {"overlap_seconds": 3600},
    ),
    Case("test_webhook_endpoint", "webhook_endpoints.test", ("we_1",), {}, "/v1/webhook_endpoints/we_1/test"),
    Case(
        "list_webhook_deliveries",
        "webhook_deliveries.list",
        (),
        CURSORS | {"endpoint_id": "we_1", "event_id": "evt_1", "status": "dead_letter"},
        "/v1/webhook_deliveries",
        CURSORS_SENT | {"endpoint_id": "we_1", "event_id": "evt_1", "status": "dead_letter"},
    ),
    Case("retrieve_webhook_delivery", "webhook_deliveries.retrieve", ("wd_1",), {}, "/v1/webhook_deliveries/wd_1"),
    Case(
        "redrive_webhook_delivery", "webhook_deliveries.redrive", ("wd_1",), {}, "/v1/webhook_deliveries/wd_1/redrive"
    ),
    Case(
        "redrive_webhook_deliveries",
        "webhook_deliveries.redrive_many",
        (),
        {"endpoint_id": "we_1", "event_type": "refund.failed", "created_at_gte": "2026-11-01T00:00:00Z"},
        "/v1/webhook_deliveries/redrive",
        {"endpoint_id": "we_1", "event_type": "refund.failed", "created_at_gte": "2026-11-01T00:00:00+00:00"},
    ),
    Case(
        "list_events",
        "events.list",
        (),
        CURSORS | {"type": "refund.processed", "object_id": "ref_1"},
        "/v1/events",
        CURSORS_SENT | {"type": "refund.processed", "object_id": "ref_1"},
    ),
    Case("retrieve_event", "events.retrieve", ("evt_1",), {}, "/v1/events/evt_1"),
    Case("retrieve_account", "account.retrieve", (), {}, "/v1/account"),
    Case(
        "list_audit_logs",
        "audit_logs.list",
        (),
        CURSORS | {"resource_id": "pi_1", "action": "create_refund", "actor_id": "key_1"},
        "/v1/audit_logs",
        CURSORS_SENT | {"resource_id": "pi_1", "action": "create_refund", "actor_id": "key_1"},
    ),
    Case("verify_audit_log", "audit_logs.verify", (), {}, "/v1/audit_logs/verify"),
    Case("advance_clock", "sandbox.advance_clock", (), {"seconds": 60}, "/v1/sandbox/clock/advance", {"seconds": 60}),
    Case(
        "inject_fault",
        "sandbox.inject_fault",
        (),
        {"kind": "delay", "operation_id": "create_refund", "times": 2, "delay_ms": 50},
        "/v1/sandbox/faults",
        {"kind": "delay", "operation_id": "create_refund", "times": 2, "delay_ms": 50},
    ),
    Case(
        "trigger_event",
        "sandbox.trigger_event",
        (),
        {"type": "refund.failed", "object_id": "ref_1", "overrides": {"amount": 900}},
        "/v1/sandbox/trigger",
        {"type": "refund.failed", "object_id": "ref_1", "overrides": {"amount": 900}},
    ),
    Case(
        "retrieve_sandbox_ledger",
        "sandbox.retrieve_ledger",
        (),
        {"payment_intent": "pi_1"},
        "/v1/sandbox/ledger",
        {"payment_intent": "pi_1"},
    ),
    Case(
        "initialize_payment",
        "gateway.payments.initialize",
        (),
        {
            "provider": "cpay",
            "amount": Money.of("25", "USD"),
            "payment_method": "pm_cpay_ok",
            "customer": {"phone": "+22178000000", "name": "Awa", "email": None},
            "customer_id": "cus_1",
            "description": "Order",
            "metadata": {"order_id": "12345"},
            "return_url": "https://shop.example/back",
        },
        "/api/v1/payments/initialize",
        {
            "provider": "cpay",
            "amount": "25.00",
            "currency": "USD",
            "payment_method": "pm_cpay_ok",
            "customer": {"phone": "+22178000000", "name": "Awa"},
            "customer_id": "cus_1",
            "description": "Order",
            "metadata": {"order_id": "12345"},
            "return_url": "https://shop.example/back",
        },
    ),
    Case(
        "list_payments",
        "gateway.payments.list",
        (),
        NUMBERED | {"provider": "cpay", "status": "completed", "customer_id": "cus_1"},
        "/api/v1/payments",
        {"page": "2", "limit": "7", "provider": "cpay", "status": "completed", "customer_id": "cus_1"},
    ),
    Case("get_payment", "gateway.payments.get", ("pi_1",), {}, "/api/v1/payments/pi_1"),
    Case(
        "refund_payment",
        "gateway.payments.refund",
        ("pi_1",),
        {"amount": "4.00", "currency": "usd", "reason": "discount", "metadata": {"a": "b"}},
        "/api/v1/payments/pi_1/refund",
        {"amount": "4.00", "currency": "USD", "reason": "discount", "metadata": {"a": "b"}},
    ),
    Case("verify_payment", "gateway.payments.verify", ("pi_1",), {}, "/api/v1/payments/pi_1/verify"),
    Case(
        "list_providers",
        "gateway.providers.list",
        (),
        NUMBERED,
        "/api/v1/providers",
        {"page": "2", "limit": "7"},
    ),
    Case("retrieve_provider", "gateway.providers.retrieve", ("cpay",), {}, "/api/v1/providers/cpay"),
    Case(
        "retrieve_provider_configuration",
        "gateway.providers.retrieve_configuration",
        ("stripe",),
        {},
        "/api/v1/providers/stripe/config",
    ),
    Case(
        "configure_provider",
        "gateway.providers.configure",
        ("stripe",),
        {"settings": {"a": "b"}, "environment": "test", "enabled": True, "rotate_callback_token": True},
        "/api/v1/providers/stripe/config",
        {"settings": {"a": "b"}, "environment": "test", "enabled": True, "rotate_callback_token": True},
    ),
    Case("test_provider", "gateway.providers.test", ("stripe",), {}, "/api/v1/providers/stripe/config/test"),
    Case("get_health", "gateway.health.get", (), {}, "/api/v1/health"),
    Case("get_liveness", "gateway.health.live", (), {}, "/api/v1/health/live"),
    Case("get_readiness", "gateway.health.ready", (), {}, "/api/v1/health/ready"),
    Case("get_metrics", "gateway.metrics.get", (), {}, "/api/v1/metrics"),
    Case(
        "create_token",
        "gateway.tokens.create",
        (),
        {"scopes": ["payments:read"], "customer_id": "cus_1", "expires_in": 60},
        "/api/v1/auth/token",
        {"scopes": ["payments:read"], "customer_id": "cus_1", "expires_in": 60},
    ),
    Case(
        "create_realtime_ticket",
        "gateway.tokens.create_ticket",
        (),
        {"channel": "user/cus_1"},
        "/api/v1/auth/ticket",
        {"channel": "user/cus_1"},
    ),
    Case(
        "refresh_token",
        "gateway.tokens.refresh",
        (),
        {"refresh_token": "rt_1", "expires_in": 60},
        "/api/v1/auth/refresh",
        {"refresh_token": "rt_1", "expires_in": 60},
    ),
    Case("revoke_token", "gateway.tokens.revoke", (), {"token": "rt_1"}, "/api/v1/auth/revoke", {"token": "rt_1"}),
]


def answer_for(case: Case) -> httpx.Response:
    """The spec's example of success, about the object that was asked for, without further pages."""
    status, body = example_answer(case.operation_id)
    if OPERATIONS[case.operation_id].same_id:
        body["id" if "id" in body else "transaction_id"] = case.ids[0]
    if case.method.endswith(".list"):
        body |= {"has_more": False}
        body |= {"next_cursor": None} if "next_cursor" in body else {"page": case.arguments.get("page", 1)}
    return httpx.Response(status, json=body)


def answer_to(operation_id: str) -> httpx.Response:
    return answer_for(next(case for case in CASES if case.operation_id == operation_id))
