"""What dies in these tests, and what it dies on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crashes.databases import Merchants, merchants
from tests.crashes.gateway import Gateway, gateway
from tests.crashes.nursery import Nursery


@pytest.fixture(scope="package")
def nursery() -> Iterator[Nursery]:
    """Where processes come from that are to die."""
    with Nursery() as made:
        yield made


@pytest.fixture(scope="package")
def shared_gateway() -> Iterator[Gateway]:
    """A gateway in a process of its own, which survives."""
    with gateway() as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Merchants]:
    """A merchant's database."""
    with merchants(request.param, Path(tmp_path_factory.mktemp(request.param))) as made:
        yield made


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Merchants]:
    """The quicker of them."""
    with merchants("sqlite", Path(tmp_path_factory.mktemp("sqlite"))) as made:
        yield made
