# pyright: reportPrivateUsage=false
"""How a connection comes about: names, and addresses that race."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk._network import async_dial, resolve
from molam_sdk._network import dial as sync_dial
from molam_sdk._network.eyeballs import HEAD_START, interleaved
from molam_sdk._network.faults import ConnectError, ConnectTimeout, ResolveError, ResolveTimeout, lost
from tests.faults.names import silent_listener
from tests.faults.timing import SLACK, elapsed, lateness

HOST = "api.example.test"
Dial = Callable[[int, float], socket.socket]


@pytest.fixture
def dial(kind: str) -> Dial:
    """Connects to HOST at a port within so many seconds."""
    if kind == "sync":
        return lambda port, seconds: sync_dial._connect(HOST, port, time.monotonic() + seconds)

    async def connect(port: int, seconds: float) -> socket.socket:
        return await async_dial._connect(HOST, port, time.monotonic() + seconds)

    return lambda port, seconds: asyncio.run(connect(port, seconds))


@pytest.fixture
def lead(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes HOST lead to these addresses."""

    def install(*addresses: str) -> None:
        def look_up(host: str, port: int, **_: Any) -> Any:
            assert host == HOST
            return [
                (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
                for address in addresses
            ]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return install


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


linux = pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is this machine on Linux only")


@linux
@pytest.mark.parametrize("dead", [1, 2])
def test_a_dead_address_costs_a_head_start(
    dial: Dial, lead: Callable[..., None], listener: socket.socket, dead: int
) -> None:
    port = listener.getsockname()[1]
    names = [f"127.0.0.{number + 2}" for number in range(dead)]
    lead(*names, "127.0.0.1")
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(silent_listener(name, port))
        took = elapsed(lambda: dial(port, 5).close())
    assert dead * HEAD_START - 0.01 <= took <= dead * HEAD_START + 2 * SLACK


@linux
def test_an_address_that_refuses_costs_nothing(dial: Dial, lead: Callable[..., None], listener: socket.socket) -> None:
    lead("127.0.0.2", "127.0.0.3", "::1", "127.0.0.1")
    assert elapsed(lambda: dial(listener.getsockname()[1], 5).close()) <= 2 * SLACK


def test_all_addresses_refuse(dial: Dial, lead: Callable[..., None], listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    lead("127.0.0.1", "::1")
    with pytest.raises(ConnectError):
        dial(port, 5)


@linux
def test_no_address_answers(dial: Dial, lead: Callable[..., None], listener: socket.socket) -> None:
    lead("127.0.0.2", "127.0.0.3")
    port = listener.getsockname()[1]

    def give_up() -> None:
        with pytest.raises(ConnectTimeout):
            dial(port, 0.4)

    with silent_listener("127.0.0.2", port), silent_listener("127.0.0.3", port):
        assert lateness(give_up, 0.4) <= SLACK


def test_the_winner_keeps_alive_and_does_not_wait_to_fill_packets(
    dial: Dial, lead: Callable[..., None], listener: socket.socket
) -> None:
    lead("127.0.0.1")
    with dial(listener.getsockname()[1], 5) as sock:
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert not sock.getblocking()


@given(st.lists(st.tuples(st.sampled_from([4, 6]), st.integers())))
def test_families_take_turns(addresses: list[tuple[int, int]]) -> None:
    order = interleaved(addresses)
    assert sorted(order) == sorted(addresses)
    assert order[:1] == addresses[:1]
    for family in (4, 6):
        assert [each for each in order if each[0] == family] == [each for each in addresses if each[0] == family]
    both = 2 * min(sum(each[0] == family for each in addresses) for family in (4, 6))
    assert all(one[0] != other[0] for one, other in pairwise(order[:both]))


class Hanging:
    """A resolver whose look-ups each hang until they are let go of."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.held: list[threading.Event] = []
        self._asked = threading.Semaphore(0)
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)
        monkeypatch.setattr(resolve, "time", self)

    def monotonic(self) -> float:
        return self.now

    def _look_up(self, *_: object, **__: object) -> Any:
        held = threading.Event()
        number = len(self.held)
        self.held.append(held)
        self._asked.release()
        held.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{number}", 1))]

    def wait_until_asked(self) -> None:
        assert self._asked.acquire(timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for held in self.held:
            held.set()
        for thread in threading.enumerate():
            if thread.name == "molam-resolve":
                thread.join()
        assert resolve._under_way == {}


def ask(host: str = HOST) -> tuple[resolve.Question, threading.Event]:
    answered = threading.Event()
    return resolve.ask(host, 1, answered.set), answered


def test_a_name_that_hangs_costs_no_call_more_than_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up() -> None:
        with pytest.raises(ResolveTimeout):
            resolve.addresses(HOST, 1, 0.1)

    with Hanging(monkeypatch) as names:
        assert lateness(give_up, 0.1) <= SLACK
        for _ in range(5):
            give_up()
        assert len(names.held) == 1
        found: list[Any] = []
        waiting = threading.Thread(target=lambda: found.extend(resolve.addresses(HOST, 1, 5)))
        waiting.start()
        names.held[0].set()
        waiting.join()
    assert found == [(socket.AF_INET, ("127.0.0.0", 1))]


def test_a_look_up_that_takes_long_keeps_nobody_from_asking_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A packet that was lost is sent again by the system after seconds only."""
    with Hanging(monkeypatch) as names:
        first, _ = ask()
        names.wait_until_asked()
        names.now = 0.9
        assert ask()[0] is first
        names.now = 1.1
        second, answered = ask()
        names.wait_until_asked()
        names.held[1].set()
        assert answered.wait(10)
        assert second.answer() == [(socket.AF_INET, ("127.0.0.1", 1))]


def test_a_name_that_hangs_costs_three_threads_however_long(monkeypatch: pytest.MonkeyPatch) -> None:
    with Hanging(monkeypatch) as names:
        asked: list[resolve.Question] = []
        for _ in range(3):
            asked.append(ask()[0])
            names.wait_until_asked()
            names.now += 10
        for _ in range(10):
            assert ask()[0] is asked[2]
            names.now += 10
        assert len(names.held) == 3


def test_names_that_hang_cost_so_many_threads_altogether(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "_MOST", 2)
    with Hanging(monkeypatch) as names:
        for number in range(2):
            ask(f"{number}.example.test")
            names.wait_until_asked()
        refused, answered = ask()
        assert answered.wait(10)
        with pytest.raises(ResolveError, match="too many"):
            refused.answer()
        names.now = 5
        ask("0.example.test")
        assert len(names.held) == 2


def test_without_a_thread_nobody_asks_and_nobody_waits(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    def asked(*_: object, **__: object) -> Any:
        pytest.fail("the system was asked in the thread of the call")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_thread)
        patched.setattr(socket, "getaddrinfo", asked)
        with pytest.raises(ResolveError, match="no thread") as caught:
            dial(1, 5)
    outcome = lost(caught.value, begun=False, answering=False, where=b"a:1")
    assert (outcome.phase, outcome.sent, outcome.detail) == (
        "dns",
        False,
        "a:1: no thread can be started to look the host up",
    )


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interrupt_as_the_thread_begins_leaves_no_question(
    monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    def interrupted(_: threading.Thread) -> None:
        raise interruption

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", interrupted)
        with pytest.raises(interruption):
            resolve.addresses(HOST, 1, 5)
    found = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))

    def answered(*_: object, **__: object) -> Any:
        return [found]

    monkeypatch.setattr(socket, "getaddrinfo", answered)
    assert resolve.addresses(HOST, 1, 5) == [(socket.AF_INET, ("127.0.0.1", 1))]


def test_a_question_asked_in_the_same_moment_is_settled_by_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    with Hanging(monkeypatch) as names:
        first, _ = ask()
        names.wait_until_asked()
        second, answered = resolve.Question(HOST, 1), threading.Event()
        second.wait(answered.set)
        resolve._look_up(second)
        names.held[0].set()
        assert answered.wait(10)
        assert second.answer() == first.answer() == [(socket.AF_INET, ("127.0.0.0", 1))]


def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(ResolveError):
        resolve.addresses(HOST, 1, 5)


@pytest.mark.parametrize(
    ("host", "families"), [("localhost", [4, 6]), ("localhost.", [4, 6]), ("127.0.0.1", [4]), ("::1", [6])]
)
def test_this_machine_is_asked_for_nowhere(host: str, families: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", None)
    expected = [socket.AF_INET if family == 4 else socket.AF_INET6 for family in families]
    assert [family for family, _ in resolve.addresses(host, 1, 1)] == expected
