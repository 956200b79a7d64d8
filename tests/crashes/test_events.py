"""A receiver that dies anywhere between a delivery and the end of its handlers acts on each event exactly once."""

from pathlib import Path

import pytest

from tests.crashes.databases import Merchants
from tests.crashes.events import Events
from tests.crashes.gateway import Gateway
from tests.crashes.nursery import Nursery
from tests.crashes.ordinary import catches, told
from tests.crashes.planted import INBOX_DEFECTS

pytestmark = pytest.mark.timeout(180)


def test_each_event_has_its_effect_exactly_once(
    nursery: Nursery, shared_gateway: Gateway, database: Merchants, tmp_path: Path
) -> None:
    assert told(Events(nursery, shared_gateway, database, tmp_path)) == []


@pytest.mark.parametrize("defect", INBOX_DEFECTS)
def test_a_defect_of_the_inbox_is_caught(
    nursery: Nursery, shared_gateway: Gateway, sqlite: Merchants, tmp_path: Path, defect: str
) -> None:
    assert catches(Events(nursery, shared_gateway, sqlite, tmp_path), defect, INBOX_DEFECTS[defect])
