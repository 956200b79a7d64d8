"""What the tests of Stripe share."""

from collections.abc import AsyncIterator

import pytest

from .account import Account, opened


@pytest.fixture
async def account(anyio_backend: str) -> AsyncIterator[Account]:
    async with opened() as account:
        yield account
