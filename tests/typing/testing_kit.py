"""What a type checker knows of the testing kit."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, assert_type

from molam_api.models import LedgerMovement
from molam_sdk import MolamAsyncClient, MolamClient, errors
from molam_sdk.testing import (
    Answer,
    ClockControl,
    FaultControl,
    LocalSandbox,
    MockAdapter,
    NoAnswer,
    Received,
    RecordingTransport,
    ReplayingTransport,
    ScriptedTransport,
    SentRequest,
    SignedWebhook,
    StandInError,
    WebhookMaker,
    answered,
    failing,
    guarded,
    refused,
)


def controls(clock: ClockControl, faults: FaultControl) -> None:
    assert_type(clock.advance(30), datetime)
    assert_type(clock.advance(timedelta(hours=1)), datetime)
    assert_type(clock.now, datetime)
    faults.lose_answer("create_refund", times=2)
    faults.delay(0.5)
    assert_type(faults.charged(), list[LedgerMovement])
    clock.advance("30")  # type: ignore[arg-type]


def stand_ins() -> None:
    assert_type(answered({"id": "pi_1"}, status=201), Answer)
    assert_type(refused(402, "card_declined", decline_code="expired_card"), Answer)
    assert_type(failing("lost"), NoAnswer)
    failing("late")  # type: ignore[arg-type]
    with ScriptedTransport(failing("dns"), lambda request: answered(request.path_values)) as script:
        assert_type(script, ScriptedTransport)
        assert_type(script.requests, list[SentRequest])
        assert_type(script.requests[0].idempotency_key, str | None)
    mock = MockAdapter({"retrieve_refund": {"status": "pending"}}).answer("create_refund", amount=1)
    assert_type(mock.once("create_refund", failing("lost")), MockAdapter)
    MolamClient(api_key="sk_test_x", http_adapter=mock)
    MolamAsyncClient(api_key="sk_test_x", transport=script)
    with ReplayingTransport("tape.json") as tape, guarded("*.example"):
        MolamClient(api_key="sk_test_x", transport=tape)
    MolamClient(api_key="sk_test_x", transport=RecordingTransport("tape.json"))


async def webhooks(made: WebhookMaker, application: Any) -> None:
    webhook = made.make("payment_intent.succeeded", {"amount": 1}, created_at=datetime.now(UTC))
    assert_type(webhook, SignedWebhook)
    assert_type(webhook.event, dict[str, Any])
    assert_type(webhook.send(application, "/hook"), Received)
    assert_type(await webhook.asend("http://127.0.0.1/hook"), Received)
    assert_type(made.disordered("refund.created", "refund.updated"), list[SignedWebhook])


def sandbox() -> str:
    try:
        with LocalSandbox(webhook_secret="whsec_x") as running:
            return running.url
    except StandInError as error:
        assert_type(error.message, str)
        raise
    except errors.CallBlockedError as error:
        return error.message
