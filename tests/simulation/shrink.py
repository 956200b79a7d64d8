"""Makes a schedule that goes wrong as short as it can be while it still goes wrong in the same way."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulation.play import play
from tests.simulation.schedule import GOOD, Order, Schedule

_USUAL = Schedule(0)
_PLAIN = Order()


def kinds(schedule: Schedule) -> set[str]:
    """Return the kinds of failure of a schedule."""
    return {wrong.partition(":")[0] for wrong in play(schedule).wrong}


def shrink(schedule: Schedule, kind: str) -> Schedule:
    """Return the shortest schedule that is found from this one and fails in this way."""
    while True:
        for shorter in _shorter(schedule):
            if kind in kinds(shorter):
                schedule = shorter
                break
        else:
            return schedule


def _shorter(schedule: Schedule) -> Iterator[Schedule]:
    orders = schedule.orders
    for at in range(len(orders)):
        if len(orders) > 1:
            yield schedule.copy(orders=(*orders[:at], *orders[at + 1 :]))
    for at, order in enumerate(orders):
        for shorter in _shorter_orders(order):
            yield schedule.copy(orders=(*orders[:at], shorter, *orders[at + 1 :]))
    for name in ("regions", "failover", "budget", "worn", "echo", "stops", "deadline", "retries"):
        if getattr(schedule, name) != getattr(_USUAL, name):
            yield schedule.copy(**{name: getattr(_USUAL, name)})


def _shorter_orders(order: Order) -> Iterator[Order]:
    faults = order.faults
    for at, fault in enumerate(faults):
        yield order.copy(faults=faults[:at] + faults[at + 1 :])
        if fault is not GOOD:
            yield order.copy(faults=(*faults[:at], GOOD, *faults[at + 1 :]))
    for name in Order.__slots__:
        if name == "confirms" and any(fault.kind == "strange" for fault in faults):
            continue  # nothing else would tell that such an answer is another's
        if name == "faults" or (name == "journal" and (order.minted or order.crash or order.user == "trusts")):
            continue  # a key that the SDK made needs a journal to survive a crash, and so does trust
        if name == "journal" and order.twin:
            continue  # and two who share a key while writes may move
        if getattr(order, name) != getattr(_PLAIN, name):
            yield order.copy(**{name: getattr(_PLAIN, name)})
