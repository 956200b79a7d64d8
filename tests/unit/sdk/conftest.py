"""Every test starts like a fresh process: no MOLAM_ variables, full budgets, closed breakers."""

from __future__ import annotations

import os

import pytest

from molam_sdk._shared import process


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MOLAM_")]:
        monkeypatch.delenv(name)
    process.reset()


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which of the two clients a test runs on."""
    return str(request.param)
