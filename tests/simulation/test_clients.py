"""Both clients in the same worlds: the same bytes at the same moments, and nothing goes wrong in either."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from attrs import evolve

from molam_sdk._calls import async_caller, caller, journaling, resume, session
from molam_sdk._shared import process
from molam_sdk.journal import Begun
from tests.simulation.clients import Merchant
from tests.simulation.generator import generate
from tests.simulation.pages import Pages

WORLDS = int(os.environ.get("MOLAM_SIMULATION_TWINS", "600"))
"""As many as every run plays; `tox -e simulation` plays twenty thousand."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logger = logging.getLogger("molam_sdk")
    before, logger.level = logger.level, logging.CRITICAL
    yield
    logger.level = before
    process.reset()


@pytest.mark.timeout(600)
def test_both_clients_send_the_same_and_nothing_goes_wrong() -> None:
    with asyncio.Runner() as runner:
        for seed in range(1, WORLDS + 1):
            worlds = [Merchant(generate(seed), kind, runner).serve() for kind in ("sync", "async")]
            for world in worlds:
                assert world.wrong == [], generate(seed)
            assert worlds[0].wire == worlds[1].wire, generate(seed)


def found(kind: str, worlds: int = 3000) -> list[str]:
    """What goes wrong first."""
    with asyncio.Runner() as runner:
        for seed in range(1, worlds + 1):
            wrong = Merchant(generate(seed), kind, runner).serve().wrong
            if wrong:
                return wrong
    return []


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_journal_that_writes_nothing_is_found(kind: str) -> None:
    begin = Pages.begin

    def forgetful(self: Pages, entry: Any) -> Begun:
        token = begin(self, entry)
        self.rows.clear()
        return token

    with mock.patch.object(Pages, "begin", forgetful):
        assert any("double charge" in wrong for wrong in found(kind))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_recovery_that_forgets_the_doubt_is_found(kind: str) -> None:
    """The journal says once more that a call is in doubt, so it has to forget too."""

    def as_new(prepared: Any) -> Any:
        return prepared

    begin = Pages.begin

    def nothing_known(self: Pages, entry: Any) -> Any:
        return evolve(begin(self, entry), in_doubt=False)

    with mock.patch.object(resume, "in_doubt", as_new), mock.patch.object(Pages, "begin", nothing_known):
        assert any("double charge" in wrong for wrong in found(kind))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_journal_that_is_not_asked_about_what_was_not_sent_is_found(kind: str) -> None:
    with mock.patch.object(journaling, "must_ask", return_value=False):
        wrong = found(kind)
    assert any("double charge" in each or "wrong word" in each for each in wrong)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_memory_that_is_not_asked_about_what_was_not_sent_is_found(kind: str) -> None:
    with mock.patch.object(journaling, "known_here"):
        wrong = found(kind)
    assert any("double charge" in each or "wrong word" in each for each in wrong)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_call_that_is_repeated_after_a_day_of_sleep_is_found(kind: str) -> None:
    with mock.patch.object(caller if kind == "sync" else async_caller, "still_usable"):
        assert any("old key" in wrong for wrong in found(kind))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_key_per_attempt_is_found(kind: str) -> None:
    request = session.Session.request

    def with_another_key(self: Any, prepared: Any, attempt: Any, more: Any) -> Any:
        made = request(self, prepared, attempt, more)
        made.headers = [
            (name, value + b"-%d" % attempt.number if name == b"Idempotency-Key" else value)
            for name, value in made.headers
        ]
        return made

    with mock.patch.object(session.Session, "request", with_another_key):
        assert any("double charge" in wrong for wrong in found(kind))
