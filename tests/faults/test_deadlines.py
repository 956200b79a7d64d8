"""No call outlives its deadline, whatever it waits for; and the server is told how much of it is left.

A busy machine may be late itself, so a call counts as late only if the best of several tries is.
"""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from molam_sdk import MolamAsyncClient, errors
from tests.faults.actions import Answer
from tests.faults.certificates import Authority, make_authority
from tests.faults.conftest import API_KEY
from tests.faults.cuts import Chunked, Cut, EarlyCut, Handshake, Mute, Pass, Swallow
from tests.faults.driver import AsyncDriver, Connect, Driver
from tests.faults.names import HOST, Names, resolving, silent_listener
from tests.faults.payloads import created, problem
from tests.faults.proxy import FaultProxy
from tests.faults.server import FaultServer
from tests.faults.timing import SLACK, elapsed, lateness, least

LIVE, DEAD = "127.0.0.1", "127.0.0.2"
DEADLINE = 0.2
BIG = "x" * (4 << 20)
"""More than the buffers of a connection that nobody reads from can take."""


@dataclass(frozen=True)
class Slow:
    """Something that takes longer than any call may."""

    what: str
    fault: Cut | EarlyCut
    phase: errors.Phase
    sealed: bool = False
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def outcome(self) -> str:
        return "not_sent" if self.phase in ("dns", "connect", "tls") else "unknown"


DRIP = 0.02
SLOW = [
    Slow("a byte now and then in the headers", Pass(download=DRIP), "headers"),
    Slow("a byte now and then in the body", Pass(download=DRIP, part="body"), "body"),
    Slow("a byte now and then in chunks", Chunked(interval=DRIP), "body"),
    Slow("a byte now and then in the headers, sealed", Pass(download=DRIP), "headers", sealed=True),
    Slow("a byte now and then in the body, sealed", Pass(download=DRIP, part="body"), "body", sealed=True),
    Slow("a byte now and then in the handshake", Handshake(keep=10_000, interval=DRIP), "tls", sealed=True),
    Slow("no handshake", Mute(), "tls", sealed=True),
    Slow("no answer", Swallow(), "headers"),
    Slow("nobody reads", Mute(), "write", arguments={"description": BIG}),
]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority(HOST)


@pytest.fixture(scope="module")
def bundle(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("authority") / "authority.pem"
    path.write_bytes(authority.pem)
    return str(path)


@pytest.fixture
def gateway() -> Iterator[FaultServer]:
    with FaultServer(otherwise=created()) as running:
        yield running


@pytest.fixture
def names(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """A resolver that lets go of whoever waits for it before the clients are closed."""
    del connect
    with resolving(monkeypatch) as resolver:
        resolver.lead_to(LIVE)
        yield resolver


def late(driver: Driver, phase: str | None, outcome: str, **arguments: Any) -> Callable[[], None]:
    """A call that must end with its deadline."""

    def call() -> None:
        with pytest.raises(errors.TimeoutError) as caught:
            driver.create(idempotency_key="order-1", **arguments)
        assert (caught.value.outcome, caught.value.idempotency_key) == (outcome, "order-1"), caught.value
        assert phase is None or caught.value.phase == phase, caught.value

    return call


@pytest.mark.parametrize("slow", SLOW, ids=lambda slow: slow.what)
def test_a_call_ends_with_its_deadline(
    connect: Connect, gateway: FaultServer, authority: Authority, bundle: str, names: Names, slow: Slow
) -> None:
    tls, name = (authority.server, HOST) if slow.sealed else (None, LIVE)
    with FaultProxy(gateway.url, otherwise=slow.fault, tls=tls, name=name, receive_buffer=4096) as proxy:
        options: dict[str, Any] = {"ca_bundle": bundle} if slow.sealed else {}
        driver = connect(proxy, deadline=DEADLINE, timeout=10, **options)
        assert lateness(late(driver, slow.phase, slow.outcome, **slow.arguments), DEADLINE) <= SLACK


def test_a_body_that_takes_long_to_undo(
    connect: Connect, gateway: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.otherwise = Answer(201, gzip.compress(created().body), {"Content-Encoding": "gzip"})
    driver = connect(gateway, deadline=5)
    assert driver.create().id
    monkeypatch.setattr("molam_sdk._network.body.time", SimpleNamespace(monotonic=lambda: time.monotonic() + 6))
    late(driver.with_options(max_retries=0), "body", "unknown")()


@pytest.fixture
def sealed(gateway: FaultServer, authority: Authority) -> Iterator[FaultProxy]:
    """The gateway under a name of our own."""
    with FaultProxy(gateway.url, tls=authority.server, name=HOST) as proxy:
        yield proxy


def test_a_name_that_is_never_resolved(connect: Connect, sealed: FaultProxy, names: Names, bundle: str) -> None:
    names.hang()
    driver = connect(sealed, ca_bundle=bundle, deadline=DEADLINE, timeout=10)
    assert lateness(late(driver, "dns", "not_sent"), DEADLINE) <= SLACK


def test_a_name_that_is_never_resolved_keeps_no_loop_from_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def call() -> None:
        async with MolamAsyncClient(api_key=API_KEY, api_base=f"https://{HOST}", deadline=DEADLINE) as client:
            with pytest.raises(errors.TimeoutError):
                await client.balance.retrieve()

    with resolving(monkeypatch) as names:
        names.hang()
        release = threading.Timer(1.0, names.release)
        release.start()
        took = elapsed(lambda: asyncio.run(call()))
        release.cancel()
    assert took < 0.9


def test_hosts_that_never_answer(connect: Connect, sealed: FaultProxy, names: Names, bundle: str) -> None:
    names.lead_to(DEAD, "127.0.0.3")
    driver = connect(sealed, ca_bundle=bundle, deadline=DEADLINE, timeout=10)
    with silent_listener(DEAD, sealed.port), silent_listener("127.0.0.3", sealed.port):
        assert lateness(late(driver, "connect", "not_sent"), DEADLINE) <= SLACK


def test_a_first_address_that_never_answers_leaves_time_for_the_second(
    connect: Connect, sealed: FaultProxy, names: Names, bundle: str
) -> None:
    names.lead_to(DEAD, LIVE)
    driver = connect(sealed, ca_bundle=bundle, deadline=1, timeout=10, max_retries=0)
    with silent_listener(DEAD, sealed.port):
        assert elapsed(lambda: driver.create()) <= 1 + SLACK


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(500), errors.ServerError),
        (problem(429, "rate_limited", "rate_limit_error", {"Retry-After": "0"}), errors.RateLimitError),
        (problem(503, "unavailable", headers={"Retry-After": "1"}), errors.ServerError),
    ],
    ids=["backoff", "Retry-After: 0", "Retry-After: 1"],
)
def test_waits_between_attempts_are_part_of_the_deadline(
    connect: Connect, gateway: FaultServer, answer: Answer, error: type[errors.ApiError]
) -> None:
    gateway.otherwise = answer
    """Whichever it is at whose end the deadline passes, an answer or, on a busy machine, an attempt."""
    driver = connect(gateway, deadline=DEADLINE, max_retries=1000, backoff_factor=0.02, retry_budget=1_000_000)

    def call() -> None:
        with pytest.raises((error, errors.TimeoutError)):
            driver.create()

    assert lateness(call, DEADLINE) <= SLACK


def beside_another(
    driver: Driver,
    gateway: FaultServer,
    call: Callable[[], float],
    call_async: Callable[[], Coroutine[Any, Any, float]],
) -> float:
    """Let a call of the same client hang, and when it has arrived make another one on another thread or task."""
    holding = driver.with_options(deadline=0.6)
    before = len(gateway.requests)
    if isinstance(holding, AsyncDriver):
        client = holding.client

        async def both() -> float:
            held = asyncio.ensure_future(client.payment_intents.create(amount=2500, currency="USD"))
            await asyncio.to_thread(gateway.wait_for_requests, before + 1)
            try:
                return await call_async()
            finally:
                held.cancel()
                await asyncio.wait([held])

        return holding.runner.run(both())

    def hold() -> None:
        with pytest.raises(errors.TimeoutError):
            holding.create()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        gateway.wait_for_requests(before + 1)
        return call()
    finally:
        thread.join()


@pytest.mark.parametrize("wait", ["slot", "home"])
def test_waiting_for_another_call_is_part_of_the_deadline(
    connect: Connect, gateway: FaultServer, wait: Literal["slot", "home"]
) -> None:
    """For the only connection of the pool, or for the answer to where the account lives."""
    with FaultProxy(gateway.url, otherwise=Swallow(), name=LIVE) as proxy:
        home: dict[str, Any] = {"api_base": None, "region": "auto", "regions": {"eu-west": proxy.url}}
        driver = connect(proxy, max_connections=1, max_retries=0, **(home if wait == "home" else {}))
        short = driver.with_options(deadline=DEADLINE)

        def call() -> float:
            return elapsed(late(short, None, "not_sent")) - DEADLINE

        async def call_async() -> float:
            assert isinstance(short, AsyncDriver)
            begun = time.monotonic()
            with pytest.raises(errors.TimeoutError) as caught:
                await short.client.payment_intents.create(amount=2500, currency="USD")
            assert caught.value.outcome == "not_sent"
            return time.monotonic() - begun - DEADLINE

        assert least(lambda: beside_another(driver, gateway, call, call_async)) <= SLACK


@pytest.mark.parametrize("fault", [Swallow(), Pass(download=DRIP)], ids=["silence", "drip"])
def test_asking_where_the_account_lives_is_part_of_the_deadline(
    connect: Connect, gateway: FaultServer, fault: Cut
) -> None:
    with FaultProxy(gateway.url, otherwise=fault, name=LIVE) as proxy:
        driver = connect(
            proxy, api_base=None, region="auto", regions={"eu-west": proxy.url}, deadline=DEADLINE, timeout=10
        )
        assert lateness(late(driver, None, "not_sent"), DEADLINE) <= SLACK


def test_the_server_is_told_what_is_left_of_it_at_each_attempt(connect: Connect, gateway: FaultServer) -> None:
    """In whole milliseconds, fewer each time, and never more than there were when it was sent."""
    driver = connect(gateway, deadline=2, backoff_factor=0.1)
    driver.create()  # opens the connection

    def lag() -> float:
        before = len(gateway.requests)
        gateway.then(*[Answer(503)] * 3, created())
        begun = time.monotonic()
        driver.create()
        attempts = gateway.requests[before:]
        left = [int(request.headers["molam-deadline-ms"]) / 1000 for request in attempts]
        assert len(left) == 4
        assert left == sorted(left, reverse=True)
        promised = [request.received_at - begun + seconds for seconds, request in zip(left, attempts, strict=True)]
        assert min(promised) >= 2 - 0.002
        return max(promised) - 2

    assert least(lag) <= SLACK  # each was sent a moment before it was received


def test_time_spent_on_the_way_is_not_promised_to_the_server(
    connect: Connect, sealed: FaultProxy, gateway: FaultServer, names: Names, bundle: str
) -> None:
    names.hang()
    driver = connect(sealed, ca_bundle=bundle, deadline=2, max_retries=0)
    resolved = threading.Timer(0.3, names.lead_to, [LIVE])
    resolved.start()
    driver.create()
    resolved.join()
    assert int(gateway.requests[0].headers["molam-deadline-ms"]) <= 1700
