"""Gateways that die, lose their database and their providers neither repeat nor lose a payment or an event."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.databases import Databases, databases
from tests.chaos.play import total
from tests.chaos.run import played
from tests.chaos.story import story
from tests.servers import chosen

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module", params=chosen("sqlite", "postgresql"))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """What makes databases of a kind."""
    with databases(request.param, Path(tmp_path_factory.mktemp("chaos"))) as found:
        yield found


def test_what_providers_moved_is_what_gateways_say(made: Databases) -> None:
    """Gateways die at random under load; on PostgreSQL there are two, which lose it and Redis now and then."""
    ended = played(story(1, made.kind, short=True), made, made.directory)
    assert ended.defects == [], f"{ended}\n{total([ended])}"
    assert ended.deaths
    assert ended.calls > sum(map(len, ended.story.rounds)) // 2
