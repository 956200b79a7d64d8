"""What a type checker infers for calls of generated endpoints and for raw responses."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_type

import httpx

from molam_api.api.payment_intents import create_payment_intent, list_payment_intents, retrieve_payment_intent
from molam_api.api.refunds import create_refund
from molam_api.models import (
    CreatePaymentIntentRequest,
    CreateRefundRequest,
    EventList,
    PaymentIntent,
    PaymentIntentList,
    Refund,
    RefundList,
)
from molam_sdk import MolamAsyncClient, MolamClient, RawResponse


def calls(client: MolamClient) -> None:
    body = CreatePaymentIntentRequest(amount=2500, currency="USD")
    assert_type(client.call(create_payment_intent, body=body, idempotency_key="order-1"), PaymentIntent)
    assert_type(client.call(retrieve_payment_intent, "pi_1"), PaymentIntent)
    assert_type(client.call(list_payment_intents, limit=7), PaymentIntentList)
    assert_type(client.call(create_refund, "pi_1", body=CreateRefundRequest(amount=1)), Refund)
    assert_type(client.call("retrieve_payment_intent", "pi_1"), Any)


def raw(client: MolamClient) -> None:
    raw = client.with_raw_response.payment_intents.create(amount=2500, currency="USD")
    assert_type(raw, RawResponse[PaymentIntent])
    assert_type(raw.parse(), PaymentIntent)
    assert_type(raw.status_code, int)
    assert_type(raw.headers, Mapping[str, str])
    assert_type(raw.content, bytes)
    assert_type(raw.request_id, str | None)
    assert_type(raw.idempotency_key, str | None)
    assert_type(raw.attempts, int)
    assert_type(raw.replayed, bool)
    assert_type(raw.http_response, httpx.Response)
    assert_type(client.with_raw_response.refunds.create("pi_1").parse(), Refund)
    assert_type(client.with_raw_response.events.list().parse(), EventList)
    for intent in client.with_raw_response.payment_intents.list(limit=7).parse().data:
        assert_type(intent, PaymentIntent)


async def raw_async(client: MolamAsyncClient) -> None:
    raw = await client.with_raw_response.payment_intents.retrieve("pi_1")
    assert_type((await client.with_raw_response.refunds.list()).parse(), RefundList)
    assert_type(raw, RawResponse[PaymentIntent])
    assert_type((await client.with_raw_response.refunds.create("pi_1", amount=1)).parse(), Refund)
    page = await client.with_raw_response.payment_intents.list()
    assert_type(page.parse().has_more, bool)


def mistakes(client: MolamClient) -> None:
    client.call(retrieve_payment_intent)  # type: ignore[call-overload]
    client.call(retrieve_payment_intent, 7)  # type: ignore[call-overload]
    client.call(create_payment_intent, body={"amount": 1})  # type: ignore[call-overload]
    client.call(7)  # type: ignore[call-overload]
    create = client.with_raw_response.payment_intents.create
    create(amount=25.0)  # type: ignore[arg-type]
    create(amount=1, currency="USD").id  # type: ignore[attr-defined]  # noqa: B018
