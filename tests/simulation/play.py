"""Plays a schedule to its end and says what went wrong in it."""

from __future__ import annotations

from tests.simulation.gateway import Movement
from tests.simulation.merchant import live, recover_all
from tests.simulation.schedule import Schedule
from tests.simulation.state import PERSON, Call, State
from tests.simulation.world import World


def play(schedule: Schedule, *, told: bool = False) -> World:
    """Return the world after everything has happened; `wrong` is empty if all is well."""
    world = World(schedule, told=told)
    states = [State(number, order) for number, order in enumerate(schedule.orders, 1)]
    for state in states:
        for who in range(1 + state.order.twin):
            state.beliefs.append("nothing")
            world.start(live(world, state, who), state.order.starts + who * state.order.twin_after)
    world.run()
    for state in states:
        if state.journal.entries and state.journal.open():
            world.start(recover_all(world, state))
    world.run()
    for state in states:
        check(world, state)
    return world


def check(world: World, state: State) -> None:
    """Compare what the merchant believes and what each call said with the ledgers."""
    movements = [row for gateway in world.regions for row in gateway.ledger if row.order == state.number]
    if len(movements) > 1:
        world.fail(f"double charge: order {state.number} is paid by {' and '.join(row.object for row in movements)}")
    for belief in state.beliefs:
        if belief == PERSON:
            made = [*state.used.values(), *(entry.made_at for entry in state.journal.entries)]
            is_young = bool(made) and world.now - min(made) < 23 * 3600
            if is_young and state.order.verdict != "invalid" and not state.order.skew:
                world.fail(f"never settled: a person must look at order {state.number}")
        elif not belief:
            if movements:
                world.fail(f"lost payment: order {state.number} is paid and believed not to be")
        elif [row.object for row in movements] != [belief]:
            world.fail(f"lost payment: order {state.number} is believed to be paid by {belief}")
    for call in state.calls:
        _check_call(world, movements, call)


def _check_call(world: World, movements: list[Movement], call: Call) -> None:
    outcome, found, key, attempts, code = call
    if outcome == "not_sent":
        if any(attempt in gateway.seen for attempt in attempts for gateway in world.regions):
            world.fail(f"wrong outcome: a call with {key} is not_sent and has arrived")
    elif outcome == "rejected":
        if any(row.attempt in attempts for row in movements):
            world.fail(f"wrong outcome: a call with {key} is rejected and has moved money")
        if code in ("idempotency_in_flight", "idempotency_key_expired"):
            world.fail(f"wrong outcome: a call with {key} is rejected, the code being {code}")
    elif outcome == "succeeded" and (found, key) not in [(row.object, row.key) for row in movements]:
        world.fail(f"wrong answer: {found} is not what {key} has made")
