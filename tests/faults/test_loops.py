"""Event loops that end badly, or live on while a client is closed elsewhere, and TLS that outlasts their patience."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import weakref
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import pytest

from molam_sdk import MolamAsyncClient, errors
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
