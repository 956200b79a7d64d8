"""Calls of either client to a real gateway, each with its own end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamAsyncClient, MolamClient, errors
from tests.canary.marks import CUSTOMER, DESCRIPTION, NOTE

PRIVATE: dict[str, Any] = {"customer": CUSTOMER, "description": DESCRIPTION, "metadata": {"note": NOTE}}
PAID: dict[str, Any] = {"amount": 987_654_321, "currency": "USD", "confirm": True, **PRIVATE}
KEY = "order-Zq7kanari-key"


def pay(kind: str, gateway: Sandbox, **options: Any) -> str:
    """One payment after a failure in between, one declined, one whose answer is lost for good; returns an id."""
    chosen: dict[str, Any] = {"api_key": gateway.api_key, "api_base": gateway.url, "backoff_factor": 0.001, **options}
    if kind == "sync":
        with MolamClient(**chosen) as client:
            client.sandbox.inject_fault(kind="error_before", operation_id="create_payment_intent")
            paid = client.payment_intents.create(**PAID, payment_method="pm_cpay_ok", idempotency_key=KEY)
            with suppress(errors.DeclinedError):
                client.payment_intents.create(**PAID, payment_method="pm_cpay_declined")
            client.sandbox.inject_fault(kind="reset", operation_id="retrieve_payment_intent")
            with suppress(errors.NetworkError):
                client.with_options(max_retries=0).payment_intents.retrieve(paid.id)
            return paid.id

    async def paying() -> str:
        async with MolamAsyncClient(**chosen) as client:
            await client.sandbox.inject_fault(kind="error_before", operation_id="create_payment_intent")
            paid = await client.payment_intents.create(**PAID, payment_method="pm_cpay_ok", idempotency_key=KEY)
            with suppress(errors.DeclinedError):
                await client.payment_intents.create(**PAID, payment_method="pm_cpay_declined")
            await client.sandbox.inject_fault(kind="reset", operation_id="retrieve_payment_intent")
            with suppress(errors.NetworkError):
                await client.with_options(max_retries=0).payment_intents.retrieve(paid.id)
            return paid.id

    return asyncio.run(paying())


def secrets(gateway: Sandbox, paid: str) -> list[str]:
    """What no span and no figure may hold: of a customer, of the call, of the account."""
    values = [*CUSTOMER.values(), DESCRIPTION, NOTE, KEY, "kanari", "987654321", "9876543.21", paid, gateway.api_key]
    return [*values, gateway.api_key.removeprefix("sk_test_"), gateway.webhook_secret]
