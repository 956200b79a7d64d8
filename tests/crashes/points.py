"""The points at which a process can end: counted as they are reached, and deadly at one of them."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Literal, Self

from sqlalchemy import Connection, Engine, event

import molam_sdk

Lens = Literal["line", "sql", "wire", "time"]
LENSES: tuple[Lens, ...] = ("line", "sql", "wire", "time")
"""What is counted: lines of the SDK, statements and commits, calls of sockets, or microseconds."""

_PACKAGE = str(Path(molam_sdk.__file__).parent)
_SENDING = ("send", "sendall", "sendmsg")
_OTHER_CALLS = ("connect", "recv", "recv_into")


class Points:
    """Counts points from `arm` on and dies, or stops, at the one with the given number; at none with 0."""

    def __init__(self, lens: Lens, number: int, deed: Literal["kill", "stop"], note: Callable[[str], None]) -> None:
        self.count = 0
        self._lens = lens
        self._number = number
        self._signal = signal.SIGKILL if deed == "kill" else signal.SIGSTOP
        self.note = note
        self._armed = False

    @classmethod
    def of(cls, specification: Mapping[str, Any]) -> Self:
        """The points of a program that was started by a nursery; what it notes is appended to a file at once."""
        notes = os.open(specification["notes"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)

        def note(line: str) -> None:
            os.write(notes, f"{line}\n".encode())

        return cls(specification["lens"], specification["number"], specification["deed"], note)

    def reach(self, name: str) -> None:
        """Pass a point, or not."""
        if not self._armed:
            return
        self.count += 1
        if self.count == self._number:
            self.note(f"died {name}")
            os.kill(os.getpid(), self._signal)

    def watch(self, engine: Engine) -> None:
        """Make the statements of an engine, its commits and its rollbacks points."""
        if self._lens != "sql":
            return

        def before(_: Connection, __: Any, statement: str, *___: Any) -> None:
            self.reach(f"before {statement[:60]!r}")

        def after(_: Connection, __: Any, statement: str, *___: Any) -> None:
            self.reach(f"after {statement[:60]!r}")

        event.listen(engine, "before_cursor_execute", before)
        event.listen(engine, "after_cursor_execute", after)
        dialect: Any = engine.dialect
        for name in ("do_commit", "do_rollback", "do_begin"):
            setattr(dialect, name, self._around(name, getattr(dialect, name)))

    def arm(self) -> None:
        """Begin to count."""
        self._armed = True
        match self._lens:
            case "line":
                sys.settrace(self._enter)
            case "wire":
                for name in _OTHER_CALLS:
                    setattr(socket.socket, name, self._called(name, getattr(socket.socket, name)))
                for name in _SENDING:
                    setattr(socket.socket, name, self._torn(name, getattr(socket.socket, name)))
            case "time" if self._number:
                self.note(f"died after {self._number} us")
                signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the kernel's way to end a process on the spot
                signal.setitimer(signal.ITIMER_REAL, self._number / 1_000_000)
            case _:
                pass

    def _enter(self, frame: FrameType, _: str, __: Any) -> Any:
        return self._trace if frame.f_code.co_filename.startswith(_PACKAGE) else None

    def _trace(self, frame: FrameType, kind: str, _: Any) -> Any:
        if kind == "line":
            self.reach(f"{frame.f_code.co_filename.removeprefix(_PACKAGE).lstrip('/')}:{frame.f_lineno}")
        return self._trace

    def _around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def reached(*args: Any, **kwargs: Any) -> Any:
            self.reach(f"before {name}")
            done = call(*args, **kwargs)
            self.reach(f"after {name}")
            return done

        return reached

    def _called(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        around = self._around(name, call)

        def reached(own: socket.socket, *args: Any) -> Any:
            return call(own, *args) if own.family == socket.AF_UNIX else around(own, *args)  # asyncio wakes itself

        return reached

    def _torn(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def reached(own: socket.socket, content: Any, *args: Any) -> Any:
            if own.family == socket.AF_UNIX:
                return call(own, content, *args)
            self.reach(f"before {name}")
            half = 0
            if self._armed and self.count + 1 == self._number and name != "sendmsg":
                half = len(content) // 2
                call(own, bytes(content[:half]), *args)
            self.reach(f"in the middle of {name}")
            done = call(own, content[half:] if half else content, *args)
            self.reach(f"after {name}")
            return done if done is None else done + half

        return reached
