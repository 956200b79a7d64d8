"""Every place where the SDK could write a value down, as text to search."""

from __future__ import annotations

import io
import pickle
import pprint
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import molam_sdk

DOOR = str(Path(molam_sdk.__file__).parent / "_front_door.py")
TESTS = str(Path(__file__).parents[1])
BY_RIGHT = {"raw", "payload", "errors"}
"""What an error has of the answer itself: for the program that asked, and never shown or pickled."""


def of_object(value: object) -> Iterator[tuple[str, str]]:
    """Yield what a client, config, page, session or wire shows of itself."""
    sink = io.StringIO()
    pprint.pprint(value, stream=sink)
    yield "repr", repr(value)
    yield "str", f"{value!s} {value}"
    yield "pprint", sink.getvalue()


def of_error(error: BaseException, *, leaving: bool = False) -> Iterator[tuple[str, str]]:
    """Yield what an exception shows: itself, its pickle, the variables of the SDK's frames in its traceback.

    `leaving`: it has not left the door yet, which still has its own variables.
    """
    yield "repr", repr(error)
    yield "str", str(error)
    yield "args", repr(error.args)
    yield "attributes", repr({name: value for name, value in vars(error).items() if name not in BY_RIGHT})
    if isinstance(error, molam_sdk.MolamError):
        yield "pickle", pickle.dumps(error).decode("latin-1")
    yield from of_traceback(error, leaving=leaving)


def of_traceback(error: BaseException, *, leaving: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the local variables that a tracker would print, from the front door on, and those of what led to it."""
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        each = pending.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        for frame, line in _frames(each.__traceback__):
            if leaving and frame.f_code.co_filename == DOOR:
                continue
            shown = {name: _shown(value) for name, value in frame.f_locals.items()}
            yield f"locals of {Path(frame.f_code.co_filename).name}:{line}", repr(shown)
        if each is error or not error.__suppress_context__:
            yield "traceback", "".join(traceback.format_exception_only(each))
            pending.append(each.__cause__ or (None if each.__suppress_context__ else each.__context__))


def _frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    inside = False
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        inside = inside or name == DOOR
        if inside and not name.startswith(TESTS):
            yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - what a tracker does too
        return f"<{type(error).__name__}>"
