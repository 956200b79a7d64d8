"""Calls that are cut short from outside: the exception passes unchanged, and nothing of the call stays behind."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from molam_sdk import MolamAsyncClient, errors
from molam_sdk._shared import process
from tests.unit.sdk.scripted import API_KEY, Script, answered, driving, refused

BASE = "http://127.0.0.1:1"


def opened_breaker() -> Any:
    breaker = process.breaker(BASE, mutating=True)
    for _ in range(10):
        breaker.failed(-100.0, probe=False)
    return breaker


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_ends_the_probe_and_keeps_its_pause(kind: str, interruption: type[BaseException]) -> None:
    breaker = opened_breaker()

    def interrupt(_: httpx.Request) -> httpx.Response:
        raise interruption

    script = Script(interrupt, answered())
    with driving(kind, script) as driver:
        with pytest.raises(interruption):
            driver.create()
        assert breaker.state == "open"
        with pytest.raises(errors.CircuitOpenError):
            driver.create()
        breaker._next_probe_at = -100.0
        driver.create()
        assert breaker.state == "closed"


class Hanging(Script):
    """Never answers the first request."""

    def __init__(self) -> None:
        super().__init__(answered())
        self.reached = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self.reached.is_set():
            self.reached.set()
            await asyncio.sleep(60)
        return self.handle_request(request)


def test_cancelling_an_attempt_ends_the_probe_and_keeps_its_pause() -> None:
    breaker = opened_breaker()

    async def cancel() -> None:
        script = Hanging()
        client = MolamAsyncClient(api_key=API_KEY, api_base=BASE, transport=script)
        call = asyncio.create_task(client.payment_intents.create(amount=1, currency="USD"))
        await script.reached.wait()
        assert breaker.state == "half_open"
        call.cancel("enough")
        with pytest.raises(asyncio.CancelledError, match="enough"):
            await call
        assert breaker.state == "open"
        with pytest.raises(errors.CircuitOpenError):
            await client.payment_intents.create(amount=1, currency="USD")
        breaker._next_probe_at = -100.0
        await client.payment_intents.create(amount=1, currency="USD")
        assert breaker.state == "closed"

    asyncio.run(cancel())


def test_cancelling_a_wait_between_attempts_ends_the_call() -> None:
    async def cancel() -> None:
        script = Script(refused(503, Retry_After="30"), answered())
        client = MolamAsyncClient(api_key=API_KEY, api_base=BASE, transport=script)
        call = asyncio.create_task(client.payment_intents.create(amount=1, currency="USD"))
        await asyncio.sleep(0.02)
        call.cancel("enough")
        with pytest.raises(asyncio.CancelledError, match="enough"):
            await call
        assert len(script.requests) == 1

    asyncio.run(cancel())


def test_a_timeout_of_the_callers_is_the_callers() -> None:
    async def give_up() -> None:
        client = MolamAsyncClient(api_key=API_KEY, api_base=BASE, transport=Hanging())
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.02):
                await client.payment_intents.create(amount=1, currency="USD")
        assert not isinstance(caught.value, errors.MolamError)

    asyncio.run(give_up())
