"""Event loops that end badly, or live on while a client is closed elsewhere, and TLS that outlasts their patience."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import weakref
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any, Literal

import pytest

from molam_sdk import MolamAsyncClient, errors
from molam_sdk._network.async_home import ByLoop, Home, forget
from tests.faults.actions import Hold
from tests.faults.conftest import API_KEY
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer
from tests.unit.sdk.proxy import Proxy

NewLoop = Callable[[], asyncio.AbstractEventLoop]

LOOPS: list[NewLoop] = [asyncio.new_event_loop]
if find_spec("uvloop") is not None:  # it is for CPython on other systems than Windows
    import uvloop

    LOOPS.append(uvloop.new_event_loop)


@pytest.fixture(params=LOOPS, ids=lambda make: make.__module__.partition(".")[0])
def new_loop(request: pytest.FixtureRequest) -> NewLoop:
    made: NewLoop = request.param
    return made


@pytest.fixture
def elsewhere(new_loop: NewLoop) -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that runs in a thread of its own."""
    loop = new_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


async def create(client: MolamAsyncClient) -> str:
    return (await client.payment_intents.create(amount=2500, currency="USD")).id


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # of the loops, which nobody has closed properly
@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
def test_loops_that_nobody_shut_down_leave_nothing_open(server: FaultServer, new_loop: NewLoop) -> None:
    server.otherwise = created()
    client = MolamAsyncClient(api_key=API_KEY, api_base=server.url)
    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []
    for _ in range(5):
        loop = new_loop()
        loops.append(weakref.ref(loop))
        assert loop.run_until_complete(create(client)) == INTENT_ID
        loop.close()
        del loop
        server.wait_for_open_connections(new_loop is asyncio.new_event_loop)  # uvloop closes what is left open
    asyncio.run(client.aclose())
    server.wait_for_open_connections(0)
    gc.collect()
    assert [loop() for loop in loops] == [None] * 5


def test_closing_reaches_what_idles_on_other_loops(server: FaultServer, elsewhere: asyncio.AbstractEventLoop) -> None:
    release = threading.Event()
    server.then(created(), Hold(release, created()))
    client = MolamAsyncClient(api_key=API_KEY, api_base=server.url, max_connections=2)

    async def both() -> list[str]:
        return [*await asyncio.gather(create(client), create(client))]

    calls = asyncio.run_coroutine_threadsafe(both(), elsewhere)
    server.wait_for_requests(2)
    server.wait_for_open_connections(2)
    asyncio.run(client.aclose())
    server.wait_for_open_connections(1)
    release.set()
    assert calls.result(5) == [INTENT_ID] * 2
    server.wait_for_open_connections(0)


@pytest.mark.parametrize("way", ["direct", "tunnel"])
def test_a_loop_that_is_less_patient_than_the_call_does_not_end_it(
    new_loop: NewLoop, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asyncio.constants.SSL_HANDSHAKE_TIMEOUT", 0.05)

    async def call(url: str, proxy: str | None) -> errors.MolamError:
        async with MolamAsyncClient(api_key=API_KEY, api_base=url, proxy=proxy, max_retries=0, deadline=0.4) as client:
            with pytest.raises(errors.TimeoutError) as caught:
                await create(client)
            return caught.value

    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        Proxy() as proxy,
        asyncio.Runner(loop_factory=new_loop) as runner,
    ):
        url = f"https://127.0.0.1:{mute.getsockname()[1]}"
        error = runner.run(call(url, f"http://{proxy.address}" if way == "tunnel" else None))
    assert (getattr(error, "phase", None), error.outcome) == ("tls", "not_sent")


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # of the loops, which nobody has closed properly
@pytest.mark.parametrize("wire", ["molam", "httpx"])
def test_a_client_that_is_dropped_lets_go_of_loops_that_closed_before(
    server: FaultServer, new_loop: NewLoop, wire: Literal["molam", "httpx"], monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[object] = []

    def fail(unraisable: Any) -> None:
        failures.append(unraisable.exc_value)

    monkeypatch.setattr("sys.unraisablehook", fail)
    server.otherwise = created()
    client = MolamAsyncClient(api_key=API_KEY, api_base=server.url, wire=wire)
    loops = [new_loop() for _ in range(3)]
    assert [loop.run_until_complete(create(client)) for loop in loops] == [INTENT_ID] * 3
    left = [weakref.ref(loop) for loop in loops]
    while loops:
        loops.pop().close()
    del client
    for _ in range(3):  # what has a finalizer goes later than what had it
        gc.collect()
    assert ([loop() for loop in left], failures) == ([None] * 3, [])
    server.wait_for_open_connections(0)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("end", ["closed", "used on"])
def test_the_transports_of_httpx_keep_no_loop_that_closed(server: FaultServer, new_loop: NewLoop, end: str) -> None:
    server.otherwise = created()
    client = MolamAsyncClient(api_key=API_KEY, api_base=server.url, wire="httpx")
    loop = new_loop()
    left = weakref.ref(loop)
    assert loop.run_until_complete(create(client)) == INTENT_ID
    loop.close()
    del loop
    asyncio.run(client.aclose()) if end == "closed" else asyncio.run(create(client))
    gc.collect()
    assert left() is None
    server.wait_for_open_connections(0)


def test_what_one_loop_refuses_does_not_keep_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[asyncio.AbstractEventLoop] = []

    def refuse(_: Home, loop: asyncio.AbstractEventLoop) -> None:
        told.append(loop)
        raise OSError("no more descriptors")

    monkeypatch.setattr(Home, "forget", refuse)
    homes, loops = ByLoop(), [asyncio.new_event_loop() for _ in range(3)]
    for loop in loops:
        homes[loop] = Home()
    with pytest.raises(OSError, match="no more"):
        forget(homes)
    for loop in loops:
        loop.close()
    assert set(told) == set(loops)
