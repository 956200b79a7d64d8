"""Measures deliveries without dead endpoints and with as many dead as healthy ones; fails if it tells them apart.

    python -m benchmarks.deliveries [--rounds 3] [--healthy 10] [--events 100] [--pace 5]

Each round opens a fresh sandbox on a file (SQLite, full sync) twice, with the same healthy endpoints, and the second
time with as many again that take the connection and never answer. Events are committed at an even pace; a latency is
the time from the answer to the call that made an event until the event is at a healthy endpoint. The rate is that of
a backlog to healthy endpoints, counted at the receivers.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamClient

BAR = 2.0
"""How many times its p99 without dead endpoints a healthy one's may be with as many dead as healthy."""

_PATIENCE = 60.0


@dataclass(frozen=True)
class Load:
    """How much is asked of the gateway."""

    healthy: int
    events: int
    pace: float


@dataclass(frozen=True)
class Figures:
    """Latencies in seconds, and how long a backlog took."""

    latencies: Sequence[float]
    rate: float

    def quantile(self, share: float) -> float:
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


@contextmanager
def receivers() -> Generator[str, None, None]:
    command = [sys.executable, "-m", "benchmarks.deliveries.receivers"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = process.stdout.readline().strip() if process.stdout is not None else ""
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def measure(url: str, load: Load, *, dead: int) -> Figures:
    """One sandbox, with so many dead endpoints beside the healthy ones."""
    with Sandbox() as sandbox, MolamClient(api_key=sandbox.api_key, api_base=sandbox.url) as client:
        for number in range(load.healthy + dead):
            kind = "dead" if number < dead else "healthy"
            client.webhook_endpoints.create(url=f"{url}/{kind}/{number}", enabled_events=["payment_intent.created"])
        committed: dict[str, float] = {}
        began = time.monotonic()
        for number in range(load.events):
            time.sleep(max(0.0, began + number / load.pace - time.monotonic()))
            intent = client.payment_intents.create(amount=2500, currency="USD")
            committed[intent.id] = time.monotonic()
        event_ids = {event.id: event.data.object_.to_dict()["id"] for event in client.events.list(limit=100)}
        arrived = arrivals(url, load.events * load.healthy)
        latencies = [at - committed[event_ids[event]] for _, event, at in arrived]
        rate = 0.0 if dead else _drained(client, url, load)
    return Figures(latencies, rate)


def _drained(client: MolamClient, url: str, load: Load) -> float:
    """Deliveries in a second while a backlog is worked off, between the first and the last arrival."""
    for _ in range(load.events):
        client.payment_intents.create(amount=2500, currency="USD")
    times = sorted(at for _, _, at in arrivals(url, load.events * load.healthy))
    return (len(times) - 1) / (times[-1] - times[0])


def arrivals(url: str, expected: int) -> list[tuple[str, str, float]]:
    """What healthy receivers got since they were asked last, once all of it is there."""
    found: list[tuple[str, str, float]] = []
    deadline = time.monotonic() + _PATIENCE
    while len(found) < expected:
        with urllib.request.urlopen(f"{url}/report") as answer:  # noqa: S310 - of our own receivers
            found += [(path, event, at) for path, event, at in json.load(answer) if path.startswith("/healthy/")]
        if time.monotonic() > deadline:
            raise SystemExit(f"only {len(found)} of {expected} deliveries arrived")
        time.sleep(0.2)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deliveries", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--healthy", type=int, default=10, help="healthy endpoints")
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--pace", type=float, default=5.0, help="events in a second")
    chosen = parser.parse_args(arguments)
    load = Load(chosen.healthy, chosen.events, chosen.pace)
    ratios: list[float] = []
    with receivers() as url:
        measure(url, Load(load.healthy, 20, load.pace), dead=0)  # warms up
        for number in range(chosen.rounds):
            none = measure(url, load, dead=0)
            half = measure(url, load, dead=load.healthy)
            ratios.append(half.quantile(0.99) / none.quantile(0.99))
            print(
                f"round {number + 1}: p50 {none.quantile(0.5) * 1000:.0f} -> {half.quantile(0.5) * 1000:.0f} ms, "
                f"p99 {none.quantile(0.99) * 1000:.0f} -> {half.quantile(0.99) * 1000:.0f} ms "
                f"(ratio {ratios[-1]:.2f}), {none.rate:.0f} deliveries/s",
                flush=True,
            )
    ratio = statistics.median(ratios)
    print(f"p99 with half dead / none dead: {ratio:.2f} (at most {BAR:g})")
    return 0 if ratio <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
