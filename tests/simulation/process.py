"""One process of a merchant: what the SDK keeps in its memory, and calls made with the SDK's own decisions."""

from __future__ import annotations

from collections.abc import Generator

from molam_sdk._calls import resume
from molam_sdk._calls.journaling import LEASE_SLACK
from molam_sdk._exchange import exchange, retry
from molam_sdk._exchange.attempt import Ask, Attempt
from molam_sdk._exchange.failure import Known, too_late
from molam_sdk._exchange.policy import Policy, Route
from molam_sdk._exchange.reply import Lost, Reply
from molam_sdk._shared.breaker import Breaker
from molam_sdk._shared.budget import RetryBudget
from molam_sdk._shared.keys_in_doubt import KeysInDoubt, name_of
from molam_sdk._shared.preference import Preference
from molam_sdk.errors import ConflictError, MolamError, StorageError
from tests.simulation.gateway import KEPT, Request
from tests.simulation.journal import Claim
from tests.simulation.rules import Rules
from tests.simulation.schedule import Schedule
from tests.simulation.state import OLD, Call, Result, State
from tests.simulation.world import CONNECT_TIMEOUT, READ_TIMEOUT, REGIONS, START, Step, World


class Process:
    """What the SDK keeps in the memory of one process, and the rules that its calls are held to.

    Attributes:
        slept: Seconds for which its machine has slept.
    """

    __slots__ = ("_stops", "policy", "route", "rules", "slept")

    def __init__(self, schedule: Schedule, account: str = "", keys: KeysInDoubt | None = None) -> None:
        self.policy = policy_of(schedule)
        self.slept = 0.0
        self._stops = schedule.stops
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

    def clock(self, world: World) -> float:
        """Return monotonic time, which stands still on some machines while they sleep."""
        return world.now - self.slept if self._stops else world.now

    def remembers(self, key: str) -> bool:
        """Whether this process knows that a call with the key was or may have been done."""
        route = self.route
        return route.in_doubt is not None and route.in_doubt.has(name_of(route.scope, key))

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


def begin(state: State, ask: Ask, body: str, verdict: str, region: int, world: World, lease: float) -> Claim:
    """Write a call down."""
    return state.journal.begin(ask.idempotency_key or "", body, verdict, region, world.now, lease)


def asked(
    state: State, ask: Ask, body: str, verdict: str, region: int, world: World, lease: float, result: Result
) -> Result:
    """Hear what the journal knows of the key of a call that was not sent, and not written down either."""
    try:
        claim = begin(state, ask, body, verdict, region, world, lease)
    except ConflictError:
        return result._replace(outcome="unknown")
    if claim.in_doubt:
        result = result._replace(outcome="unknown")
    claim.finish(result.outcome)
    return result


def remembered(process: Process, key: str, result: Result) -> Result:
    """Heed what this process knows of a key, where there is no journal to know more."""
    return result._replace(outcome="unknown") if process.remembers(key) else result


def call(
    world: World,
    state: State,
    process: Process,
    ask: Ask,
    body: str,
    verdict: str,
    pinned: int | None = None,
    *,
    is_claimed: bool = False,
) -> Generator[Step, Reply | Lost | None, Result]:
    """Make a call as a client does: the exchange decides, somebody waits and sends.

    One that `is_claimed` from the journal by who makes it is not begun there.
    """
    key = ask.idempotency_key or ""
    order, policy, rules = state.order, process.policy, process.rules
    route = process.route if pinned is None else process.only(pinned)
    is_journaled = order.journal and not is_claimed
    lease = policy.deadline + LEASE_SLACK
    awake = world.now - process.slept
    made = world.now if pinned is None else state.used.get(key, world.now)
    first: float | None = None
    attempts: list[str] = []
    claim: Claim | None = None
    region, written = pinned or 0, -1
    is_stored = False
    result = Result("unknown")
    state.die("before")
    steps = exchange.exchange(ask, policy, route, process.clock(world), random=world.random, mint=world.mint)
    rules.begin(pinned)
    try:
        attempt = next(steps)
        while True:
            rules.decided(world, attempt, process.clock(world))
            if attempt.delay > 0:
                yield attempt.delay
            if attempt.number > 1:
                resume.still_usable(ask, attempt.number - 1, world.now - made)
            region = attempt.region if pinned is None else pinned
            if is_journaled and written != region:
                if claim is not None:
                    claim.finish("not_sent")
                if order.writing:
                    yield from _write(ask, order.writing, attempt.deadline_at - process.clock(world))
                claim = begin(state, ask, body, verdict, region, world, lease)
                written = region
                state.die("begun")
                made = min(made, claim.entry.made_at)
                if not claim.in_doubt:
                    state.used.pop(key, None)
                else:
                    ask.in_doubt = True
                    if world.now - made >= min(resume.USABLE, resume.RETENTION - policy.deadline):
                        return _looked_up(world, state, claim)
                _still_in_time(ask, policy, attempt, process.clock(world))
            if ask.in_doubt and world.now - state.used.setdefault(key, world.now) > KEPT:
                world.fail(f"old key: {key} is sent after its guaranteed retention")
            state.used.setdefault(key, world.now)
            first = world.now if first is None else first
            if world.now - first > KEPT:
                world.fail(f"old key: {key} is repeated after its guaranteed retention")
            request = request_of(state, ask, attempt, body, verdict)
            attempts.append(attempt.id)
            outcome = yield attempt, request, region
            assert outcome is not None
            process.slept += world.asleep.pop(attempt.id, 0.0)
            state.die("flying")
            rules.heard(outcome, attempt, region, process.clock(world))
            attempt = steps.send((outcome, process.clock(world)))
    except StopIteration as stop:
        result = _read(stop.value.reply, region)
        rules.succeeded()
    except MolamError as error:
        if error.code == "idempotency_key_elsewhere":
            region = max(written, 0)
        result = Result(error.outcome, "", error.status_code, error.code, error.retry_after, region)
        is_stored = retry.is_stored(error.status_code, error.payload)
        if is_journaled and claim is None and result.outcome == "not_sent":
            result = asked(state, ask, body, verdict, region, world, lease, result)
        elif not order.journal and result.outcome != "unknown" and not is_stored:
            result = remembered(process, key, result)
    finally:
        steps.close()
    late = world.now - process.slept - awake - policy.deadline
    if late > 1e-6:
        world.fail(f"deadline: a call ended {late:.3f} s late")
    state.die("answered")
    if claim is not None:
        is_ours = claim.finish(result.outcome, result.object, settled=is_stored)
        if not is_ours and not is_stored:
            result = result._replace(outcome="unknown")
    state.calls.append(Call(result.outcome, result.object, key, attempts, result.code))
    _check_word(world, state, result, key, was_in_doubt=pinned is not None)
    if world.story is not None:
        world.tell(f"order {state.number}: the call with key {key} ends: {_words(result)}")
    if claim is not None:
        state.die("finished")
    return result


def _write(ask: Ask, seconds: float, remaining: float) -> Generator[Step, Reply | Lost | None, None]:
    """Be a database that takes its time; who cannot wait for it does not know what it has written."""
    yield min(seconds, remaining)
    if seconds >= remaining:
        raise StorageError(f"{ask.operation}: not written in time", outcome="unknown")


def _still_in_time(ask: Ask, policy: Policy, attempt: Attempt, now: float) -> None:
    attempt.remaining = attempt.deadline_at - now
    if attempt.remaining <= 0:
        raise too_late(Known(ask, policy.deadline))


def _looked_up(world: World, state: State, claim: Claim) -> Result:
    """Find out by reading what became of a call that is made again when its key is too old."""
    entry = claim.entry
    found = world.regions[entry.region].charged(entry.key, state.order.tenant)
    claim.finish("succeeded" if found else "stale", found)
    return Result("succeeded", found) if found else Result("unknown", code=OLD)


def _check_word(world: World, state: State, result: Result, key: str, *, was_in_doubt: bool) -> None:
    """Who keeps a journal, or all that it did in memory, never says of a key that moved money that it did not.

    Nor does who settles a call that was in doubt.
    """
    order = state.order
    if result.outcome not in ("not_sent", "rejected"):
        return
    is_remembered = len(world.regions) > 1 and not order.crash and not state.has_died and not order.twin
    if not order.journal and not is_remembered and not was_in_doubt:
        return
    if any(gateway.charged(key, order.tenant) for gateway in world.regions):
        world.fail(f"wrong word: a call with {key} is {result.outcome}, and money has moved with it")


def _read(reply: Reply, region: int) -> Result:
    found = reply.object_id()
    return Result("unknown", "", reply.status, None, None, region) if found is None else Result("succeeded", found)


def _words(result: Result) -> str:
    about = result.object or result.code or result.status or ""
    return f"{result.outcome} {about}".rstrip()
