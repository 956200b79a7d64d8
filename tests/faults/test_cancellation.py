"""Cancelled calls of the async client: CancelledError passes unchanged, and no connection is lost by it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from molam_sdk import MolamAsyncClient
from tests.faults.actions import Action, Answer, Drip, Hold, Truncate
from tests.faults.conftest import API_KEY
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer

SLOTS = 3


@asynccontextmanager
async def client_of(server: FaultServer) -> AsyncGenerator[MolamAsyncClient, None]:
    async with MolamAsyncClient(
        api_key=API_KEY, api_base=server.url, max_connections=SLOTS, backoff_factor=0, deadline=20
    ) as client:
        yield client


async def create(client: MolamAsyncClient) -> str:
    return (await client.payment_intents.create(amount=2500, currency="USD")).id


async def cancel(task: asyncio.Task[str], message: str = "why") -> None:
    task.cancel(message)
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert caught.value.args == (message,)
    assert type(caught.value) is asyncio.CancelledError


async def assert_every_slot_works(client: MolamAsyncClient, server: FaultServer) -> None:
    release = threading.Event()
    before = len(server.requests)
    server.then(*[Hold(release, created())] * SLOTS)
    tasks = [asyncio.create_task(create(client)) for _ in range(SLOTS)]
    try:
        await asyncio.to_thread(server.wait_for_requests, before + SLOTS, 5)
    finally:
        release.set()
    assert await asyncio.gather(*tasks) == [INTENT_ID] * SLOTS


@pytest.mark.parametrize("warm", [False, True])
def test_cancelled_after_any_number_of_steps_of_the_loop(server: FaultServer, warm: bool) -> None:
    server.otherwise = created()

    async def scenario() -> None:
        async with client_of(server) as client:
            if warm:
                await asyncio.gather(*(create(client) for _ in range(SLOTS)))
            for steps in range(60):
                task = asyncio.create_task(create(client))
                for _ in range(steps):
                    await asyncio.sleep(0)
                if not task.done():
                    await cancel(task)
            await assert_every_slot_works(client, server)
        await asyncio.to_thread(server.wait_for_open_connections, 0)

    asyncio.run(scenario())


NEVER = threading.Event()


@pytest.mark.parametrize(
    "fault",
    [
        Hold(NEVER, created()),
        Drip(created(), 0.01, "headers"),
        Drip(created(), 0.01),
        Answer(503, b"", {"Retry-After": "10"}),
    ],
    ids=["before the answer", "in the headers", "in the body", "between attempts"],
)
def test_cancelled_while_waiting(server: FaultServer, fault: Action) -> None:
    async def scenario() -> None:
        async with client_of(server) as client:
            for turn in range(2 * SLOTS):
                server.then(fault)
                task = asyncio.create_task(create(client))
                await asyncio.to_thread(server.wait_for_requests, turn + 1)
                await asyncio.sleep(0.03)
                await cancel(task)
            await assert_every_slot_works(client, server)

    asyncio.run(scenario())


def test_cancelled_in_the_queue_for_a_connection(server: FaultServer) -> None:
    release = threading.Event()
    server.then(*[Hold(release, created())] * SLOTS)

    async def scenario() -> None:
        async with client_of(server) as client:
            running = [asyncio.create_task(create(client)) for _ in range(SLOTS)]
            await asyncio.to_thread(server.wait_for_requests, SLOTS)
            for steps in range(30):
                queued = asyncio.create_task(create(client))
                for _ in range(steps):
                    await asyncio.sleep(0)
                await cancel(queued)
            release.set()
            assert await asyncio.gather(*running) == [INTENT_ID] * SLOTS
            await assert_every_slot_works(client, server)

    asyncio.run(scenario())


def test_cancelled_just_as_a_connection_becomes_free(server: FaultServer) -> None:
    async def scenario() -> None:
        async with client_of(server) as client:
            for steps in range(25):
                release = threading.Event()
                before = len(server.requests)
                server.then(*[Hold(release, created())] * SLOTS)
                running = [asyncio.create_task(create(client)) for _ in range(SLOTS)]
                await asyncio.to_thread(server.wait_for_requests, before + SLOTS)
                queued = [asyncio.create_task(create(client)) for _ in range(SLOTS)]
                server.otherwise = created()
                await asyncio.sleep(0)
                release.set()
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for _ in range(steps):
                    await asyncio.sleep(0)
                for task in queued:
                    task.cancel()
                await asyncio.gather(*running, *queued, return_exceptions=True)
            await assert_every_slot_works(client, server)

    asyncio.run(scenario())


def test_cancelled_twice(server: FaultServer) -> None:
    async def scenario() -> None:
        async with client_of(server) as client:
            for turn in range(2 * SLOTS):
                server.then(Hold(NEVER, created()))
                task = asyncio.create_task(create(client))
                await asyncio.to_thread(server.wait_for_requests, turn + 1)
                task.cancel()
                await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            await assert_every_slot_works(client, server)

    asyncio.run(scenario())


def timeout_block(client: MolamAsyncClient) -> Awaitable[str]:
    async def call() -> str:
        async with asyncio.timeout(0.1):
            return await create(client)

    return call()


def wait_for(client: MolamAsyncClient) -> Awaitable[str]:
    return asyncio.wait_for(create(client), 0.1)


@pytest.mark.parametrize("limited", [timeout_block, wait_for])
def test_the_callers_own_timeout_is_the_callers(
    server: FaultServer, limited: Callable[[MolamAsyncClient], Awaitable[str]]
) -> None:
    server.then(Hold(NEVER, created()), Truncate(created()), created())

    async def scenario() -> None:
        async with client_of(server) as client:
            with pytest.raises(TimeoutError) as caught:
                await limited(client)
            assert type(caught.value) is TimeoutError
            assert await create(client) == INTENT_ID

    asyncio.run(scenario())
