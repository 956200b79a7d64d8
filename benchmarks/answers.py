"""The canned answers: what each entrant's server would say, about 1 KB for an object and 100 of them for a page."""

from __future__ import annotations

import json
from typing import Any

CREATE_BODY = b'{"amount":2500,"currency":"USD","metadata":{"order_id":"12345"}}'
API_KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
EVENT_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def payment_intent(number: int = 0) -> dict[str, Any]:
    return {
        "id": f"pi_0HNvYxk3Qm5TzWcRdE7uJ{number:03d}",
        "object": "payment_intent",
        "amount": 2500 + number,
        "amount_capturable": 0,
        "amount_received": 2500 + number,
        "amount_refunded": 0,
        "currency": "USD",
        "status": "succeeded",
        "status_reason": None,
        "provider": "cpay",
        "provider_reference": f"cpay_9f2c41d07b{number:03d}",
        "payment_method": "pm_cpay_ok",
        "payment_method_types": ["card"],
        "capture_method": "automatic",
        "cancellation_reason": None,
        "customer_id": None,
        "merchant_id": None,
        "customer": {"phone": "********0042", "email": "ada@example.com", "name": "Ada Ndiaye"},
        "description": "Order 12345",
        "metadata": {"order_id": "12345"},
        "return_url": "https://shop.example.com/orders/12345/paid",
        "cancel_url": "https://shop.example.com/orders/12345/canceled",
        "next_action": None,
        "latest_charge": f"ch_0HNvYxk3Qm5TzWcRdE7uJ{number:03d}",
        "last_error": None,
        "idempotency_key": f"molam-1763712000000-k3q5tzwcrde7ujm2xv4n6p{number:03d}",
        "livemode": False,
        "created_at": "2026-11-21T08:00:00.000Z",
        "updated_at": "2026-11-21T08:00:01.000Z",
        "expires_at": "2026-11-22T08:00:00.000Z",
        "sequence": 3,
    }


def completion(number: int = 0) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{number:03d}",
        "object": "chat.completion",
        "created": 1763712000,
        "model": "gpt-5",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "logprobs": None,
                "message": {"role": "assistant", "content": "Paid. " * 100, "refusal": None},
            }
        ],
        "usage": {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21},
    }


def message(number: int = 0) -> dict[str, Any]:
    return {
        "id": f"msg_{number:03d}",
        "eventType": "payment_intent.succeeded",
        "eventId": f"evt_{number:03d}",
        "payload": payment_intent(number),
        "channels": None,
        "timestamp": "2026-11-21T08:00:00.000Z",
        "tags": None,
    }


def event() -> dict[str, Any]:
    intent = {**payment_intent(), "customer": None, "return_url": None, "cancel_url": None}
    return {
        "id": "evt_0HNvYxk3Qm5TzWcRdE7uJ001",
        "object": "event",
        "type": "payment_intent.succeeded",
        "api_version": "2026-11-01",
        "livemode": False,
        "account": "acct_0HNvYxk3Qm5TzWcRdE7uJ001",
        "sequence": 17,
        "created_at": "2026-11-21T08:00:01.000Z",
        "data": {"object": intent, "previous_attributes": None},
        "request": None,
    }


def encode(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


PAYMENT_INTENT = encode(payment_intent())
COMPLETION = encode(completion())
MESSAGE = encode(message())
EVENT = encode(event())
PAYMENT_INTENT_PAGE = encode(
    {
        "object": "list",
        "data": [payment_intent(number) for number in range(100)],
        "has_more": False,
        "next_cursor": None,
        "url": "/v1/connect/payment_intents",
    }
)
COMPLETION_PAGE = encode(
    {
        "object": "list",
        "data": [completion(number) for number in range(100)],
        "first_id": "chatcmpl-000",
        "last_id": "chatcmpl-099",
        "has_more": False,
    }
)
MESSAGE_PAGE = encode(
    {
        "data": [message(number) for number in range(100)],
        "iterator": None,
        "prevIterator": None,
        "done": True,
    }
)


def answer(method: str, path: str) -> bytes:
    """The body for a request to any entrant's API; each has a path of its own."""
    page = method == "GET"
    if path.endswith("/chat/completions"):
        return COMPLETION_PAGE if page else COMPLETION
    if path.endswith("/msg"):
        return MESSAGE_PAGE if page else MESSAGE
    return PAYMENT_INTENT_PAGE if page else PAYMENT_INTENT
