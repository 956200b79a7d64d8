"""The list of what httpx's transport cannot is the one in the docs."""

from __future__ import annotations

from pathlib import Path

from tests.faults.limits import LIMITS

PAGE = Path(__file__).parents[3] / "docs" / "design" / "wire.md"


def test_the_page_lists_every_limit() -> None:
    listed = PAGE.read_text("utf-8").partition("## What httpx's transport cannot")[2]
    assert [line[2:] for line in listed.splitlines() if line.startswith("- ")] == [limit.what for limit in LIMITS]
