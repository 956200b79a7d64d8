"""The breaker, compared with a model of it over every short history, and from many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from threading import Barrier

import pytest

from molam_sdk import _breaker
from molam_sdk._breaker import PROBE, Breaker


@dataclass
class Model:
    """The promise in its simplest words; two failures open it, so that short histories show everything."""

    failures: int = 0
    pause: float = 5.0
    open_until: float | None = None
    probing: bool = False

    def admit(self, now: float) -> float:
        if self.open_until is None:
            return 0.0
        if now < self.open_until:
            return self.open_until - now
        if self.probing:
            return self.pause
        self.probing = True
        return PROBE

    def end(self, verdict: str, now: float, *, probe: bool) -> None:
        if probe:
            self.probing = False
        if verdict == "succeeded":
            if probe:
                self.open_until, self.pause = None, 5.0
            if self.open_until is None:
                self.failures = 0
        elif verdict == "failed":
            if probe:
                self.pause = min(60.0, 2 * self.pause)
                self.open_until = now + self.pause
            elif self.open_until is None:
                self.failures += 1
                if self.failures >= 2:
                    self.open_until = now + self.pause

    @property
    def state(self) -> str:
        if self.open_until is None:
            return "closed"
        return "half_open" if self.probing else "open"


STEPS = ("admit", "succeeded", "failed", "abandoned", "wait")


def test_every_short_history_goes_as_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_breaker, "FAILURES_TO_OPEN", 2)
    for history in product(STEPS, repeat=7):
        breaker, model, now = Breaker(), Model(), 0.0
        under_way: list[bool] = []
        for step in history:
            if step == "wait":
                now += 5.0
            elif step == "admit":
                wait = breaker.admit(now)
                assert wait == model.admit(now), history
                if wait <= 0:
                    under_way.append(wait == PROBE)
            elif under_way:
                probe = under_way.pop()
                model.end(step, now, probe=probe)
                if step == "succeeded":
                    breaker.succeeded(probe=probe)
                elif step == "failed":
                    breaker.failed(now, probe=probe)
                else:
                    breaker.abandoned(probe=probe)
            assert breaker.state == model.state, history


def open_breaker() -> Breaker:
    breaker = Breaker()
    for _ in range(10):
        breaker.failed(0.0, probe=False)
    return breaker


def test_sixty_four_threads_get_one_probe() -> None:
    for _ in range(5):
        breaker, start = open_breaker(), Barrier(64)

        def admit(_: int, breaker: Breaker = breaker, start: Barrier = start) -> float:
            start.wait()
            return breaker.admit(5.0)

        with ThreadPoolExecutor(64) as pool:
            waits = list(pool.map(admit, range(64)))
        assert waits.count(PROBE) == 1
        assert set(waits) == {PROBE, 5.0}


def test_a_success_from_before_the_outage_does_not_close_it() -> None:
    breaker = open_breaker()
    breaker.succeeded(probe=False)
    assert (breaker.state, breaker.admit(4.0)) == ("open", 1.0)


def test_failures_while_open_do_not_prolong_it() -> None:
    breaker = open_breaker()
    for _ in range(20):
        breaker.failed(4.0, probe=False)
    assert breaker.admit(5.0) == PROBE


def test_a_breaker_that_closed_meanwhile_lets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    breaker = open_breaker()

    class ClosedByAnother:
        def __enter__(self) -> None:
            monkeypatch.setattr(breaker, "_open_until", None)

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(breaker, "_lock", ClosedByAnother())
    assert breaker.admit(1.0) == 0.0
