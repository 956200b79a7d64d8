"""The databases of a run, and a clean one for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.durable.databases import NAMES, Durable, temporary


@pytest.fixture(scope="session")
def durable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Durable]]:
    """A database by its name, one for the whole run, with the durable tables in it."""
    made: dict[str, Durable] = {}
    with ExitStack() as stack:

        def by_name(name: str) -> Durable:
            if name not in made:
                made[name] = stack.enter_context(temporary(name, tmp_path_factory.mktemp(name)))
            return made[name]

        yield by_name


@pytest.fixture(params=NAMES)
def database(request: pytest.FixtureRequest, durable: Callable[[str], Durable]) -> Iterator[Durable]:
    """Each database in turn, with empty tables."""
    database = durable(request.param)
    yield database
    database.clean()
