"""What a process has of its own: never its parent's, and the same for all of its threads."""

from __future__ import annotations

import gc
import os
import sys
import threading
from types import FrameType
from typing import Any

import pytest

from molam_sdk._network.per_process import PerProcess


def owner(ended: list[dict[str, int]]) -> PerProcess[dict[str, int]]:
    return PerProcess(dict[str, int], ended.append)


@pytest.fixture
def pid(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The process that this is, as long as it says so."""
    pids = [1]
    monkeypatch.setattr(os, "getpid", lambda: pids[-1])
    return pids


def test_a_child_begins_anew_and_ends_only_its_own(pid: list[int]) -> None:
    ended: list[dict[str, int]] = []
    it = owner(ended)
    it.own()["parent"] = 1
    pid.append(2)
    assert it.own() == {}
    it.own()["child"] = 2
    assert it.own() == {"child": 2}
    pid.append(3)
    assert it.own() == {}
    del it
    gc.collect()
    assert ended == [{}]


def test_what_is_the_parents_is_not_ended_by_a_child_that_never_asked(pid: list[int]) -> None:
    ended: list[dict[str, int]] = []
    it = owner(ended)
    pid.append(2)
    del it
    gc.collect()
    assert ended == []


def test_no_thread_of_a_child_gets_its_parents(pid: list[int]) -> None:
    """Whichever line the first thread has come to, a second one gets what the first will have."""
    lines = 0
    while True:
        it = owner([])
        parents = it.own()
        pid.append(pid[-1] + 1)
        seen: list[dict[str, int]] = []

        def ask(it: PerProcess[dict[str, int]] = it, seen: list[dict[str, int]] = seen) -> None:
            seen.append(it.own())

        left = lines

        def at_a_line(frame: FrameType, event: str, _: object) -> Any:
            nonlocal left
            if event == "line":
                if left == 0:
                    thread = threading.Thread(target=ask)
                    thread.start()
                    thread.join()
                left -= 1
            return at_a_line

        def trace(frame: FrameType, event: str, _: object) -> Any:
            return at_a_line if frame.f_code.co_filename.endswith("per_process.py") else None

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            mine = it.own()
        finally:
            sys.settrace(before)
        if not seen:
            break
        assert seen[0] is mine
        assert mine is not parents
        lines += 1
    assert lines > 5
