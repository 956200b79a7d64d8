"""`region="auto"` under many threads, tasks and processes: the account is asked once, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from molam_sdk import MolamAsyncClient, MolamClient, errors
from tests.unit.sdk.scripted import Script, answered
from tests.unit.sdk.spec_examples import example_answer

OPTIONS: dict[str, Any] = {"api_key": "sk_live_abc", "region": "auto", "require_attempt_id": False}


def by_path(request: httpx.Request) -> httpx.Response:
    return (
        httpx.Response(200, json=example_answer("retrieve_account")[1])
        if request.url.path == "/v1/account"
        else answered()
    )


def asked(script: Script) -> int:
    return [request.url.path for request in script.requests].count("/v1/account")


class Gate(Script):
    """Holds the answer about the account until the test lets it go."""

    def __init__(self) -> None:
        super().__init__(by_path)
        self.open = threading.Event()
        self.asked = threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/account":
            self.asked.set()
            assert self.open.wait(5)
        return super().handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/account":
            self.asked.set()
            await asyncio.to_thread(self.open.wait, 5)
        return super().handle_request(request)


def test_many_threads_ask_once() -> None:
    script = Gate()
    with MolamClient(transport=script, **OPTIONS) as client, ThreadPoolExecutor(16) as pool:
        calls = [pool.submit(client.payment_intents.create, amount=1, currency="USD") for _ in range(16)]
        assert script.asked.wait(5)
        script.open.set()
        assert len({call.result().id for call in calls}) == 1
    assert asked(script) == 1
    assert len(script.requests) == 17


def test_many_tasks_on_two_loops_ask_once() -> None:
    script = Gate()
    script.open.set()
    client = MolamAsyncClient(transport=script, **OPTIONS)

    async def together() -> None:
        await asyncio.gather(*(client.payment_intents.create(amount=1, currency="USD") for _ in range(16)))

    asyncio.run(together())
    asyncio.run(together())
    assert asked(script) == 1
    assert len(script.requests) == 33


def test_waiting_for_another_threads_question_ends_with_the_deadline() -> None:
    script = Gate()
    with MolamClient(transport=script, **OPTIONS) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.payment_intents.create, amount=1, currency="USD")
        assert script.asked.wait(5)
        with pytest.raises(errors.TimeoutError, match="before it was sent") as caught:
            client.with_options(deadline=0.05).payment_intents.create(amount=1, currency="USD", idempotency_key="k")
        assert (caught.value.outcome, caught.value.idempotency_key, caught.value.attempts) == ("not_sent", "k", 0)
        script.open.set()
        assert first.result().currency == "USD"


def test_waiting_for_another_tasks_question_ends_with_the_deadline() -> None:
    script = Gate()

    async def wait() -> errors.TimeoutError:
        client = MolamAsyncClient(transport=script, **OPTIONS)
        first = asyncio.create_task(client.payment_intents.create(amount=1, currency="USD"))
        await asyncio.to_thread(script.asked.wait, 5)
        with pytest.raises(errors.TimeoutError) as caught:
            await client.with_options(deadline=0.05).payment_intents.create(amount=1, currency="USD")
        script.open.set()
        await first
        return caught.value

    assert asyncio.run(wait()).outcome == "not_sent"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_does_not_wait_for_a_thread_of_its_parent() -> None:
    script = Gate()
    with MolamClient(transport=script, **OPTIONS) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.payment_intents.create, amount=1, currency="USD")
        assert script.asked.wait(5)
        child = os.fork()
        if not child:
            status = 1
            try:
                script.open.set()
                client.with_options(deadline=5).payment_intents.create(amount=1, currency="USD")
                status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        script.open.set()
        first.result()
