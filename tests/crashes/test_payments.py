"""A shop that dies anywhere in a durable call charges each order exactly once."""

from pathlib import Path

import pytest

from tests.crashes.databases import Merchants
from tests.crashes.gateway import Gateway
from tests.crashes.nursery import Nursery
from tests.crashes.ordinary import catches, told
from tests.crashes.payments import Payments
from tests.crashes.planted import JOURNAL_DEFECTS

pytestmark = pytest.mark.timeout(180)


def test_each_order_is_charged_exactly_once(
    nursery: Nursery, shared_gateway: Gateway, database: Merchants, tmp_path: Path
) -> None:
    assert told(Payments(nursery, shared_gateway, database, tmp_path)) == []


@pytest.mark.parametrize("defect", JOURNAL_DEFECTS)
def test_a_defect_of_the_journal_is_caught(
    nursery: Nursery, shared_gateway: Gateway, sqlite: Merchants, tmp_path: Path, defect: str
) -> None:
    assert catches(Payments(nursery, shared_gateway, sqlite, tmp_path), defect, JOURNAL_DEFECTS[defect])


def test_a_story_can_be_told_again(
    nursery: Nursery, shared_gateway: Gateway, sqlite: Merchants, tmp_path: Path
) -> None:
    stage = Payments(nursery, shared_gateway, sqlite, tmp_path)
    story = next(
        each
        for seed in range(99)
        if (each := stage.story(seed)).lens == "sql" and each.deed == "kill" and not each.crowded
    )
    assert stage.play(story).points == stage.play(story).points != []
