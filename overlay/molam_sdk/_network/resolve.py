"""Asks for the addresses of a host without waiting longer than the call may.

`socket.getaddrinfo()` knows no timeout. It runs in a thread that is left to itself once the time is over, and whoever
asks for the same host meanwhile waits for the same thread: a resolver that hangs costs one thread for each host.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from .faults import ResolveError, ResolveTimeout

Address = tuple[socket.AddressFamily, tuple[Any, ...]]
"""The family of a socket and what it is to be connected to."""
Wake = Callable[[], object]


def known_addresses(host: str, port: int) -> list[Address] | None:
    """Return the addresses of a host that nobody needs to be asked about, None for all others.

    localhost is this machine, whatever a resolver says (RFC 6761, 6.3).
    """
    if host == "localhost":
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
    """A look-up that is under way in a thread of its own."""

    def __init__(self) -> None:
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
        raise ResolveError("the host has no address") from self._answer


_questions: dict[tuple[str, int], Question] = {}
"""Those that a thread is at; only that thread puts them in and takes them out, so no interrupt leaves one behind."""


def ask(host: str, port: int, wake: Wake) -> Question:
    """Have the system asked, unless it is being asked already, and `wake` called once it has answered."""
    key = (host, port)
    question = _questions.get(key)
    if question is not None:
        question.wait(wake)
        return question
    question = Question()
    question.wait(wake)
    try:
        threading.Thread(target=_look_up, args=(key, question), name="molam-resolve", daemon=True).start()
    except RuntimeError:  # no thread can be had, as at the end of the interpreter
        _look_up(key, question)
    return question


def _look_up(key: tuple[str, int], question: Question) -> None:
    answer: list[Address] | Exception = ResolveError("the look-up was interrupted")
    try:
        first = _questions.setdefault(key, question)
        if first is not question:
            first.wait(lambda: first.pass_on(question))
            return
        answer = _looked_up(*key)
    except Exception as error:  # noqa: BLE001 - whoever waits raises it
        answer = error
    finally:
        if _questions.get(key) is question:
            del _questions[key]
            question.settle(answer)


def _looked_up(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ResolveError("the host has no address") from error
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_questions.clear)
