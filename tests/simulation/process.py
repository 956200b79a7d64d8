"""One process of a merchant: what the SDK keeps in its memory, and calls made with the SDK's own decisions."""

from __future__ import annotations

from collections.abc import Generator

from molam_sdk._calls.journaling import LEASE_SLACK
from molam_sdk._exchange import exchange
from molam_sdk._exchange.attempt import Ask, Attempt
from molam_sdk._exchange.policy import Policy, Route
from molam_sdk._exchange.reply import Lost, Reply
from molam_sdk._shared.breaker import Breaker
from molam_sdk._shared.budget import RetryBudget
from molam_sdk._shared.keys_in_doubt import KeysInDoubt
from molam_sdk._shared.preference import Preference
from molam_sdk.errors import MolamError
from tests.simulation.gateway import KEPT, Request
from tests.simulation.journal import Entry
from tests.simulation.rules import Rules
from tests.simulation.schedule import Schedule
from tests.simulation.state import Call, Result, State
from tests.simulation.world import CONNECT_TIMEOUT, READ_TIMEOUT, REGIONS, START, Step, World


class Process:
    """What the SDK keeps in the memory of one process, and the rules that its calls are held to."""

    __slots__ = ("policy", "route", "rules")

    def __init__(self, schedule: Schedule, account: str = "", keys: KeysInDoubt | None = None) -> None:
        self.policy = policy_of(schedule)
        breakers = tuple([Breaker(region, mutating=True) for region in REGIONS[: schedule.regions]])
        for breaker in breakers:
            for _ in range(schedule.worn):
                breaker.failed(START - 100.0, probe=0)
        budget = RetryBudget(schedule.budget)
        if schedule.regions == 1:
            self.route = Route(budget, breakers)
        else:
            memory = keys if account and keys is not None else KeysInDoubt()
            self.route = Route(budget, breakers, REGIONS, Preference(), memory, account.encode())
        self.rules = Rules(schedule)

    def only(self, region: int) -> Route:
        """Return the way to one region, as a call that is resolved or recovered goes."""
        route = self.route
        if len(route) == 1:
            return route
        return Route(
            route.budget, (route.breakers[region],), (route.regions[region],), None, route.in_doubt, route.scope
        )


_policies: dict[tuple[float, int, bool, bool], Policy] = {}


def policy_of(schedule: Schedule) -> Policy:
    """Return the policy of a schedule."""
    name = (schedule.deadline, schedule.retries, schedule.echo, schedule.failover)
    found = _policies.get(name)
    if found is None:
        found = _policies[name] = Policy(
            deadline=schedule.deadline,
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            max_retries=schedule.retries,
            backoff_factor=0.3,
            require_attempt_id=schedule.echo,
            write_failover=schedule.failover,
        )
    return found


def request_of(state: State, ask: Ask, attempt: Attempt, body: str, verdict: str) -> Request:
    """Write the request of an attempt."""
    return Request(
        attempt.id, ask.idempotency_key or "", state.number, body, verdict, ask.object_id or "", state.order.tenant
    )


def begin(state: State, ask: Ask, body: str, verdict: str, region: int, world: World, lease: float) -> Entry:
    """Write a call down."""
    return state.journal.begin(ask.idempotency_key or "", body, verdict, region, world.now, lease)


def call(
    world: World, state: State, process: Process, ask: Ask, body: str, verdict: str, pinned: int | None = None
) -> Generator[Step, Reply | Lost | None, Result]:
    """Make a call as a client does: the exchange decides, somebody waits and sends."""
    key = ask.idempotency_key or ""
    began, slept = world.now, world.slept
    policy, rules = process.policy, process.rules
    route = process.route if pinned is None else process.only(pinned)
    attempts: list[str] = []
    entry: Entry | None = None
    region, written = pinned or 0, -1
    result = Result("unknown")
    state.die("before")
    steps = exchange.exchange(ask, policy, route, began, random=world.random, mint=world.mint)
    rules.begin(pinned)
    try:
        attempt = next(steps)
        while True:
            rules.decided(world, attempt)
            if attempt.delay > 0:
                yield attempt.delay
            region = attempt.region if pinned is None else pinned
            if state.order.journal and written != region:
                entry = begin(state, ask, body, verdict, region, world, policy.deadline + LEASE_SLACK)
                written = region
                state.die("begun")
            first = state.used.setdefault(key, world.now)
            if ask.in_doubt and world.now - first > KEPT:
                world.fail(f"old key: {key} is sent after its guaranteed retention")
            request = request_of(state, ask, attempt, body, verdict)
            attempts.append(attempt.id)
            outcome = yield attempt, request, region
            assert outcome is not None
            state.die("flying")
            rules.heard(world, outcome, attempt, region)
            attempt = steps.send((outcome, world.now))
    except StopIteration as stop:
        result = _read(stop.value.reply, region)
        rules.succeeded()
    except MolamError as error:
        result = Result(error.outcome, "", error.status_code, error.code, error.retry_after, region)
    late = world.now - began - policy.deadline - (world.slept - slept)
    if late > 1e-6:
        world.fail(f"deadline: a call ended {late:.3f} s late")
    state.calls.append(Call(result.outcome, result.object, key, attempts, result.code))
    if world.story is not None:
        world.tell(f"order {state.number}: the call with key {key} ends: {_words(result)}")
    state.die("answered")
    if entry is not None:
        entry.finish(result.outcome, result.object)
        state.die("finished")
    return result


def _read(reply: Reply, region: int) -> Result:
    found = reply.object_id()
    return Result("unknown", "", reply.status, None, None, region) if found is None else Result("succeeded", found)


def _words(result: Result) -> str:
    about = result.object or result.code or result.status or ""
    return f"{result.outcome} {about}".rstrip()
