"""The life of a client: opened once, closed as often as one likes, and nothing stays behind."""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from molam_sdk import MolamAsyncClient, MolamClient, errors
from tests.faults.actions import Action, Answer, CloseUnanswered, Drip, Hold, Truncate, html_page
from tests.faults.conftest import API_KEY
from tests.faults.driver import Connect, assert_every_slot_works
from tests.faults.payloads import created
from tests.faults.server import FaultServer


def test_with_statements_close(server: FaultServer) -> None:
    server.otherwise = created()
    with MolamClient(api_key=API_KEY, api_base=server.url) as client:
        client.payment_intents.create(amount=1, currency="USD")
        server.wait_for_open_connections(1)
    server.wait_for_open_connections(0)

    async def use() -> None:
        async with MolamAsyncClient(api_key=API_KEY, api_base=server.url) as client:
            await client.payment_intents.create(amount=1, currency="USD")
            await asyncio.to_thread(server.wait_for_open_connections, 1)
        await asyncio.to_thread(server.wait_for_open_connections, 0)

    asyncio.run(use())


def test_closing_is_idempotent_and_a_closed_client_says_so(server: FaultServer) -> None:
    server.otherwise = created()
    client = MolamClient(api_key=API_KEY, api_base=server.url)
    client.payment_intents.create(amount=1, currency="USD")
    client.close()
    client.close()
    with pytest.raises(errors.ConfigurationError, match="closed"):
        client.payment_intents.create(amount=1, currency="USD")

    async def use() -> None:
        asynchronous = MolamAsyncClient(api_key=API_KEY, api_base=server.url)
        await asynchronous.payment_intents.create(amount=1, currency="USD")
        await asynchronous.aclose()
        await asynchronous.aclose()
        with pytest.raises(errors.ConfigurationError, match="closed"):
            await asynchronous.payment_intents.create(amount=1, currency="USD")

    asyncio.run(use())
    server.wait_for_open_connections(0)
    assert len(server.requests) == 2


def test_a_client_closed_on_one_loop_is_closed_on_every_other(server: FaultServer) -> None:
    server.otherwise = created()
    client = MolamAsyncClient(api_key=API_KEY, api_base=server.url)
    with asyncio.Runner() as first, asyncio.Runner() as second:
        for runner in (first, second):
            runner.run(client.payment_intents.create(amount=1, currency="USD"))
        first.run(client.aclose())
        with pytest.raises(errors.ConfigurationError, match="closed"):
            second.run(client.payment_intents.create(amount=1, currency="USD"))
    server.wait_for_open_connections(0)
    assert len(server.requests) == 2


def test_closing_an_unused_client() -> None:
    MolamClient(api_key=API_KEY).close()
    asyncio.run(MolamAsyncClient(api_key=API_KEY).aclose())


def test_a_forgotten_client_closes_its_connections(server: FaultServer) -> None:
    server.otherwise = created()
    client = MolamClient(api_key=API_KEY, api_base=server.url)
    client.payment_intents.create(amount=1, currency="USD")
    server.wait_for_open_connections(1)
    del client
    gc.collect()
    server.wait_for_open_connections(0)


def test_options_share_the_pool(connect: Connect, server: FaultServer) -> None:
    server.otherwise = created()
    driver = connect(server)
    driver.create()
    driver.with_options(timeout=2.0, max_retries=0).create()
    assert server.accepted == 1


@pytest.mark.parametrize(
    "fault",
    [
        Answer(500),
        html_page(502),
        Answer(201, b"{"),
        CloseUnanswered(),
        Truncate(created()),
        Drip(created(), 0.2),
        Answer(201, b"0" * 5000),
        Answer(307),
        Answer(201, keep_alive=False),
    ],
    ids=lambda fault: repr(fault)[:40],
)
def test_failures_leave_no_connection_in_use(connect: Connect, server: FaultServer, fault: Action) -> None:
    server.then(*[fault] * 6)
    driver = connect(server, max_connections=3, max_retries=0, max_response_bytes=4000, timeout=0.1)
    for _ in range(6):
        with pytest.raises(errors.MolamError):
            driver.create()
    assert_every_slot_works(driver.with_options(timeout=10), server, 3)
    driver.close()
    server.wait_for_open_connections(0)


def interrupt_when(condition: Callable[[], object]) -> threading.Thread:
    main = threading.main_thread().ident

    def interrupt() -> None:
        condition()
        assert main is not None
        signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    return thread


@pytest.fixture
def interrupts() -> Iterator[None]:
    """SIGINT raises KeyboardInterrupt, even if whoever started the tests ignores it, as shells in the background do."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals to a thread")
def test_an_interrupt_passes_unchanged_and_the_pool_stays_healthy(connect: Connect, server: FaultServer) -> None:
    driver = connect(server, max_connections=2)
    server.then(created())
    driver.create()
    for turn in range(4):
        server.then(Hold(threading.Event(), created()))
        expected = len(server.requests) + 1
        thread = interrupt_when(partial(server.wait_for_requests, expected))
        with pytest.raises(KeyboardInterrupt):
            driver.create()
        thread.join()
        assert len(server.requests) == turn + 2
    assert_every_slot_works(driver, server, 2)
