"""Asks for the addresses of a host without waiting longer than the call may.

`socket.getaddrinfo()` knows no timeout. It runs in a thread that is left to itself once the time is over, and whoever
asks for the same host within a second waits for the same thread. Whoever comes later has the system asked once more:
where a packet was lost, that is answered at once, and the first only after seconds. A resolver that hangs costs a few
threads for each host, and so many altogether.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from .faults import ResolveError, ResolveTimeout

Address = tuple[socket.AddressFamily, tuple[Any, ...]]
"""The family of a socket and what it is to be connected to."""
Wake = Callable[[], object]

_YOUNG = 1.0
"""Seconds for which a look-up that is under way answers those who ask for the same host."""

_MOST_FOR_A_HOST = 3
_MOST = 256
"""Threads that look up names, at most: of one host, and of all."""


def known_addresses(host: str, port: int) -> list[Address] | None:
    """Return the addresses of a host that nobody needs to be asked about, None for all others.

    localhost is this machine, whatever a resolver says (RFC 6761, 6.3).
    """
    if host.removesuffix(".") == "localhost":
        return [*(known_addresses("127.0.0.1", port) or ()), *(known_addresses("::1", port) or ())]
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except (OSError, UnicodeError):
            continue
        return [(family, (host, port) if family == socket.AF_INET else (host, port, 0, 0))]
    return None


def addresses(host: str, port: int, seconds: float) -> list[Address]:
    """Return the addresses of a host in the system's order.

    Raises:
        ResolveTimeout: If they are not known in time.
        ResolveError: If there are none.
    """
    found = known_addresses(host, port)
    if found is not None:
        return found
    answered = threading.Event()
    question = ask(host, port, answered.set)
    if not answered.wait(seconds):
        question.forget(answered.set)
        raise ResolveTimeout(f"no address within {seconds:.3g} s")
    return question.answer()


class Question:
    """A look-up that is under way in a thread of its own.

    Attributes:
        host: The name that is looked up.
        port: The port that its addresses are given with.
        asked_at: Monotonic time at which it began.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.asked_at = time.monotonic()
        self._lock = threading.Lock()
        self._waiting: list[Wake] = []
        self._answer: list[Address] | Exception | None = None

    def wait(self, wake: Wake) -> None:
        """Have `wake` called, in whatever thread, once there is an answer."""
        with self._lock:
            if self._answer is None:
                self._waiting.append(wake)
                return
        wake()

    def forget(self, wake: Wake) -> None:
        """Have it not called any more."""
        with self._lock:
            if wake in self._waiting:
                self._waiting.remove(wake)

    def settle(self, answer: list[Address] | Exception) -> None:
        """Take the answer in and tell everybody who waits."""
        with self._lock:
            self._answer = answer
            waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake()

    def pass_on(self, other: Question) -> None:
        """Settle another question, asked in the same moment, with the answer to this one."""
        if self._answer is not None:
            other.settle(self._answer)

    def answer(self) -> list[Address]:
        """Return what was found; raises ResolveError if that is nothing."""
        if isinstance(self._answer, list):
            return self._answer
        raise ResolveError(str(self._answer)) from self._answer


_under_way: dict[Question, None] = {}
"""Those that a thread is at, oldest first; only that thread puts them in and takes them out, so no interrupt leaves one
behind."""
_deciding = threading.Lock()
"""Held by those threads only."""


def ask(host: str, port: int, wake: Wake) -> Question:
    """Have the system asked, unless it has just been, and `wake` called once there is an answer."""
    question = Question(host, port)
    asked = _asked_already(question)
    if asked is not None:
        question = asked
        question.wait(wake)
        return question
    question.wait(wake)
    try:
        threading.Thread(target=_look_up, args=(question,), name="molam-resolve", daemon=True).start()
    except RuntimeError:  # too many for the system, or the interpreter is about to end
        question.settle(_refusal("no thread can be started to look the host up"))
    return question


def _asked_already(question: Question) -> Question | None:
    """Return the look-up whose answer will do for a question, None if the system is to be asked."""
    same = [each for each in list(_under_way) if (each.host, each.port) == (question.host, question.port)]
    if not same:
        return None
    newest = same[-1]
    is_enough = len(same) >= _MOST_FOR_A_HOST or len(_under_way) >= _MOST
    return newest if is_enough or question.asked_at - newest.asked_at < _YOUNG else None


def _look_up(question: Question) -> None:
    answer: list[Address] | Exception = ResolveError("the look-up was interrupted")
    try:
        with _deciding:
            asked = _asked_already(question)
            if asked is None and len(_under_way) < _MOST:
                _under_way[question] = None
        if asked is not None:
            asked.wait(lambda: asked.pass_on(question))
        elif question in _under_way:
            answer = _looked_up(question.host, question.port)
        else:
            question.settle(_refusal("too many hosts are being looked up"))
    except Exception as error:  # noqa: BLE001 - whoever waits raises it
        answer = error
    finally:
        if question in _under_way:
            del _under_way[question]
            question.settle(answer)


def _looked_up(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ResolveError("the host has no address") from error
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _refusal(why: str) -> ResolveError:
    error = ResolveError(why)
    error.__cause__ = OSError(errno.EAGAIN, why)
    return error


def _after_fork() -> None:
    """The threads of the parent are not in the child, which needs neither their questions nor their lock."""
    global _deciding
    _deciding = threading.Lock()
    _under_way.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
