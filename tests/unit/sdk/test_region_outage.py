"""Ten thousand calls while a region dies and comes back, played in memory: none is done twice, none waits for long.

The two regions share nothing: a key that one has seen is new to the other, which is the worst they can be.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Generator
from itertools import count, pairwise

import pytest

from molam_sdk._exchange import itinerary
from molam_sdk._exchange.attempt import Ask, Attempt, Settled
from molam_sdk._exchange.exchange import exchange
from molam_sdk._exchange.policy import Policy, Route
from molam_sdk._exchange.reply import Lost, Reply
from molam_sdk._shared.breaker import Breaker
from molam_sdk._shared.budget import RetryBudget
from molam_sdk._shared.keys_in_doubt import KeysInDoubt, name_of
from molam_sdk._shared.preference import STAY, Preference
from molam_sdk.errors import MolamError
from tests.unit.sdk.conversation import problem

CALLS = 10_000
TENANTS = (b"acct_a", b"acct_b")
"""Two accounts that number their orders alike."""
RATE = 100.0
DEATH, LIFE = 20.0, 75.0
DEADLINE = 20.0
REGIONS = ("https://home.example", "https://away.example")

TORN, DECLINED = 1, 3
"""Calls, modulo 200, whose answers are lost just before the region dies; those of the other tenant with their keys."""

Steps = Generator[Attempt, tuple[Reply | Lost, float], Settled]


class World:
    """Clients that call at a steady rate, two regions, and a clock that jumps from one event to the next."""

    def __init__(self, seed: int, *, silent: bool) -> None:
        self.random = random.Random(seed)
        self.silent = silent
        self.ids = count()
        self.events: list[tuple[float, int, int, Steps, Attempt]] = []
        self.regions = REGIONS
        self.preference = Preference()
        self.in_doubt = KeysInDoubt()
        budget = RetryBudget(500)
        breakers = {mutating: tuple(Breaker(name) for name in REGIONS) for mutating in (True, False)}
        self.routes = {
            (mutating, scope): Route(budget, breakers[mutating], REGIONS, self.preference, self.in_doubt, scope)
            for mutating in (True, False)
            for scope in TENANTS
        }
        self.policy = Policy(DEADLINE, 5.0, 10.0, 3, 0.3, False, True)
        self.done: Counter[tuple[bytes, str, str]] = Counter()
        self.began: dict[int, float] = {}
        self.took: dict[int, float] = {}
        self.outcomes: Counter[str] = Counter()
        self.paid: list[float] = []
        """When calls that were free to go anywhere waited for the silent region."""
        self.switches: list[float] = []

    def run(self) -> None:
        arrivals = [(number / RATE, number) for number in range(CALLS)]
        heapq.heapify(arrivals)
        while arrivals or self.events:
            if not self.events or (arrivals and arrivals[0][0] <= self.events[0][0]):
                now, call = heapq.heappop(arrivals)
                self.began.setdefault(call, now)
                self.call(call, now)
            else:
                now, _, call, steps, attempt = heapq.heappop(self.events)
                before = self.preference.region
                again = self.answer(call, steps, attempt, now)
                if again is not None:
                    heapq.heappush(arrivals, (again, call))
                if self.preference.region != before:
                    self.switches.append(now)

    def tenant(self, call: int) -> bytes:
        return TENANTS[call // 2 % 2]

    def key(self, call: int) -> str:
        """The second tenant uses a key two seconds after the first, when a region may have died meanwhile."""
        return f"order-{call // 4 - (TENANTS.index(self.tenant(call)) * int(RATE) // 2)}"

    def known(self, call: int, now: float) -> str | None:
        return self.in_doubt.region_of(name_of(self.tenant(call), self.key(call)), REGIONS, now)

    def ask(self, call: int) -> Ask:
        key = self.key(call) if call % 2 else None
        return Ask("create_payment_intent", key, None, mutating=key is not None)

    def call(self, call: int, now: float) -> None:
        ask = self.ask(call)
        steps = exchange(
            ask,
            self.policy,
            self.routes[ask.mutating, self.tenant(call)],
            now,
            random=self.random.random,
            mint=lambda: str(next(self.ids)),
        )
        try:
            self.send(call, steps, next(steps), now)
        except MolamError as error:
            self.end(call, now, error.outcome)

    def send(self, call: int, steps: Steps, attempt: Attempt, now: float) -> None:
        sent = now + attempt.delay
        takes = self.random.uniform(0.01, 0.2)
        if attempt.region == 0 and DEATH <= sent < LIFE:
            takes = attempt.connect_timeout if self.silent else 0.001
            if self.silent and (call % 2 == 0 or self.known(call, now) is None):
                self.paid.append(sent)
        heapq.heappush(self.events, (sent + takes, next(self.ids), call, steps, attempt))

    def answer(self, call: int, steps: Steps, attempt: Attempt, now: float) -> float | None:
        """Answer an attempt; return when the caller repeats the call, if it ends in doubt."""
        try:
            self.send(call, steps, steps.send((self.outcome(call, attempt, now), now)), now)
        except StopIteration:
            self.end(call, now, "succeeded")
        except MolamError as error:
            if error.outcome == "unknown" or (call % 2 and self.known(call, now) is not None):
                return now + 5.0
            self.end(call, now, error.outcome)
        return None

    def outcome(self, call: int, attempt: Attempt, now: float) -> Reply | Lost:
        key = self.ask(call).idempotency_key
        dead = attempt.region == 0 and DEATH <= now < LIFE
        if dead and now - 0.2 >= DEATH:
            return Lost("connect", sent=False, timed_out=self.silent, cause_type="ConnectError")
        if call % 200 == DECLINED and not dead:
            return problem(402, "card_declined")
        torn = call % 200 == TORN and attempt.region == 0 and DEATH / 2 <= now < DEATH
        dead = dead or torn
        if key is not None and (torn or self.random.random() < 0.9):
            # a region does a key once, whatever happens
            self.done[(self.tenant(call), key, self.regions[attempt.region])] = 1
            if not dead:
                return Reply(201, {}, b'{"id": "pi_1"}')
        return Lost("headers", sent=True, cause_type="ReadError") if dead or key else Reply(200, {}, b'{"id": "pi_1"}')

    def most_charges(self) -> int:
        return max(Counter((tenant, key) for tenant, key, _ in self.done).values())

    def end(self, call: int, now: float, outcome: str) -> None:
        self.took[call] = now - self.began[call]
        self.outcomes[outcome] += 1


@pytest.mark.parametrize("silent", [False, True], ids=["refuses", "says nothing"])
@pytest.mark.parametrize("seed", [1, 2])
def test_ten_thousand_calls_and_a_region_that_dies(seed: int, silent: bool) -> None:
    world = World(seed, silent=silent)
    world.run()
    assert world.most_charges() == 1
    assert len(world.took) == CALLS
    reads = [seconds for call, seconds in world.took.items() if not call % 2]
    assert max(reads) < DEADLINE / 2
    assert world.outcomes["succeeded"] > CALLS * 0.98
    assert all(later - earlier >= STAY for earlier, later in pairwise(world.switches))
    assert world.preference.region == 0
    assert len(world.switches) == 2
    late = [sent for sent in world.paid if sent > DEATH + 6]
    assert len(late) <= 2  # the ones that try home


def test_the_same_world_without_what_binds_a_key_charges_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(_: KeysInDoubt, name: bytes, region: str, now: float) -> None: ...

    monkeypatch.setattr(KeysInDoubt, "add", forget)
    world = World(1, silent=False)
    world.run()
    assert world.most_charges() == 2


def test_the_same_world_in_which_all_accounts_have_the_same_keys_charges_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def unscoped(_: bytes, key: str) -> bytes:
        return name_of(b"", key)

    monkeypatch.setattr(itinerary, "name_of", unscoped)
    world = World(1, silent=False)
    world.run()
    assert world.most_charges() == 2
