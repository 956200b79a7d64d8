"""Paystack's adapter with its simulator, as the conformance suite has them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conformance.clock import HandClock
from tests.conformance.mailbox import Mailbox
from tests.conformance.pair import Pair
from tests.conformance.pairs.paystack import open_paystack
from tests.conformance.served import serve
from tests.conformance.world import World


@pytest.fixture
async def paystack(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Pair]:
    mailbox = Mailbox()
    async with serve(mailbox.app()) as served:
        mailbox.url = served.url
        async with open_paystack(World(HandClock(), mailbox, tmp_path, tmp_path)) as pair:
            yield pair
