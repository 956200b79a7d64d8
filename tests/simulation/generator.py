"""Makes schedules from seeds."""

from __future__ import annotations

from random import Random

from tests.simulation.gateway import KEPT
from tests.simulation.schedule import CRASHES, GOOD, Fault, Order, Schedule

_DRAWN = (
    *("refused", "unresolved", "unreachable", "crowded"),
    *("lost", "reset", "late", "late"),
    *("unanswered", "unanswered", "silent", "torn", "slow", "twice"),
    *("fails", "fails after", "stops", "crashes", "crashes after"),
    *("proxy", "proxy after", "throttled", "busy", "denied", "redirected"),
    *("crossed", "crossed after", "strange", "garbled", "asleep"),
)
_SECONDS = {
    "late": (0.5, 3.0, 20.0, 70.0, 700.0),
    "slow": (1.0, 12.0, 100.0),
    "twice": (0.02, 1.0, 90.0),
    "crashes": (0.5, 10.0),
    "crashes after": (0.5, 10.0),
    "throttled": (0.0, 0.4, 4.0, 500.0),
    "fails": (0.0, 0.0, 2.0),
    "asleep": (5.0, 100.0),
}
_STATUSES = {
    "fails": (500, 502, 503, 504, 520, 501),
    "fails after": (500, 503),
    "stops": (500,),
    "proxy": (502, 504, 403, 404, 409, 402, 408),
    "proxy after": (502, 504, 403, 404, 409, 402, 408),
    "denied": (401, 403),
    "redirected": (302, 307),
}
_VERDICTS = ("paid", "paid", "paid", "paid", "declined", "conflict", "missing", "invalid")


_random = Random()


def generate(seed: int) -> Schedule:
    """Make the world of a seed."""
    random = _random
    random.seed(seed)
    draw = random.random
    schedule = Schedule(seed)
    if draw() < 0.35:
        schedule.deadline = (0.8, 5.0, 20.0)[int(draw() * 3)]
        schedule.retries = (0, 1, 3, 6)[int(draw() * 4)]
    if draw() < 0.15:
        schedule.budget = (0, 14, 20, 33)[int(draw() * 4)]
    if draw() < 0.1:
        schedule.worn = (8, 9)[int(draw() * 2)]
    if draw() < 0.2:
        schedule.regions = 2
        schedule.failover = draw() < 0.6
    schedule.echo = draw() < 0.7
    schedule.orders = (_order(),) if draw() < 0.8 else (_order(), _order())
    if schedule.failover and draw() < 0.5:
        _serve_two_tenants(schedule)
    if not schedule.echo:
        for order in schedule.orders:
            _expect_an_object(order)
    if schedule.failover:
        for order in schedule.orders:
            _keep_in_one_memory(order)
    _let_machines_sleep(schedule)
    for order in schedule.orders:
        _let_users_trust(order, schedule)
        _let_workers_share(order, schedule)
    return schedule


def _order() -> Order:
    number = _random.random
    order = Order()
    length = int(number() * 5)
    order.faults = tuple([_fault() for _ in range(length)])
    order.verdict = _VERDICTS[int(number() * 8)]
    if number() < 0.3:
        order.insists = True
        order.after = _VERDICTS[int(number() * 5)]
    if number() < 0.5:
        order.user = "resolves"
    if number() < 0.4:
        order.journal = True
        order.minted = number() < 0.5
        if number() < 0.6:
            order.crash = CRASHES[int(number() * 5)]
            order.back_after = (5.0, 200.0, 200.0, 90_000.0)[int(number() * 4)]
    elif number() < 0.25:
        order.crash = CRASHES[int(number() * 5)]
        order.back_after = (1.0, 30.0)[int(number() * 2)]
    elif number() < 0.2:
        order.twin = True
        order.insists = False
    if number() < 0.05:
        order.nap = 90_000.0
    if number() < 0.3:
        order.starts = number()
    order.confirms = number() < 0.25
    if order.journal and order.crash and number() < 0.3:
        order.skew = (-90_000.0, -7200.0, 7200.0, 90_000.0)[int(number() * (4 if order.back_after < KEPT else 2))]
    return order


def _serve_two_tenants(schedule: Schedule) -> None:
    """Two accounts that number their orders alike, and a process that lives to see both."""
    orders = schedule.orders if len(schedule.orders) == 2 else (*schedule.orders, _order())
    for order, tenant in zip(orders, ("acct_a", "acct_b"), strict=True):
        order.tenant = tenant
        order.minted = order.twin = False
        order.crash = ""
    schedule.orders = first, second = orders
    if _random.random() < 0.3:
        first.faults = Fault("unanswered"), Fault("torn"), Fault("refused")
        first.starts, second.starts = 0.0, 0.45
        first.user, second.verdict = "repeats", "declined"
        schedule.retries = 1


def _expect_an_object(order: Order) -> None:
    """An answer that names no attempt, nor an object that was asked for, is believed where echoes are not required."""
    order.confirms = order.confirms or any(fault.kind == "strange" for fault in order.faults)


def _keep_in_one_memory(order: Order) -> None:
    """Regions share no keys: where writes may move, two processes that share a key without a journal pay twice."""
    order.twin = False
    if not order.journal:
        order.crash = ""


def _let_machines_sleep(schedule: Schedule) -> None:
    """For longer than a key is kept, too, which the deadline does not see where the monotonic clock stands still."""
    draw = _random.random
    schedule.stops = draw() < 0.3
    if draw() < 0.03:
        order = schedule.orders[0]
        order.faults = (*order.faults[: int(draw() * 3)], Fault("wakes", 90_000.0 if draw() < 0.7 else 10.0))
        order.skew = 0.0  # a clock that is wrong by what the machine slept hides it


def _let_users_trust(order: Order, schedule: Schedule) -> None:
    """Believe what the last error says: right where a journal, or a process that lives on, knows more than the call."""
    draw = _random.random
    knows = order.journal or (schedule.regions > 1 and not order.crash)
    if not knows or order.twin or draw() >= 0.3:
        return
    order.user = "trusts"
    if order.journal and draw() < 0.3:
        schedule.worn = 9
        schedule.retries = int(draw() * 2)


def _let_workers_share(order: Order, schedule: Schedule) -> None:
    """Two workers may get hold of the same order where both write it down."""
    draw = _random.random
    if order.tenant or order.user == "trusts" or draw() >= 0.05:
        return
    order.journal = order.twin = True
    order.minted = order.insists = False
    order.crash = ""
    order.twin_after = draw()
    if schedule.deadline > 20.0:
        order.writing = (0.0, 0.2, 2.0)[int(draw() * 3)]
    if schedule.failover and schedule.deadline > 20.0 and draw() < 0.5:
        order.writing, order.twin_after = 2.0, 0.5
        order.faults = Fault("refused"), Fault("refused"), Fault("silent"), Fault("denied", 0.0, 401)


def _fault() -> Fault:
    draw = _random.random
    if draw() < 0.15:
        return GOOD
    kind = _DRAWN[int(draw() * len(_DRAWN))]
    seconds = _SECONDS.get(kind)
    statuses = _STATUSES.get(kind)
    return Fault(
        kind,
        seconds[int(draw() * len(seconds))] if seconds else 0.0,
        statuses[int(draw() * len(statuses))] if statuses else 0,
    )
