"""Many processes, one gateway that fails and heals, all on one virtual clock: what retries and breakers cost and save.

The retries, budgets and breakers are the SDK's own; the gateway is a queue with a capacity, which becomes slower the
longer its queue is, as databases do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import suppress
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Literal

from attrs import field, frozen

from molam_sdk._exchange.attempt import Ask, Attempt, Settled
from molam_sdk._exchange.exchange import exchange
from molam_sdk._exchange.policy import Policy, Route
from molam_sdk._exchange.reply import Lost, Reply
from molam_sdk._shared.breaker import Breaker
from molam_sdk._shared.budget import RetryBudget
from molam_sdk.errors import CircuitOpenError, MolamError

Fault = Literal["refused", "failing", "silent", "slow"]

DONE = Reply(200, {}, b'{"id": "pi_1"}')
FAILED = Reply(503, {"content-type": "application/problem+json"}, b'{"code": "overloaded"}')
REFUSED = Lost("connect", sent=False, cause_type="ConnectionRefusedError")
UNCONNECTED = Lost("connect", sent=False, timed_out=True, cause_type="TimeoutError")
SILENT = Lost("headers", sent=True, timed_out=True, cause_type="TimeoutError")
ROUND_TRIP = 0.02
SLOW = 10.0
LONGEST_QUEUE = 10.0
"""Seconds; what comes when the queue is that long gets no answer."""


@frozen
class Scenario:
    """What happens to the gateway, and who calls it.

    Attributes:
        processes: How many, each with one client.
        rate: Calls per second of each; every second one is a read.
        before: Seconds of health at first.
        outage: Seconds that the fault lasts.
        after: Seconds of health at last.
        fault: Connections refused, answers 503, connections that time out, or a gateway with a tenth of its capacity.
        breaker: Whether the breakers are on.
        budget: Capacity of the retry budget.
        headroom: Capacity of the gateway, in multiples of what is called.
    """

    processes: int = 1000
    rate: float = 2.0
    before: float = 10.0
    outage: float = 600.0
    after: float = 30.0
    fault: Fault = "failing"
    breaker: bool = True
    budget: int = 500
    headroom: float = 2.0
    seed: int = 1
    policy: Policy = field(
        default=Policy(
            deadline=60.0,
            connect_timeout=5.0,
            read_timeout=5.0,
            max_retries=3,
            backoff_factor=0.3,
            require_attempt_id=False,
            write_failover=False,
        )
    )

    @property
    def heals_at(self) -> float:
        return self.before + self.outage

    @property
    def ends_at(self) -> float:
        return self.heals_at + self.after


class Process:
    """The state that the clients of one process share."""

    __slots__ = ("calls", "reads", "requests", "writes")

    def __init__(self, scenario: Scenario) -> None:
        budget = RetryBudget(scenario.budget)
        self.reads = Route(budget, (Breaker() if scenario.breaker else None,))
        self.writes = Route(budget, (Breaker() if scenario.breaker else None,))
        self.calls = 0
        self.requests = 0


class Gateway:
    """A queue: each request takes longer the more are waiting, and those that nobody awaits any more take time too."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.seconds = 1 / (scenario.processes * scenario.rate * scenario.headroom)
        self.free_at = 0.0

    def answer(self, now: float, attempt: Attempt) -> tuple[Reply | Lost, float]:
        """Return what comes of a request that is sent now, and when."""
        scenario = self.scenario
        down = scenario.before <= now < scenario.heals_at
        if down and scenario.fault == "refused":
            return REFUSED, now + ROUND_TRIP
        if down and scenario.fault == "silent":
            return UNCONNECTED, now + min(scenario.policy.connect_timeout, attempt.remaining)
        if down and scenario.fault == "failing":
            return FAILED, now + ROUND_TRIP
        waiting = max(0.0, self.free_at - now)
        patience = min(scenario.policy.read_timeout, attempt.remaining)
        seconds = self.seconds * (SLOW if down else 1.0) * (1.0 + min(waiting, 5.0) / 10.0)
        if waiting > LONGEST_QUEUE:
            return SILENT, now + patience
        self.free_at = now + waiting + seconds
        answered = self.free_at + ROUND_TRIP
        return (DONE, answered) if answered < now + patience else (SILENT, now + patience)


@frozen
class Figures:
    """What was counted.

    Attributes:
        calls: Calls that began during the outage.
        requests: Requests that they and others sent meanwhile.
        most_requests: The most requests that a process sent.
        most_over_calls: The most requests that a process sent beyond its calls.
        refused: Calls that a breaker refused.
        recovered_after: Seconds from healing until at least 99 % of the calls of every later second succeed; None if
            that did not happen.
    """

    calls: int
    requests: int
    most_requests: int
    most_over_calls: int
    refused: int
    recovered_after: int | None

    @property
    def amplification(self) -> float:
        return self.requests / self.calls


def run(scenario: Scenario) -> Figures:
    """Play the scenario to its end."""
    random = Random(scenario.seed)
    processes = [Process(scenario) for _ in range(scenario.processes)]
    gateway = Gateway(scenario)
    number = count()
    events: list[tuple[float, int, Process, Call | None, Attempt | Reply | Lost | None]] = []
    for process in processes:
        heappush(events, (random.expovariate(scenario.rate), next(number), process, None, None))
    began: Counter[int] = Counter()
    succeeded: Counter[int] = Counter()
    refused = 0
    read = Ask("retrieve_payment_intent", None, None)
    write = Ask("create_payment_intent", "order-1", None)
    mint = "attempt".__str__
    draw = random.random
    before, heals_at, ends_at = scenario.before, scenario.heals_at, scenario.ends_at

    def proceed(process: Process, call: Call, attempt: Attempt, now: float) -> None:
        heappush(events, (now + attempt.delay, next(number), process, call, attempt))

    while events:
        now, _, process, call, happened = heappop(events)
        if now >= ends_at:
            break
        if call is None:
            heappush(events, (now + random.expovariate(scenario.rate), next(number), process, None, None))
            mutating = draw() < 0.5
            route = process.writes if mutating else process.reads
            steps = exchange(write if mutating else read, scenario.policy, route, now, random=draw, mint=mint)
            began[int(now)] += 1
            process.calls += before <= now < heals_at
            try:
                proceed(process, Call(steps, int(now)), next(steps), now)
            except CircuitOpenError:
                refused += 1
        elif isinstance(happened, Attempt):
            process.requests += before <= now < heals_at
            outcome, at = gateway.answer(now, happened)
            heappush(events, (at, next(number), process, call, outcome))
        elif happened is not None:
            with suppress(MolamError):
                try:
                    proceed(process, call, call.steps.send((happened, now)), now)
                except StopIteration:
                    succeeded[call.second] += 1
    return Figures(
        sum(process.calls for process in processes),
        sum(process.requests for process in processes),
        max(process.requests for process in processes),
        max(process.requests - process.calls for process in processes),
        refused,
        _recovered_after(scenario, began, succeeded),
    )


class Call:
    """A call on its way, and the second in which it began."""

    __slots__ = ("second", "steps")

    def __init__(self, steps: Generator[Attempt, tuple[Reply | Lost, float], Settled], second: int) -> None:
        self.steps = steps
        self.second = second


def _recovered_after(scenario: Scenario, began: Counter[int], succeeded: Counter[int]) -> int | None:
    healed, last = int(scenario.heals_at), int(scenario.ends_at) - 3
    for second in range(last, healed - 1, -1):
        if succeeded[second] < min(0.99 * began[second], began[second] - 1):
            return None if second == last else second + 1 - healed
    return 0
