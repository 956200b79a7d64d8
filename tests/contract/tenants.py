"""Several accounts in one gateway, and keys of theirs that may do this or that."""

import asyncio
import itertools
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from molam_gateway.commands.opening import opened_for_change
from molam_gateway.commands.reports import OPERATOR
from molam_gateway.embedded import Sandbox
from molam_gateway.http import spec
from molam_gateway.http.permissions import ALL_SCOPES
from molam_gateway.http.spec import Operation
from molam_gateway.operations.accounts import create_account
from molam_gateway.operations.api_keys import create_key, revoke_key

OPERATIONS = [each for each in spec.operations(spec.load()) if each.tag != "gateway_inbound"]
"""All but what providers send, who have no keys and know addresses that nobody guesses."""

BODIES: dict[str, dict[str, object]] = {
    "create_payment_intent": {"amount": 100, "currency": "USD"},
    "create_payout": {
        "amount": 100,
        "currency": "USD",
        "beneficiary": {"type": "mobile_money", "network": "mpesa", "phone": "+254700001234", "name": "Amina Diallo"},
    },
    "create_merchant_onboarding": {
        "business_name": "Teranga",
        "business_type": "company",
        "country": "SN",
        "email": "owner@example.com",
    },
    "create_webhook_endpoint": {"url": "https://shop.example.com/hook", "enabled_events": ["ping"]},
    "update_webhook_endpoint": {"description": "taken over"},
    "refund_payment": {"amount": "1.00"},
    "initialize_payment": {"provider": "cpay", "amount": "1.00", "currency": "USD"},
    "configure_provider": {"settings": {}},
}
"""What operations are sent that need more than an empty object."""


@dataclass(frozen=True)
class Key:
    """A key: its id for the operator, its secret for calls."""

    id: str
    secret: str


class Operator:
    """Makes accounts and keys beside a running gateway on a file."""

    def __init__(self, database: Path) -> None:
        self._url = f"sqlite:///{database}"

    def account(self) -> str:
        async def make() -> str:
            async with opened_for_change(self._url) as gateway:
                return (await create_account(gateway, OPERATOR, molam_id=None, region="eu-west")).id

        return asyncio.run(make())

    def key(self, account: str, scopes: Collection[str] = ALL_SCOPES, *, lifetime: timedelta | None = None) -> Key:
        async def make() -> Key:
            async with opened_for_change(self._url) as gateway:
                made = await create_key(gateway, OPERATOR, account, livemode=False, scopes=scopes, lifetime=lifetime)
                return Key(made.record.id, made.secret)

        return asyncio.run(make())

    def revoke(self, key: Key) -> None:
        async def end() -> None:
            async with opened_for_change(self._url) as gateway:
                await revoke_key(gateway, OPERATOR, key.id)

        asyncio.run(end())


class Caller:
    """Calls operations of the spec by their ids, whoever it is."""

    def __init__(self, sandbox: Sandbox, secret: str | None) -> None:
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        self.client = httpx.Client(base_url=sandbox.url, headers=headers, timeout=20)
        self._keys = (f"tenant-{number}" for number in itertools.count())

    def call(self, operation: Operation, path: str, body: dict[str, object] | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": next(self._keys)} if operation.needs_idempotency_key else {}
        if operation.method == "GET":
            return self.client.get(path)
        document = BODIES.get(operation.operation_id, {}) if body is None else body
        return self.client.request(operation.method, path, json=document, headers=headers)

    def post(self, path: str, body: dict[str, object] | None = None, key: str | None = None) -> dict[str, Any]:
        answer = self.client.post(path, json=body, headers={"Idempotency-Key": key or next(self._keys)})
        assert answer.is_success, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def get(self, path: str) -> dict[str, Any]:
        answer = self.client.get(path)
        assert answer.is_success, answer.text
        document: dict[str, Any] = answer.json()
        return document
