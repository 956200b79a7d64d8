"""The asynchronous client on an event loop that is not asyncio's own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from molam_sdk import MolamAsyncClient, errors
from tests.faults.actions import CloseUnanswered, Drip, Hold
from tests.faults.certificates import make_authority
from tests.faults.conftest import API_KEY
from tests.faults.driver import AsyncDriver, assert_every_slot_works
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer

uvloop = pytest.importorskip("uvloop", reason="uvloop is for CPython on other systems than Windows")


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as running:
        yield running


def test_calls_are_made_repeated_and_bounded(server: FaultServer, runner: asyncio.Runner) -> None:
    server.then(created(), CloseUnanswered(), created())
    driver = AsyncDriver(MolamAsyncClient(api_key=API_KEY, api_base=server.url, deadline=2), runner)
    assert [driver.create().id for _ in range(2)] == [INTENT_ID] * 2
    assert server.accepted == 2
    server.then(Drip(created(), 0.02))
    with pytest.raises(errors.TimeoutError):
        driver.with_options(deadline=0.3).create()
    driver.close()
    server.wait_for_open_connections(0)


def test_a_cancelled_call_leaves_its_slot(server: FaultServer, runner: asyncio.Runner) -> None:
    driver = AsyncDriver(MolamAsyncClient(api_key=API_KEY, api_base=server.url, max_connections=2), runner)
    server.then(Hold(threading.Event(), created()))

    async def give_up() -> None:
        call = asyncio.ensure_future(driver.client.payment_intents.create(amount=1, currency="USD"))
        await asyncio.to_thread(server.wait_for_requests, 1)
        call.cancel("enough")
        with pytest.raises(asyncio.CancelledError) as caught:
            await call
        assert caught.value.args == ("enough",)

    runner.run(give_up())
    assert_every_slot_works(driver, server, 2)
    driver.close()


def test_calls_are_sealed(tmp_path: Path, runner: asyncio.Runner) -> None:
    authority = make_authority()
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(authority.pem)
    with FaultServer(otherwise=created(), tls=authority.server) as server:
        driver = AsyncDriver(MolamAsyncClient(api_key=API_KEY, api_base=server.url, ca_bundle=bundle), runner)
        assert [driver.create().id for _ in range(2)] == [INTENT_ID] * 2
        assert server.accepted == 1
        driver.close()
        stranger = AsyncDriver(MolamAsyncClient(api_key=API_KEY, api_base=server.url, max_retries=0), runner)
        with pytest.raises(errors.NetworkError) as caught:
            stranger.create()
        assert caught.value.phase == "tls"
        stranger.close()
