"""A client that is closed while calls are under way: what waits ends, and nothing is opened or sent any more."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from molam_sdk import MolamAsyncClient, MolamClient, errors
from tests.faults.actions import Hold
from tests.faults.conftest import API_KEY
from tests.faults.names import silent_listener
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer
from tests.unit.sdk.test_slots import line_of

OPTIONS: dict[str, Any] = {"api_key": API_KEY, "max_connections": 1, "deadline": 20}


def refused(error: BaseException) -> bool:
    return isinstance(error, errors.ConfigurationError) and error.outcome == "not_sent"


def test_threads_that_wait_for_a_connection_end(server: FaultServer) -> None:
    release = threading.Event()
    server.then(Hold(release, created()))
    client = MolamClient(api_base=server.url, **OPTIONS)

    def pay(order: str) -> str:
        return client.payment_intents.create(amount=1, currency="USD", idempotency_key=order).id

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(pay, "first")
        server.wait_for_requests(1)
        region = next(iter(inside(client)._home.own().values()))
        line = line_of(region.slots)
        waiting = [pool.submit(pay, f"late-{number}") for number in range(3)]
        line.wait_for(3)
        client.close()
        assert [refused(call.exception(1) or ValueError()) for call in waiting] == [True] * 3
        release.set()
        assert first.result(5) == INTENT_ID
    server.wait_for_open_connections(0)
    assert [request.idempotency_key for request in server.requests] == ["first"]


def inside(client: MolamClient | MolamAsyncClient) -> Any:
    """The wire of a client."""
    return cast(Any, client)._wire


async def as_far_as_it_goes() -> None:
    """Let each task run until it waits for something from outside of the event loop."""
    for _ in range(5):
        await asyncio.sleep(0)


def loops() -> list[Any]:
    try:
        import uvloop
    except ImportError:
        return [asyncio.new_event_loop]
    return [asyncio.new_event_loop, uvloop.new_event_loop]


@pytest.fixture(params=loops(), ids=lambda make: str(make.__module__).partition(".")[0])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, None]], None]:
    """Runs on an event loop of each kind."""

    def run_on(work: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(work)

    return run_on


Run = Callable[[Coroutine[Any, Any, None]], None]


def test_tasks_that_wait_for_a_connection_end(server: FaultServer, run: Run) -> None:
    release = threading.Event()
    server.then(Hold(release, created()))

    async def scenario() -> None:
        client = MolamAsyncClient(api_base=server.url, **OPTIONS)

        def pay(order: str) -> asyncio.Task[Any]:
            work = client.payment_intents.create(amount=1, currency="USD", idempotency_key=order)
            return asyncio.ensure_future(work)

        first = pay("first")
        await asyncio.to_thread(server.wait_for_requests, 1)
        waiting = [pay(f"late-{number}") for number in range(3)]
        await as_far_as_it_goes()
        assert len(inside(client)._homes.find(server.url).slots._waiting) == 3
        await client.aclose()
        ends = await asyncio.wait_for(asyncio.gather(first, *waiting, return_exceptions=True), 1)
        assert [refused(end) for end in ends] == [False, True, True, True]
        assert isinstance(ends[0], errors.NetworkError)
        assert (ends[0].outcome, ends[0].idempotency_key) == ("unknown", "first")

    run(scenario())
    release.set()
    server.wait_for_open_connections(0)
    assert [request.idempotency_key for request in server.requests] == ["first"]
    assert server.accepted == 1


def test_a_connection_that_is_being_opened_is_given_up(run: Run) -> None:
    port = free_port()
    with silent_listener("127.0.0.1", port):

        async def scenario() -> None:
            client = MolamAsyncClient(api_base=f"http://127.0.0.1:{port}", **OPTIONS)
            call = asyncio.ensure_future(client.balance.retrieve())
            await as_far_as_it_goes()
            assert len(inside(client)._homes.find(f"http://127.0.0.1:{port}")._opening) == 1
            begun = time.monotonic()
            await client.aclose()
            with pytest.raises(errors.ConfigurationError, match="closed"):
                await call
            assert time.monotonic() - begun < 1

        run(scenario())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_cancelled_calls_open_no_more_connections_than_allowed(run: Run) -> None:
    port = free_port()
    with silent_listener("127.0.0.1", port):

        async def scenario() -> None:
            changed: dict[str, Any] = {"max_connections": 3}
            client = MolamAsyncClient(api_base=f"http://127.0.0.1:{port}", **(OPTIONS | changed))
            for _ in range(5):
                calls = [asyncio.ensure_future(client.balance.retrieve()) for _ in range(10)]
                await as_far_as_it_goes()
                assert [call.cancel() for call in calls] == [True] * 10
                ends = await asyncio.gather(*calls, return_exceptions=True)
                assert {type(end) for end in ends} == {asyncio.CancelledError}
            region = inside(client)._homes.find(f"http://127.0.0.1:{port}")
            assert region is not None
            assert len(region._opening) == 3
            begun = time.monotonic()
            await client.aclose()
            assert time.monotonic() - begun < 1

        run(scenario())


def test_what_a_cancelled_call_opened_is_for_the_next(server: FaultServer, run: Run) -> None:
    server.otherwise = created()

    async def scenario() -> None:
        async with MolamAsyncClient(api_base=server.url, **OPTIONS) as client:

            def pay() -> asyncio.Task[Any]:
                return asyncio.ensure_future(client.payment_intents.create(amount=1, currency="USD"))

            first = pay()
            for _ in range(2):  # not as far as it goes: nothing is open yet
                await asyncio.sleep(0)
            region = inside(client)._homes.find(server.url)
            assert region is not None
            assert region._opening
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            assert (await pay()).id == INTENT_ID

    run(scenario())
    assert server.accepted == 1


def test_a_first_call_that_comes_as_its_client_closes_opens_nothing(server: FaultServer) -> None:
    client = MolamClient(api_base=server.url, **OPTIONS)
    wire = inside(client)
    opened = wire._home.open

    def open_late(*args: Any) -> Any:
        client.close()
        return opened(*args)

    wire._home.open = open_late
    with pytest.raises(errors.ConfigurationError, match="closed"):
        client.payment_intents.create(amount=1, currency="USD")

    async def scenario() -> None:
        aclient = MolamAsyncClient(api_base=server.url, **OPTIONS)
        awire = inside(aclient)
        awire._homes.is_closed = True
        region = awire._homes.open("x", None)
        with pytest.raises(errors.ConfigurationError, match="closed"):
            await region.slots.take(time.monotonic() + 1)
        await aclient.aclose()

    asyncio.run(scenario())
    assert server.accepted == 0
