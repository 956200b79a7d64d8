"""Hooks and log records: what they are told, and that they can never change a call."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from typing import Any

import httpx
import pytest

from molam_sdk import MolamClient, RequestEvent, ResponseEvent, RetryEvent, errors
from tests.unit.sdk.scripted import Script, answered, driving, refused

INTENT = answered().json()["id"]


class Told:
    """Hooks that remember, and the clock at which they were called."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.hooks = dict.fromkeys(("request", "response", "retry"), self.events.append)

    @property
    def kinds(self) -> list[str]:
        return [type(event).__name__.removesuffix("Event").lower() for event in self.events]


def test_hooks_are_told_of_every_attempt_in_order(kind: str) -> None:
    told = Told()
    script = Script(httpx.ReadError("torn"), refused(503, Request_Id="req_5"), answered(Request_Id="req_6"))
    with driving(kind, script, event_hooks=told.hooks) as driver:
        driver.create(idempotency_key="order-1")
    assert told.kinds == ["request", "response", "retry", "request", "response", "retry", "request", "response"]
    request, lost, retry, *_, refusal, second_retry, _last_request, response = told.events
    assert request == RequestEvent(
        "create_payment_intent",
        "POST",
        "/v1/connect/payment_intents",
        1,
        script.requests[0].headers["Molam-Attempt-Id"],
        "order-1",
        "http://127.0.0.1:1",
    )
    assert lost == ResponseEvent("create_payment_intent", 1, None, "headers", None, 0.0, "order-1")
    assert retry == RetryEvent("create_payment_intent", 2, retry.delay, "headers", "order-1")
    assert refusal == ResponseEvent("create_payment_intent", 2, 503, None, "req_5", 0.0, "order-1")
    assert second_retry == RetryEvent("create_payment_intent", 3, second_retry.delay, "503", "order-1")
    assert [retry.delay, second_retry.delay] == pytest.approx([0.3, 0.6])
    assert response == ResponseEvent("create_payment_intent", 3, 201, None, "req_6", 0.0, "order-1")


def test_a_retry_is_told_before_the_wait(kind: str) -> None:
    moments: list[float] = []
    with driving(kind, script := Script(refused(503), answered())) as driver:

        def remember(_: object) -> None:
            moments.append(driver.clock.now)

        driver.with_options(event_hooks={"request": remember, "retry": remember}).create()
    assert len(script.requests) == 2
    assert [moment - moments[0] for moment in moments] == pytest.approx([0.0, 0.0, 0.3])


def test_a_disbelieved_answer_and_a_key_in_flight_are_reasons(kind: str) -> None:
    told = Told()
    script = Script(answered(Molam_Attempt_Id="stale"), refused(409, "idempotency_in_flight"), answered())
    with driving(kind, script, event_hooks={"retry": told.events.append}) as driver:
        driver.create()
    assert [event.reason for event in told.events] == ["disbelieved", "409"]


def test_the_path_is_told_without_its_ids(kind: str) -> None:
    told = Told()
    with driving(kind, Script(answered(200)), event_hooks=told.hooks) as driver:
        driver.call("payment_intents.retrieve", INTENT)
    assert told.events[0].path == "/v1/connect/payment_intents/{payment_intent_id}"
    assert told.events[0].idempotency_key is None
    assert INTENT not in repr(told.events)


def test_elapsed_is_the_time_of_the_attempt(kind: str) -> None:
    told = Told()
    with driving(kind, script := Script(answered()), event_hooks=told.hooks) as driver:

        def slowly(_: httpx.Request) -> httpx.Response:
            driver.clock.now += 2.5
            return answered()

        script.answers[:] = [slowly]
        driver.create()
    assert told.events[1].elapsed == 2.5


def explode(_: object) -> None:
    raise ZeroDivisionError("the hook is broken")


def test_several_hooks_are_called_in_order(kind: str) -> None:
    first, second = Told(), Told()
    with driving(kind, Script(answered()), event_hooks={"request": [first.events.append, explode]}) as driver:
        driver.with_options(event_hooks={"request": (first.hooks["request"], second.hooks["request"])}).create()
    assert first.events == second.events != []


def test_a_hook_that_raises_changes_nothing_and_is_logged(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    told = Told()
    hooks = {name: (explode, hook) for name, hook in told.hooks.items()}
    with driving(kind, Script(refused(503), answered()), event_hooks=hooks) as driver:
        assert driver.create().id == INTENT
    assert told.kinds == ["request", "response", "retry", "request", "response"]
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.getMessage() for record in warnings] == [f"an event hook ({name}) raised" for name in told.kinds]
    assert all(record.exc_info for record in warnings)


def test_the_asynchronous_client_awaits_its_hooks() -> None:
    told: list[object] = []

    async def remember(event: object) -> None:
        await asyncio.sleep(0)
        told.append(event)

    with driving("async", Script(answered()), event_hooks={"request": remember, "response": remember}) as driver:
        driver.create()
    assert [type(event) for event in told] == [RequestEvent, ResponseEvent]


def test_an_awaited_hook_that_raises_changes_nothing_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def explode_later(_: object) -> None:
        raise ZeroDivisionError("the hook is broken")

    with driving("async", Script(answered()), event_hooks={"response": explode_later}) as driver:
        assert driver.create().id == INTENT
    assert "an event hook (response) raised" in caplog.text


def test_a_hook_that_awaited_something_cancelled_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def wait_for_what_is_cancelled(_: object) -> None:
        other = asyncio.ensure_future(asyncio.sleep(60))
        other.cancel()
        await other

    with driving("async", Script(answered()), event_hooks={"response": wait_for_what_is_cancelled}) as driver:
        assert driver.create().id == INTENT
    assert "an event hook (response) raised" in caplog.text


def test_a_cancellation_of_the_call_within_a_hook_is_one() -> None:
    async def cancel_it(_: object) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(60)

    hooks = {"response": cancel_it}
    with driving("async", Script(answered()), event_hooks=hooks) as driver, pytest.raises(asyncio.CancelledError):
        driver.create()


def test_a_log_that_cannot_be_written_changes_nothing(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: logging.LogRecord) -> bool:
        raise KeyError("a field that this filter wants")

    caplog.set_level(logging.DEBUG, "molam_sdk")
    logger = logging.getLogger("molam_sdk")
    logger.addFilter(broken)
    try:
        with driving(kind, Script(refused(503), answered())) as driver:
            assert driver.create().id == INTENT
    finally:
        logger.removeFilter(broken)


def test_a_coroutine_function_as_a_hook_of_the_synchronous_client_is_refused() -> None:
    async def remember(event: object) -> None: ...

    hooks: Any = {"retry": [print, remember]}
    with pytest.raises(errors.ConfigurationError, match="needs MolamAsyncClient"):
        MolamClient(api_key="sk_test_1", event_hooks=hooks)
    with MolamClient(api_key="sk_test_1") as client, pytest.raises(errors.ConfigurationError, match="event_hooks"):
        client.with_options(event_hooks=hooks)


def test_a_coroutine_that_a_hook_of_the_synchronous_client_returns_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    ran: list[object] = []

    async def remember(event: object) -> None:
        ran.append(event)

    def forward(event: object) -> object:
        return remember(event)

    with driving("sync", Script(answered()), event_hooks={"request": forward}) as driver:
        assert driver.create().id == INTENT
    assert (ran, "needs MolamAsyncClient" in caplog.text) == ([], True)


def test_another_awaitable_as_a_hook_of_the_synchronous_client_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Promise:
        def __await__(self) -> Any:
            raise AssertionError("nobody awaits here")

    def promise(_: object) -> Promise:
        return Promise()

    with driving("sync", Script(answered()), event_hooks={"request": promise}) as driver:
        assert driver.create().id == INTENT
    assert "needs MolamAsyncClient" in caplog.text


def test_an_interrupt_in_a_hook_ends_the_call(kind: str) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    script = Script(answered())
    with driving(kind, script, event_hooks={"request": interrupt}) as driver, pytest.raises(KeyboardInterrupt):
        driver.create()
    assert script.requests == []


def test_events_cannot_be_changed(kind: str) -> None:
    refusals: list[object] = []

    def change(event: Any) -> None:
        try:
            event.attempt = 7
        except AttributeError as error:
            refusals.append(error)

    with driving(kind, Script(answered()), event_hooks={"request": change}) as driver:
        driver.create()
    assert len(refusals) == 1


def test_a_minted_key_is_logged_once_per_call(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "molam_sdk")
    with driving(kind, script := Script(refused(503), answered())) as driver:
        driver.create()
        minted = [record for record in caplog.records if "no idempotency_key given" in record.getMessage()]
        assert [record.__dict__["molam_idempotency_key"] for record in minted] == [script.sent("Idempotency-Key")[0]]
        assert minted[0].__dict__["molam_operation"] == "create_payment_intent"
        caplog.clear()
        driver.create(idempotency_key="order-1")
    assert "no idempotency_key given" not in caplog.text


def test_records_carry_their_facts_as_attributes(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "molam_sdk")
    with driving(kind, Script(refused(503, Request_Id="req_5"), answered(Request_Id="req_6"))) as driver:
        driver.create(idempotency_key="order-1")
    told = [(record.levelname, record.getMessage().partition(" ")[0]) for record in caplog.records]
    assert told == [
        ("DEBUG", "request"),
        ("DEBUG", "response"),
        ("INFO", "retry"),
        ("DEBUG", "request"),
        ("DEBUG", "response"),
    ]
    facts = caplog.records[-1].__dict__
    assert (facts["molam_operation"], facts["molam_attempt"], facts["molam_status_code"]) == (
        "create_payment_intent",
        2,
        201,
    )
    assert (facts["molam_request_id"], facts["molam_idempotency_key"]) == ("req_6", "order-1")
    assert caplog.records[2].getMessage() == (
        "retry operation=create_payment_intent attempt=2 delay=0.3 reason=503 idempotency_key=order-1"
    )


def test_a_request_id_cannot_forge_a_record(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "molam_sdk")

    class Adapter:
        def send(self, *_: object, **__: object) -> tuple[int, str, dict[str, str]]:
            return 201, answered().text, {"Request-Id": "req_1 status_code=200 \u00e9"}

    with driving(kind, http_adapter=Adapter()) as driver:
        driver.create()
    assert "request_id" not in caplog.records[-1].getMessage()


def test_nothing_is_logged_unless_asked_for(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with driving(kind, Script(refused(503), answered())) as driver:
        driver.create()
    assert caplog.records == []


@pytest.mark.parametrize(
    ("level", "lines"),
    [
        ("debug", ["INFO", "DEBUG", "DEBUG"]),
        ("INFO", ["INFO"]),
        ("warning", []),
        ("", []),
        ("loud", []),
        ("NOTSET", []),
    ],
)
def test_molam_log_shows_the_log(level: str, lines: list[str]) -> None:
    program = """
import httpx, sys
from molam_sdk import MolamClient
from tests.unit.sdk.scripted import API_KEY, Script, answered
for _ in range(2):
    client = MolamClient(api_key=API_KEY, transport=Script(answered()))
client.payment_intents.create(amount=2500, currency="USD")
"""
    environment = os.environ | {"PYTHONPATH": ":".join(sys.path), "MOLAM_LOG": level}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert [line.split()[3] for line in done.stderr.splitlines()] == lines
    assert "molam_sdk" in done.stderr if lines else done.stderr == ""


def test_a_failing_call_is_told_too(kind: str) -> None:
    told = Told()
    with driving(kind, Script(refused(402, "card_declined")), event_hooks=told.hooks) as driver:
        driver.fail(errors.DeclinedError)
    assert (told.kinds, told.events[1].status_code) == (["request", "response"], 402)
