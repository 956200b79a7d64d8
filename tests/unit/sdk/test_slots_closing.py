# pyright: reportPrivateUsage=false
"""Slots that are closed at any moment of a step, as a handler of signals or another thread does it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any, cast

import pytest

from molam_sdk._network import slots as module
from molam_sdk._network.connection import Connection
from molam_sdk._network.slots import Slot, Slots
from molam_sdk.errors import ConfigurationError
from tests.unit.sdk.test_slots import Fake


class ClosedAt:
    """Closes slots once so many opcodes of their own code have run, or lines where Python traces no opcodes at once."""

    def __init__(self, slots: Slots, point: int) -> None:
        self._slots = slots
        self._left = point
        self.came = False

    def during(self, step: Callable[[], object]) -> None:
        """Make the step; in a thread of its own, since what traces it stays behind in its frames."""

        def traced() -> None:
            sys.settrace(self._enter)
            try:
                step()
            finally:
                sys.settrace(None)

        with ThreadPoolExecutor(1) as thread:
            thread.submit(traced).result(10)

    def _enter(self, frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename != module.__file__:
            return None
        frame.f_trace_opcodes = True
        return self._step

    def _step(self, frame: FrameType, event: str, _: object) -> Any:
        if event in ("opcode", "line") and not self.came:
            if self._left == 0:
                self.came = True
                self._slots.close()
            self._left -= 1
        return self._step


def taken(slots: Slots, fake: Fake | None = None) -> Slot:
    slot = Slot(slots)
    slots.take(slot, time.monotonic() + 5)
    if fake is not None:
        slot.connection = cast(Connection, fake)
    return slot


def turned_away(slots: Slots, slot: Slot) -> None:
    """Whoever waits for a slot learns that there is none, or has it, before looking round for the second time."""
    try:
        slots._wait(slot, time.monotonic() + 60)
    except ConfigurationError:
        slots._leave(slot)
    slot.give_back()


@pytest.mark.parametrize("waiting", [0, 1, 2])
def test_whatever_is_closed_meanwhile_a_slot_comes_back(waiting: int) -> None:
    point = 0
    while True:
        slots = Slots(1)
        fake = Fake()
        slot = taken(slots, fake)
        line = [Slot(slots) for _ in range(waiting)]
        assert [slots._fill(each) for each in line] == [False] * waiting
        closing = ClosedAt(slots, point)
        closing.during(slot.give_back)
        if not closing.came:
            break
        assert not slot.is_held
        for each in line:
            turned_away(slots, each)
        assert (fake.closed, slots.held, len(slots._idle), len(slots._waiting)) == (1, {}, 0, 0)
        point += 1
    assert point > 5


@pytest.mark.parametrize("idle", [0, 1])
def test_whatever_is_closed_meanwhile_a_slot_is_taken_or_refused(idle: int) -> None:
    point = 0
    while True:
        slots = Slots(1)
        fakes = [Fake() for _ in range(idle)]
        for fake in fakes:
            taken(slots, fake).give_back()
        slot = Slot(slots)

        def take(slots: Slots = slots, slot: Slot = slot) -> None:
            try:
                slots.take(slot, time.monotonic() + 5)
            except ConfigurationError:
                assert not slot.is_held
            slot.give_back()

        closing = ClosedAt(slots, point)
        closing.during(take)
        if not closing.came:
            break
        assert ([fake.closed for fake in fakes], slots.held, len(slots._waiting)) == ([1] * idle, {}, 0)
        point += 1
    assert point > 5
