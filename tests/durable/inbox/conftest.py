"""Both inboxes on each database, with a table for what their handlers do."""

from collections.abc import Iterator

import pytest

from tests.durable.databases import Durable
from tests.durable.inbox.driver import InboxDriver, effects_in, inbox_on


@pytest.fixture(params=["sync", "async"])
def half(request: pytest.FixtureRequest) -> str:
    """Which of the two inboxes a test runs on."""
    return str(request.param)


@pytest.fixture(autouse=True)
def no_effects(database: Durable) -> Iterator[None]:
    """An empty table of effects."""
    with effects_in(database):
        yield


@pytest.fixture
def inbox(database: Durable, half: str) -> InboxDriver:
    """An inbox with one secret."""
    return inbox_on(database, half)
