"""The hook `circuit`: every change of a breaker is told once, by the client whose call caused it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from molam_sdk import CircuitEvent, MolamAsyncClient, RetryEvent, errors
from molam_sdk._shared import process
from tests.unit.sdk.scripted import API_KEY, Driver, Script, answered, driving, refused

BASE = "http://127.0.0.1:1"


def fail_ten_times(driver: Driver) -> None:
    for _ in range(10):
        driver.fail(errors.ServerError)


def test_every_change_is_told_once_in_order(kind: str) -> None:
    told: list[CircuitEvent] = []
    script = Script(*[refused(503)] * 11, answered())
    with driving(kind, script, max_retries=0, event_hooks={"circuit": told.append}) as driver:
        fail_ten_times(driver)
        error = driver.fail(errors.CircuitOpenError)
        driver.clock.now += 5.0
        driver.fail(errors.ServerError)
        driver.clock.now += 5.0
        driver.create()
        driver.create()
    assert [(event.previous, event.state) for event in told] == [
        ("closed", "open"),
        ("open", "half_open"),
        ("half_open", "open"),
        ("open", "half_open"),
        ("half_open", "closed"),
    ]
    assert {(event.region, event.operations) for event in told} == {(error.region, "write")} == {(BASE, "write")}
    waits = [event.retry_after for event in told]
    assert waits[4] is None
    assert all(wait is not None and 4.0 <= wait <= 5.0 for wait in waits[:4])
    assert error.retry_after == waits[0] == 5.0


def test_only_the_client_that_caused_it_is_told(kind: str) -> None:
    told: list[CircuitEvent] = []
    others: list[CircuitEvent] = []
    with (
        driving(kind, Script(refused(503)), max_retries=0, event_hooks={"circuit": told.append}) as driver,
        driving(kind, Script(answered()), event_hooks={"circuit": others.append}) as other,
    ):
        fail_ten_times(driver)
        other.fail(errors.CircuitOpenError)
    assert ([event.state for event in told], others) == (["open"], [])


def test_it_is_told_before_the_wait_for_another_region(kind: str) -> None:
    told: list[str] = []

    def changed(event: CircuitEvent) -> None:
        told.append(event.state)

    def retrying(_: RetryEvent) -> None:
        told.append("retry")

    regions = {"eu": BASE, "us": "http://127.0.0.1:2"}
    breaker = process.breaker(BASE, mutating=False)
    for _ in range(9):
        breaker.failed(0.0, probe=0)
    script = Script(httpx.ConnectError("refused"), answered())
    options: dict[str, Any] = {"api_base": None, "regions": regions, "region": "eu", "fallback_regions": ("us",)}
    with driving(kind, script, **options) as driver:
        driver.with_options(event_hooks={"circuit": changed, "retry": retrying}).call(
            "payment_intents.retrieve", answered().json()["id"]
        )
    assert told == ["open", "retry"]


def raising(event: CircuitEvent) -> None:
    raise RuntimeError(event.state)


async def raising_later(event: CircuitEvent) -> None:
    raise RuntimeError(event.state)


def test_a_hook_that_raises_changes_nothing(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    hook: Callable[[CircuitEvent], Awaitable[None] | None] = raising if kind == "sync" else raising_later
    with driving(kind, Script(refused(503)), max_retries=0, event_hooks={"circuit": hook}) as driver:
        fail_ten_times(driver)
        driver.fail(errors.CircuitOpenError)
    assert [record.message for record in caplog.records if record.exc_info] == ["an event hook (circuit) raised"]


def test_a_breaker_that_opens_is_a_warning_in_the_log(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with driving(kind, Script(*[refused(503)] * 10, answered()), max_retries=0) as driver, caplog.at_level("INFO"):
        fail_ten_times(driver)
        driver.clock.now += 5.0
        driver.create()
    lines = [(r.levelno, r.message.split(" retry_after")[0]) for r in caplog.records if r.message.startswith("circuit")]
    assert lines == [
        (logging.WARNING, f"circuit region={BASE} operations=write state=open previous=closed"),
        (logging.INFO, f"circuit region={BASE} operations=write state=half_open previous=open"),
        (logging.INFO, f"circuit region={BASE} operations=write state=closed previous=half_open"),
    ]


class Hanging(httpx.AsyncBaseTransport):
    """Never answers."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.reached.set()
        await asyncio.Event().wait()
        raise AssertionError


def opened() -> None:
    breaker = process.breaker(BASE, mutating=True)
    for _ in range(10):
        breaker.failed(-100.0, probe=0)


def test_a_canceled_probe_is_told_and_its_hook_awaited() -> None:
    opened()
    told: list[str] = []

    async def hook(event: CircuitEvent) -> None:
        await asyncio.sleep(0)
        told.append(event.state)

    async def cancel() -> None:
        transport = Hanging()
        client = MolamAsyncClient(api_key=API_KEY, api_base=BASE, transport=transport, event_hooks={"circuit": hook})
        call = asyncio.create_task(client.payment_intents.create(amount=1, currency="USD"))
        await transport.reached.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    asyncio.run(cancel())
    assert told == ["half_open", "open"]


def test_a_call_that_is_closed_runs_no_coroutines_any_more(caplog: pytest.LogCaptureFixture) -> None:
    opened()
    told: list[str] = []

    async def hook(event: CircuitEvent) -> None:
        told.append(event.state)

    async def close() -> None:
        client = MolamAsyncClient(api_key=API_KEY, api_base=BASE, transport=Hanging(), event_hooks={"circuit": hook})
        call = client.payment_intents.create(amount=1, currency="USD")
        call.send(None)
        call.close()

    asyncio.run(close())
    assert told == ["half_open"]
    assert "an event hook (circuit) was not run: the call was closed, not canceled" in caplog.messages
