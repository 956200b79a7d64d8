"""A bench for each test."""

from collections.abc import AsyncIterator

import pytest

from molam_gateway.providers.mpesa import mpesa
from molam_gateway.providers.simulators.mpesa import MpesaSimulator
from tests.conformance.clock import HandClock
from tests.conformance.mailbox import Mailbox
from tests.conformance.pairs.mpesa import configuration
from tests.conformance.served import serve

from .bench import Bench


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def bench(anyio_backend: str) -> AsyncIterator[Bench]:
    clock, mailbox = HandClock(), Mailbox()
    simulator = MpesaSimulator(now=clock.seconds)
    async with serve(mailbox.app()) as letters, serve(simulator.app) as served:
        mailbox.url = letters.url
        adapter = mpesa(now=clock.now, sandbox_url=served.url)
        usual = configuration(simulator, served.url, mailbox.callback_url("c2b"))
        yield Bench(simulator, adapter, served, mailbox, clock, usual)
        await adapter.close()
        await simulator.close()
