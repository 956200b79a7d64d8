"""The pair under test: every test of this directory runs once per provider."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from molam_gateway.storage.migrate import migrate_sqlite

from .clock import HandClock
from .mailbox import Mailbox
from .pair import Pair
from .pairs import PAIRS
from .served import serve
from .world import World


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated gateway database to be copied."""
    path = tmp_path_factory.mktemp("conformance") / "template.db"
    migrate_sqlite(path)
    return path


@pytest.fixture(params=sorted(PAIRS))
async def pair(
    request: pytest.FixtureRequest, template: Path, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[Pair]:
    mailbox = Mailbox()
    async with serve(mailbox.app()) as served:
        mailbox.url = served.url
        async with PAIRS[request.param](World(HandClock(), mailbox, template, tmp_path)) as pair:
            yield pair
