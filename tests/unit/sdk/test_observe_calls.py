"""The hook `call`, what hooks write on events, and hooks of every client in the process."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from molam_sdk import CallEvent, ConfigurationError, MolamAsyncClient, RequestEvent, errors, hooks
from tests.unit.sdk.scripted import API_KEY, Script, answered, driving, refused

CALL = ("create_payment_intent", "POST", "/v1/connect/payment_intents")


def test_the_end_of_a_call_is_told_once(kind: str) -> None:
    told: list[CallEvent] = []
    script = Script(refused(503), answered(), refused(402, "card_declined"), httpx.ReadError("torn"))
    with driving(kind, script, event_hooks={"call": told.append}) as driver:
        driver.create(idempotency_key="order-1")
        driver.fail(errors.DeclinedError, idempotency_key="order-2")
        driver.with_options(max_retries=0).fail(errors.NetworkError, idempotency_key="order-3")
    assert told == [
        CallEvent(*CALL, 2, 201, "succeeded", None, None, told[0].elapsed, "order-1"),
        CallEvent(*CALL, 1, 402, "rejected", "DeclinedError", "card_declined", 0.0, "order-2"),
        CallEvent(*CALL, 1, None, "unknown", "NetworkError", None, 0.0, "order-3"),
    ]
    assert told[0].elapsed == pytest.approx(0.3)


def test_a_call_that_was_never_sent_is_told(kind: str) -> None:
    told: list[CallEvent] = []
    with driving(kind, Script(refused(503)), max_retries=0, event_hooks={"call": told.append}) as driver:
        for _ in range(10):
            driver.fail(errors.ServerError)
        driver.fail(errors.CircuitOpenError)
    assert (told[-1].attempts, told[-1].outcome, told[-1].error) == (0, "not_sent", "CircuitOpenError")


def test_an_answer_that_cannot_be_read_is_no_success(kind: str) -> None:
    told: list[CallEvent] = []
    unreadable = answered(201, {"id": "pi_1"})
    with driving(kind, Script(unreadable), event_hooks={"call": told.append}) as driver:
        driver.fail(errors.UnexpectedResponseError)
    (event,) = told
    assert (event.status_code, event.outcome, event.error) == (201, "unknown", "UnexpectedResponseError")


def test_a_cancelled_call_is_told() -> None:
    told: list[CallEvent] = []
    running = asyncio.Event()

    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            running.set()
            await asyncio.Event().wait()
            raise AssertionError

    async def cancel() -> None:
        async with MolamAsyncClient(
            api_key=API_KEY, api_base="http://127.0.0.1:1", transport=Silent(), event_hooks={"call": told.append}
        ) as client:
            call = asyncio.create_task(client.payment_intents.create(amount=1, currency="XOF"))
            await running.wait()
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)

    asyncio.run(cancel())
    (event,) = told
    assert (event.attempts, event.outcome, event.error) == (1, "unknown", "CancelledError")


def test_what_a_hook_keeps_is_there_in_the_later_events_of_the_call_only(kind: str) -> None:
    seen: list[int] = []

    def count(event: Any) -> None:
        event.state["seen"] = event.state.get("seen", 0) + 1
        seen.append(event.state["seen"])

    names = ("request", "response", "retry", "call")
    with driving(kind, Script(refused(503), answered()), event_hooks=dict.fromkeys(names, count)) as driver:
        driver.create()
        driver.create()
    assert seen == [1, 2, 3, 4, 5, 6, 1, 2, 3]


def test_a_hook_adds_headers_to_an_attempt_and_cannot_change_ours(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    def add(event: RequestEvent) -> None:
        event.headers["Traceparent"] = f"00-{event.attempt}"
        event.headers["Idempotency-Key"] = "another"
        event.headers["x-lines"] = "a\r\nb"
        event.headers["User-Agent"] = "another"

    with driving(kind, script := Script(refused(503), answered()), event_hooks={"request": add}) as driver:
        driver.create(idempotency_key="order-1")
    assert [request.headers["traceparent"] for request in script.requests] == ["00-1", "00-2"]
    assert {request.headers["idempotency-key"] for request in script.requests} == {"order-1"}
    assert all("x-lines" not in request.headers for request in script.requests)
    assert all(request.headers.get_list("user-agent")[0].startswith("molam") for request in script.requests)
    assert "left out: the SDK sets the header idempotency-key itself" in caplog.text


def test_hooks_of_the_process_hear_every_client_until_they_stop(kind: str) -> None:
    told: list[str] = []

    def own(_: CallEvent) -> None:
        told.append("own")

    def ended(_: CallEvent) -> None:
        told.append("all")

    def sending(_: RequestEvent) -> None:
        told.append("request")

    with driving(kind, Script(answered()), event_hooks={"call": own}) as driver:
        stop = hooks.listen({"call": ended, "request": [sending]})
        try:
            driver.create()
        finally:
            stop()
            stop()
        driver.create()
    assert told == ["request", "own", "all", "own"]


def test_hooks_of_the_process_are_plain_functions() -> None:
    async def waits(_: object) -> None: ...

    with pytest.raises(ConfigurationError, match="must be `def`"):
        hooks.listen({"call": waits})
    with pytest.raises(ConfigurationError, match="call, circuit"):
        hooks.listen({"end": print})
