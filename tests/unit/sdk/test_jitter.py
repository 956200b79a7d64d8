"""The waits before retries are uniformly distributed: full jitter, shown by a Kolmogorov-Smirnov test."""

from __future__ import annotations

from math import exp, sqrt
from random import Random

import pytest

from molam_sdk._exchange.exchange import exchange
from molam_sdk._shared.breaker import PAUSE, SPREAD, Breaker
from tests.unit.sdk.conversation import POLICY, TORN, Conversation, route

WAITS = 10_000


def probability(samples: list[float], low: float, high: float) -> float:
    """How likely samples that fit a uniform distribution as badly are (Kolmogorov's limit)."""
    n = len(samples)
    shares = [(sample - low) / (high - low) for sample in sorted(samples)]
    distance = max(max((at + 1) / n - share, share - at / n) for at, share in enumerate(shares))
    t = (sqrt(n) + 0.12 + 0.11 / sqrt(n)) * distance
    return min(1.0, 2.0 * sum((1.0 if k % 2 else -1.0) * exp(-2 * (k * t) ** 2) for k in range(1, 101)))


@pytest.mark.parametrize(("retry", "longest"), [(1, 0.3), (2, 0.6), (3, 1.2)])
def test_the_waits_of_calls_are_uniform(retry: int, longest: float) -> None:
    random = Random(20261121)
    ask, over, waits = Conversation().ask, route(tokens=10**9), list[float]()
    for _ in range(WAITS):
        steps = exchange(ask, POLICY, over, 0.0, random=random.random, mint=lambda: "attempt")
        attempt = next(steps)
        for _ in range(retry):
            attempt = steps.send((TORN, 0.0))
        waits.append(attempt.delay)
        steps.close()
    assert 0 <= min(waits) < max(waits) <= longest
    assert probability(waits, 0.0, longest) > 0.01


def test_the_pauses_of_a_fleet_are_spread_evenly() -> None:
    random = Random(20261121)
    breaker, pauses = Breaker(), list[float]()
    for _ in range(10):
        breaker.failed(0.0, probe=0)
    now = PAUSE
    for _ in range(WAITS):
        assert breaker.admit(now, random.random) < 0
        pauses.append(breaker.admit(now))
        now += pauses[-1] + 1e-6
    assert probability(pauses, PAUSE * (1 - SPREAD), PAUSE) > 0.01


def test_the_test_can_tell() -> None:
    random = Random(1)
    assert probability([random.triangular(0, 1) for _ in range(WAITS)], 0, 1) < 1e-6
    assert probability([0.5 + random.random() / 2 for _ in range(WAITS)], 0, 1) < 1e-6
