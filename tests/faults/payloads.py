"""The documents that scripted servers answer with, in the shape the specification gives them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.faults.actions import Answer, json_answer
from tests.faults.connection import RecordedRequest

INTENT_ID = "pi_0HNvYxk3Qm5TzWcRdE7uJ1"


def payment_intent(id: str = INTENT_ID, **changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": id,
        "object": "payment_intent",
        "amount": 2500,
        "amount_capturable": 0,
        "amount_received": 0,
        "amount_refunded": 0,
        "currency": "USD",
        "status": "requires_payment_method",
        "status_reason": None,
        "provider": "cpay",
        "provider_reference": None,
        "payment_method": None,
        "payment_method_types": ["card"],
        "capture_method": "automatic",
        "cancellation_reason": None,
        "customer_id": None,
        "merchant_id": None,
        "customer": None,
        "description": None,
        "metadata": {},
        "return_url": None,
        "cancel_url": None,
        "next_action": None,
        "latest_charge": None,
        "last_error": None,
        "idempotency_key": None,
        "livemode": False,
        "created_at": "2026-11-21T08:00:00.000Z",
        "updated_at": "2026-11-21T08:00:00.000Z",
        "expires_at": "2026-11-22T08:00:00.000Z",
        "sequence": 1,
    }
    return document | changes


def created(id: str = INTENT_ID, **changes: Any) -> Answer:
    return json_answer(payment_intent(id, **changes), 201)


def retrieved(id: str = INTENT_ID, **changes: Any) -> Answer:
    return json_answer(payment_intent(id, **changes))


def page(*objects: Mapping[str, Any], next_cursor: str | None = None) -> Answer:
    return json_answer(
        {
            "object": "list",
            "data": list(objects),
            "has_more": next_cursor is not None,
            "next_cursor": next_cursor,
            "url": "/v1/connect/payment_intents",
        }
    )


def problem(
    status: int,
    code: str,
    error_type: str = "api_error",
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> Answer:
    document = {
        "type": f"https://docs.molam.com/problems/{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": None,
        "error_type": error_type,
        "code": code,
        "request_id": "req_problem",
    }
    return json_answer(document | members, status, headers)


def in_flight(headers: Mapping[str, str] | None = None) -> Answer:
    return problem(409, "idempotency_in_flight", "conflict_error", headers)


def own_answer(request: RecordedRequest) -> Answer:
    """Answers a create with the id from its own metadata, a retrieve with the id from its path."""
    if request.method == "POST":
        body = json.loads(request.body)
        return created(f"pi_{body['metadata']['order']}")
    return retrieved(request.target.rpartition("/")[2])
