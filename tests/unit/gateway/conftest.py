"""What the gateway's unit tests share."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .bench import Bench, made


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The migrated database that each test copies."""
    return made(tmp_path_factory.mktemp("gateway") / "template.db")


@pytest.fixture
async def bench(template: Path, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Bench]:
    bench = Bench(Path(shutil.copy(template, tmp_path / "gateway.db")))
    yield bench
    await bench.store.close()
