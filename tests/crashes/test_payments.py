"""A shop that dies anywhere in a durable call charges each order exactly once."""

from pathlib import Path

import pytest

from tests.crashes.databases import Merchants
from tests.crashes.gateway import Gateway
from tests.crashes.nursery import Nursery
from tests.crashes.payments import Payments
from tests.crashes.planted import JOURNAL_DEFECTS

pytestmark = pytest.mark.timeout(180)

STORIES = {"sqlite": 10, "postgresql": 10, "mariadb": 5}
BUDGET = 50


def test_each_order_is_charged_exactly_once(
    nursery: Nursery, shared_gateway: Gateway, database: Merchants, tmp_path: Path
) -> None:
    stage = Payments(nursery, shared_gateway, database, tmp_path)
    played = [stage.play(stage.story(seed)) for seed in range(STORIES[database.kind])]
    assert stage.judge(played) == []
    assert sum(len(ended.points) for ended in played) >= len(played)


@pytest.mark.parametrize("defect", JOURNAL_DEFECTS)
def test_a_defect_of_the_journal_is_caught(
    nursery: Nursery, shared_gateway: Gateway, sqlite: Merchants, tmp_path: Path, defect: str
) -> None:
    """Within as many stories as all tests here tell."""
    stage = Payments(nursery, shared_gateway, sqlite, tmp_path)
    told = stage.planted(BUDGET, JOURNAL_DEFECTS[defect])
    assert any(stage.judge([stage.play(each, defect)]) for each in told)


def test_a_story_can_be_told_again(
    nursery: Nursery, shared_gateway: Gateway, sqlite: Merchants, tmp_path: Path
) -> None:
    stage = Payments(nursery, shared_gateway, sqlite, tmp_path)
    told = next(
        each
        for seed in range(99)
        if (each := stage.story(seed)).lens == "sql" and each.deed == "kill" and not each.crowded
    )
    assert stage.play(told).points == stage.play(told).points != []
