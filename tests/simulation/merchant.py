"""The merchant: users who answer the errors of calls, processes that die and recover."""

from __future__ import annotations

from collections.abc import Generator

from molam_sdk._calls import resume
from molam_sdk._calls.journaling import LEASE_SLACK
from molam_sdk._exchange.reply import Lost, Reply
from tests.simulation.journal import Entry
from tests.simulation.process import Process, call
from tests.simulation.state import OLD, PERSON, Dead, Result, State
from tests.simulation.world import Step, World

PATIENCE = 60
"""How often a user tries before the simulation says that it never ends."""

Working = Generator[Step, Reply | Lost | None, None]


def live(world: World, state: State, who: int) -> Working:
    """Be a process that gets one order paid, through its crashes."""
    doubtful = False
    while True:
        process = Process(world.schedule, state.order.tenant, world.keys)
        try:
            if doubtful and state.order.journal:
                decided = yield from recover(world, state, process)
                if decided is not None:
                    state.beliefs[who] = decided
                    return
            yield from get_paid(world, state, process, who, doubtful=doubtful and not state.order.journal)
        except Dead:
            doubtful = True
            world.tell(f"order {state.number}: its process dies")
            yield state.order.back_after
            continue
        return


def get_paid(world: World, state: State, process: Process, who: int, *, doubtful: bool) -> Working:
    """Call until it is known whether the order is paid."""
    order = state.order
    region, may_resolve = 0, False
    nap, trusts = order.nap, order.user == "trusts"
    is_remembered = order.journal or len(world.regions) > 1
    for patience in range(PATIENCE):
        key = state.key()
        resolving = doubtful and may_resolve
        if resolving and world.now - state.used.get(key, world.now) >= resume.USABLE:
            state.beliefs[who] = PERSON
            return
        ask = state.ask(key, in_doubt=resolving)
        pinned = region if resolving else None
        result = yield from call(world, state, process, ask, state.body(), state.verdict(), pinned)
        pause = 0.5 + patience
        if result.outcome == "succeeded":
            state.beliefs[who] = result.object
            return
        if result.outcome == "unknown":
            if result.code == OLD or (result.code == "parameter_invalid" and (resolving or is_remembered)):
                state.beliefs[who] = PERSON
                return
            if result.code == "idempotency_key_elsewhere":
                decided = yield from recover(world, state, process)
                if decided is not None:
                    state.beliefs[who] = decided
                    return
            if result.code == "idempotency_key_expired":  # its object is named in the answer
                state.beliefs[who] = world.regions[result.region].charged(key, order.tenant)
                return
            doubtful, region, may_resolve = True, result.region, order.user == "resolves"
            if nap:
                nap = yield from _sleep(nap)
        elif doubtful and not resolving and not _is_final(result) and not trusts:
            pass  # this call says nothing of the one before
        elif _is_final(result):
            if not order.insists or state.tries:
                state.beliefs[who] = ""
                return
            state.tries += 1
            state.minted += 1
            doubtful = False
        else:
            state.minted += 1
            state.renewed += trusts
            doubtful = False
        yield pause if trusts else max(result.retry_after or 0.0, pause)
    world.fail("never ends: the user gives up")


def _sleep(seconds: float) -> Generator[Step, Reply | Lost | None, float]:
    yield seconds
    return 0.0


def _is_final(result: Result) -> bool:
    """Whether the API will always say so to this key, or never accept this request."""
    return result.code in ("card_declined", "balance_insufficient", "resource_missing", "parameter_invalid")


def recover(world: World, state: State, process: Process) -> Generator[Step, Reply | Lost | None, str | None]:
    """Settle the calls that were written down; return what is believed then, None if the order is to be placed."""
    for patience in range(PATIENCE):
        entries = state.journal.open()
        if not entries:
            break
        for entry in entries:
            if entry.leased_until <= world.now:
                yield from settle(world, state, process, entry)
        yield 20.0 + patience
    else:
        world.fail("never ends: recovery gives up")
    state.minted += 1
    if not state.journal.entries:
        return None
    last = state.journal.entries[-1]
    if last.ending == "succeeded":
        return last.object
    if last.ending == "stale":
        return PERSON
    if last.ending == "rejected" and state.verdict() != "paid" and last.body == state.body():
        if not state.order.insists or state.tries:
            return ""
        state.tries += 1
    return None


def settle(world: World, state: State, process: Process, entry: Entry) -> Working:
    """Send what was written down once more, or look it up where its key is too old."""
    claim = entry.claim(world.now + process.policy.deadline + LEASE_SLACK)
    if world.now - entry.made_at < resume.USABLE:
        ask = state.ask(entry.key, in_doubt=True)
        result = yield from call(world, state, process, ask, entry.body, entry.verdict, entry.region, is_claimed=True)
        is_hopeless = result.code == "parameter_invalid" and result.outcome == "unknown"
        claim.finish("stale" if is_hopeless else result.outcome, result.object, settled=True)
    else:
        found = world.regions[entry.region].charged(entry.key, state.order.tenant)
        claim.finish("succeeded" if found else "stale", found)
        if world.story is not None:
            world.tell(f"order {state.number}: {entry.key} is too old and looked up: {found or 'nothing shows'}")


def recover_all(world: World, state: State) -> Working:
    """Be the job that recovers from time to time whatever is still open."""
    process = Process(world.schedule, state.order.tenant)
    for patience in range(PATIENCE):
        entries = state.journal.open()
        if not entries:
            return
        for entry in entries:
            if entry.leased_until <= world.now:
                yield from settle(world, state, process, entry)
        yield 20.0 + patience
    world.fail("never ends: recovery gives up")
