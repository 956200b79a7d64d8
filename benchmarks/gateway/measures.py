"""The measures: each prepares what it needs, makes load and says what it found."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.deliveries.__main__ import arrivals, receivers
from benchmarks.gateway.database import Database
from benchmarks.gateway.generator import Course, Plan
from benchmarks.gateway.processes import Gateway, begun, ended, gateway, listener, load
from benchmarks.gateway.report import Figure
from molam_sdk import MolamClient

CLIENTS = 100
_PACE = 20.0
_SLOW_CALLS = 1000
_SLOW_ANSWER = 2.0
_LONGEST_ANSWER = 15.0
_ENDPOINTS = 10
_EVENTS = 100
_RECORDED = "payment_intent.succeeded"


@dataclass
class Bench:
    """One run: a database, a gateway on it with an endpoint that takes its events, and what was found so far."""

    database: Database
    workers: int
    seconds: float
    watchers: int
    stack: ExitStack
    saturation: Course | None = field(default=None, init=False)

    @cached_property
    def receivers(self) -> str:
        return self.stack.enter_context(receivers())

    @cached_property
    def gateway(self) -> Gateway:
        opened = self.stack.enter_context(gateway(self.database.url, self.workers))
        with MolamClient(api_key=opened.api_key, api_base=opened.url) as client:
            client.webhook_endpoints.create(url=f"{self.receivers}/healthy/0", enabled_events=[_RECORDED])
        return opened

    def plan(self, work: str, clients: int = CLIENTS, *, rate: float | None = None, at: Gateway | None = None) -> Plan:
        where = at or self.gateway
        return Plan(where.url, where.api_key, work, clients, self.seconds, rate, min(3.0, self.seconds / 3))

    def saturated(self) -> Course:
        """The closed loop of pairs, measured once."""
        if self.saturation is None:
            self.saturation = _sound(load(self.plan("pair")))
        return self.saturation


def floors(bench: Bench) -> Iterator[Figure]:
    """What the machine can do at most."""
    for clients in (1, 10, min(CLIENTS, bench.database.room())):
        yield Figure(f"floor: commits, {clients} clients", bench.database.floor(clients, bench.seconds), "/s")
    with listener("benchmarks.gateway.empty", str(bench.workers)) as url:
        bare = _sound(load(Plan(url, "none", "bare", CLIENTS, bench.seconds, None, 1.0)))
    yield Figure(f"floor: bare ASGI requests, {CLIENTS} clients", bare.rate, "/s")


def closed_loop(bench: Bench) -> Iterator[Figure]:
    """Pairs as fast as they go, and what they commit."""
    writers = min(CLIENTS, bench.database.room())
    floor = bench.database.floor(writers, bench.seconds)
    bench.gateway  # noqa: B018 - opens it before commits are counted
    before, since = bench.database.committed(), time.monotonic()
    course = bench.saturated()
    elapsed = time.monotonic() - since
    commits = (bench.database.committed() - before) / elapsed
    yield Figure(f"create + confirm, {CLIENTS} clients", course.rate, "pairs/s", bar=250)
    for share, bar in ((0.5, None), (0.95, 600.0), (0.99, None)):
        title = f"create + confirm, {CLIENTS} clients, p{share * 100:.0f}"
        yield Figure(title, course.quantile(share), "ms", bar=bar, at_least=False)
    yield Figure("commits of all kinds meanwhile", commits, "/s", commits / floor, f"floor, {writers} clients", 0.25)


def open_loop(bench: Bench) -> Iterator[Figure]:
    """Pairs at half of what it can do."""
    rate = bench.saturated().rate / 2
    course = _sound(load(bench.plan("pair", rate=rate)))
    yield Figure("open loop at half of that, pairs begun", rate, "/s")
    yield Figure("open loop at half of that, p50", course.quantile(0.5), "ms")
    yield Figure("open loop at half of that, p95", course.quantile(0.95), "ms", bar=100.0, at_least=False)


def replays(bench: Bench) -> Iterator[Figure]:
    """The same call with the same key again and again, beside new ones."""
    creates = _sound(load(bench.plan("create"))).rate
    repeated = _sound(load(bench.plan("replay"))).rate
    yield Figure(f"creates, {CLIENTS} clients", creates, "/s")
    yield Figure(f"replays, {CLIENTS} clients", repeated, "/s", repeated / creates, "creates", 3)


def slow_provider(bench: Bench) -> Iterator[Figure]:
    """What payments of one provider notice of many calls that wait for another.

    Those calls come at a third of what the gateway can do, and are answered so late that a thousand of them wait. The
    comparison has as many of them answered at once, so the ratio is that of waiting alone.
    """
    rate = bench.saturated().rate / 3
    answer = min(_LONGEST_ANSWER, max(_SLOW_ANSWER, _SLOW_CALLS / rate))
    quick, _ = _beside(bench, rate, 0.0)
    slow, underway = _beside(bench, rate, answer)
    yield Figure(f"most calls at once to a provider that answers in {answer:.1f} s", underway, "calls")
    yield Figure("another provider, the calls answered at once, p95", quick.quantile(0.95), "ms")
    ratio = slow.quantile(0.95) / quick.quantile(0.95)
    yield Figure("another provider, the calls waiting, p95", slow.quantile(0.95), "ms", ratio, "answered at once")


def _beside(bench: Bench, rate: float, answer: float) -> tuple[Course, int]:
    """Pairs at a small pace beside such calls, and how many of those were under way at once."""
    with (
        listener("benchmarks.gateway.slow_provider", str(answer)) as provider,
        gateway(bench.database.url, bench.workers, simulators=provider) as slowed,
    ):
        calls = bench.plan("slow", rate=rate, at=slowed)
        calling = begun(replace(calls, seconds=calls.seconds + answer + calls.warm_up))
        time.sleep(answer)
        course = load(bench.plan("pair", rate=_PACE, at=slowed))
        _sound(ended(calling))
        with urllib.request.urlopen(f"{provider}/underway") as said:  # noqa: S310 - of our own process
            return _sound(course), int(json.load(said)["most"])


def websockets(bench: Bench) -> Iterator[Figure]:
    """Idle connections, and what payments notice of them."""
    without = _sound(load(bench.plan("pair", rate=_PACE)))
    before = bench.gateway.resident()
    with watching(bench.gateway, bench.watchers) as count:
        memory = (bench.gateway.resident() - before) / max(1, count) / 1024
        beside = load(bench.plan("pair", rate=_PACE))
    _sound(beside)
    yield Figure("idle WebSockets", count, "connections", bar=bench.watchers)
    yield Figure("memory of one of them", memory, "KiB")
    ratio = beside.quantile(0.95) / without.quantile(0.95)
    yield Figure("create + confirm beside them, p95", beside.quantile(0.95), "ms", ratio, "without them")


def webhooks(bench: Bench) -> Iterator[Figure]:
    """A backlog for healthy endpoints, alone and with as many dead ones beside them."""
    with MolamClient(api_key=bench.gateway.api_key, api_base=bench.gateway.url) as client:
        rates: dict[str, float] = {}
        for kind in ("healthy", "dead"):
            for number in range(_ENDPOINTS):
                url = f"{bench.receivers}/{kind}/{number + 1}"
                client.webhook_endpoints.create(url=url, enabled_events=["payment_intent.canceled"])
            rates[kind] = _drained(bench, client)
    yield Figure(f"webhook deliveries, {_ENDPOINTS} endpoints", rates["healthy"], "/s")
    title = f"webhook deliveries to them, {_ENDPOINTS} dead ones beside"
    yield Figure(title, rates["dead"], "/s", rates["dead"] / rates["healthy"], "none dead")


def sqlite(bench: Bench) -> Iterator[Figure]:
    """The same pairs on a file, in one process."""
    with TemporaryDirectory() as folder, gateway(f"sqlite:///{Path(folder) / 'gateway.db'}", 1) as opened:
        course = _sound(load(bench.plan("pair", 10, at=opened)))
    yield Figure("create + confirm on SQLite, 10 clients", course.rate, "pairs/s")
    yield Figure("create + confirm on SQLite, 10 clients, p95", course.quantile(0.95), "ms")


MEASURES: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "floors": floors,
    "closed-loop": closed_loop,
    "open-loop": open_loop,
    "replays": replays,
    "slow-provider": slow_provider,
    "websockets": websockets,
    "webhooks": webhooks,
    "sqlite": sqlite,
}


@contextmanager
def watching(place: Gateway, count: int) -> Generator[int]:
    """Keep so many WebSockets open; how many could be opened."""
    command = [sys.executable, "-m", "benchmarks.gateway.watchers", place.url, place.api_key, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int((process.stdout.readline() if process.stdout is not None else "") or 0)
        finally:
            process.terminate()


def _drained(bench: Bench, client: MolamClient) -> float:
    """Deliveries in a second to the healthy endpoints, from the first event to the last arrival."""
    intents = [
        client.payment_intents.create(amount=2500, currency="USD", idempotency_key=secrets.token_hex(8)).id
        for _ in range(_EVENTS)
    ]
    arrivals(bench.receivers, 0)
    began = time.monotonic()
    for intent in intents:
        client.payment_intents.cancel(intent)
    last = max(at for _, _, at in arrivals(bench.receivers, _EVENTS * _ENDPOINTS))
    return _EVENTS * _ENDPOINTS / (last - began)


def _sound(course: Course) -> Course:
    """A course without failures. Raises SystemExit for one that measured something else."""
    if course.failed or not course.done:
        raise SystemExit(f"{course.failed} calls failed, {course.done} did not: this is no measurement")
    return course
