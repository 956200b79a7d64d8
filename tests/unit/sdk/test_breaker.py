"""The breaker: every state that it can reach, compared with what is promised, and many threads at once."""

# The states are set up and read back where they are kept.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import attrs
import pytest

from molam_sdk._shared import breaker
from molam_sdk._shared.breaker import Breaker, CircuitEvent

PAUSES = (1, 2)
FAILURES = 3
MOST_UNDER_WAY = 6


@attrs.frozen
class State:
    """All that can matter to a breaker: what it is, and the calls that are under way.

    Attributes:
        failures: Failures in a row, while closed.
        due: Ticks until a call may try the region; None while closed.
        trying: Whether the call that was let through last is under way.
        plain: Calls under way that were let through while it was closed.
        stale: Calls under way that were let through to try the region, but for the last.
    """

    failures: int = 0
    due: int | None = None
    trying: bool = False
    plain: int = 0
    stale: int = 0

    @property
    def name(self) -> str:
        if self.due is None:
            return "closed"
        return "half_open" if self.trying else "open"

    @property
    def under_way(self) -> int:
        return self.plain + self.stale + self.trying


@attrs.frozen
class Step:
    """Something that happens to a breaker: `call` is whose end it is, `pause` what is drawn."""

    kind: str
    call: str = ""
    pause: int = 2


def steps(state: State) -> list[Step]:
    """All that can happen."""
    found = [Step("tick")] if state.due else []
    if state.under_way < MOST_UNDER_WAY:
        found += [Step("admit", pause=pause) for pause in PAUSES]
    for call in ("plain", "trying", "stale"):
        if getattr(state, call):
            found += [Step(end, call) for end in ("succeeded", "failed", "abandoned", "withdrawn")]
    return found


def promised(state: State, step: Step) -> tuple[State, float | None]:
    """The specification: what follows, and what a call that wants to go is told (None for other steps).

    - Closed: every call goes. Three (in earnest ten) failures in a row open it; a success starts the count anew.
    - Not closed: one call goes when the pause is over, and the next pause begins with it. All others are told how long
      to wait.
    - A success of any call that was let through to try closes it; its failure changes nothing but the name.
    - An end without verdict changes nothing but the name either; if nothing was sent, another may go at once.
    - What was let through before it opened says nothing any more.
    """
    if step.kind == "tick":
        assert state.due
        return attrs.evolve(state, due=state.due - 1), None
    if step.kind == "admit":
        if state.due is None:
            return attrs.evolve(state, plain=state.plain + 1), 0.0
        if state.due:
            return state, float(state.due)
        return attrs.evolve(state, due=step.pause, trying=True, stale=state.stale + state.trying), -1.0
    last = step.call == "trying"
    left = attrs.evolve(state, **{step.call: getattr(state, step.call) - 1 if not last else False})
    if state.due is None:
        failures = {"succeeded": 0, "failed": state.failures + 1}.get(step.kind, state.failures)
        if failures == FAILURES:
            return attrs.evolve(left, failures=failures, due=2, stale=left.stale + left.trying, trying=False), None
        return attrs.evolve(left, failures=failures), None
    if step.kind == "succeeded" and step.call != "plain":
        return attrs.evolve(left, failures=0, due=None, stale=left.stale + left.trying, trying=False), None
    if step.kind == "withdrawn" and last:
        return attrs.evolve(left, due=0), None
    return left, None


LATEST, OLD = 7, 3
"""Numbers of the last call that tries the region and of one before."""


def real(state: State) -> Breaker:
    """A breaker in that state, at the time 0."""
    breaker = Breaker("https://eu.example", mutating=True)
    breaker._failures = state.failures
    breaker._next_probe_at = None if state.due is None else float(state.due)
    breaker._probes = LATEST
    breaker._probe = LATEST if state.trying else 0
    return breaker


def play(state: State, step: Step) -> tuple[State, float | None, list[CircuitEvent]]:
    """What the breaker makes of a step."""
    breaker, told, now = real(state), list[CircuitEvent](), 0.0
    calls = {call: getattr(state, call) for call in ("plain", "stale")}
    wait: float | None = None

    def draw() -> float:
        return float(step.pause - 1)

    if step.kind == "tick":
        now = 1.0
    elif step.kind == "admit":
        wait = breaker.admit(now, draw, told.append)
        if wait < 0:
            assert wait == -(LATEST + 1)
            wait = -1.0
            calls["stale"] += state.trying
        calls["plain"] += wait == 0.0
    else:
        probe = {"plain": 0, "stale": OLD, "trying": LATEST}[step.call]
        if step.kind == "succeeded":
            breaker.succeeded(probe=probe, tell=told.append)
        elif step.kind == "failed":
            breaker.failed(now, probe=probe, tell=told.append)
        else:
            breaker.abandoned(now, probe=probe, sent=step.kind == "abandoned", tell=told.append)
        if step.call != "trying":
            calls[step.call] -= 1
        elif breaker._probe == LATEST:
            raise AssertionError("the call has ended and still counts as under way")
        if step.call != "trying" and state.trying and not breaker._probe:
            calls["stale"] += 1
    due = breaker._next_probe_at
    left = None if due is None else int(max(0.0, due - now))
    return State(breaker._failures, left, bool(breaker._probe), calls["plain"], calls["stale"]), wait, told


def test_in_every_state_every_step_goes_as_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "FAILURES_TO_OPEN", FAILURES)
    monkeypatch.setattr(breaker, "PAUSE", 2.0)
    monkeypatch.setattr(breaker, "SPREAD", 0.5)
    seen, pending, moves = {State()}, [State()], 0
    while pending:
        state = pending.pop()
        for step in steps(state):
            expected, waits = promised(state, step)
            found, waited, told = play(state, step)
            moves += 1
            if found.due is not None and expected.due is not None:  # failures count only while it is closed
                expected, found = attrs.evolve(expected, failures=0), attrs.evolve(found, failures=0)
            assert (found, waited) == (expected, waits), (state, step)
            if found.name == state.name:
                assert told == [], (state, step)
            else:
                (event,) = told
                assert event == CircuitEvent(
                    "https://eu.example",
                    "write",
                    found.name,  # type: ignore[arg-type]
                    state.name,  # type: ignore[arg-type]
                    found.due,
                ), (state, step)
            if found not in seen:
                seen.add(found)
                pending.append(found)
    assert {state.name for state in seen} == {"closed", "open", "half_open"}
    assert len(seen) > 100
    assert moves > 1000


def open_breaker() -> Breaker:
    breaker = Breaker()
    for _ in range(10):
        breaker.failed(0.0, probe=0)
    return breaker


def test_of_sixty_four_threads_one_goes() -> None:
    for _ in range(5):
        breaker, start = open_breaker(), Barrier(64)
        told: list[CircuitEvent] = []

        def admit(_: int, breaker: Breaker = breaker, start: Barrier = start, told: list[CircuitEvent] = told) -> float:
            start.wait()
            return breaker.admit(5.0, tell=told.append)

        with ThreadPoolExecutor(64) as pool:
            waits = list(pool.map(admit, range(64)))
        assert sorted(waits) == [-1.0, *[5.0] * 63]
        assert [event.state for event in told] == ["half_open"]


def test_of_sixty_four_threads_one_opens_it() -> None:
    breaker, start, told = Breaker(), Barrier(64), list[CircuitEvent]()

    def fail(_: int) -> None:
        start.wait()
        breaker.failed(0.0, probe=0, tell=told.append)

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(fail, range(64)))
    assert [(event.previous, event.state, event.retry_after) for event in told] == [("closed", "open", 5.0)]


def test_a_call_that_never_ends_keeps_nobody_out_for_longer_than_a_pause() -> None:
    breaker = open_breaker()
    assert [breaker.admit(now) for now in (5.0, 7.0, 10.0, 15.0)] == [-1.0, 3.0, -2.0, -3.0]


def test_the_pauses_of_a_fleet_drift_apart() -> None:
    breaker = open_breaker()
    assert breaker.admit(5.0, lambda: 0.0) == -1.0
    assert breaker.admit(8.0, lambda: 0.5) == pytest.approx(1.0)
    assert breaker.admit(9.0, lambda: 0.5) == -2.0
    assert breaker.admit(9.0) == pytest.approx(4.5)


def test_a_breaker_that_closed_meanwhile_lets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    breaker = open_breaker()

    class ClosedByAnother:
        def __enter__(self) -> None:
            monkeypatch.setattr(breaker, "_next_probe_at", None)

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(breaker, "_lock", ClosedByAnother())
    assert breaker.admit(1.0) == 0.0
