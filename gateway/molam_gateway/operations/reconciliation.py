"""Finds out what became of attempts whose outcome is open, and what providers have to say afterwards."""

from datetime import datetime, timedelta

from .. import failpoints
from ..domain.attempts import MOVING, NEVER_SENT, UNSENT_FOR, Attempt, Slot
from ..domain.audit.actors import Actor
from ..domain.leases import LEASE, PROVIDER_TIMEOUT
from ..domain.outcomes import Failed
from ..domain.times import moment
from ..services import Services
from ..storage import attempts
from . import auditing
from .inquiry import RETRY, WHILE_CHANGED, ask, look, take_lease, write_down
from .recorder import recorder
from .settlement.revision import revise


async def reconcile(services: Services, attempt_id: str, patience: float = PROVIDER_TIMEOUT) -> datetime | None:
    """Ask the provider about an open attempt under the same lease that the live path holds.

    Returns when to look again if somebody else is busy with it; what is still open afterwards has planned its next
    look itself.
    """
    async with services.store.reading() as reader:
        attempt = await attempts.find(reader, attempt_id)
        called_off = attempt.slot == Slot.OUTCOME and await attempts.find_open(reader, attempt.subject, Slot.CHANGE)
    if not attempt.open:
        return None
    if called_off and attempt.kind not in MOVING:
        return services.clock.now() + timedelta(seconds=WHILE_CHANGED)
    token = services.ids.new("lease", services.clock.real_now())
    if attempt.state == "unsent":
        if called_off:
            return services.clock.now() + timedelta(seconds=WHILE_CHANGED)
        return await _give_up(services, attempt, token)
    if not await take_lease(services, attempt_id, token):
        return services.clock.now() + timedelta(seconds=RETRY)
    failpoints.reach("before_asking")
    async with services.store.reading() as reader:
        attempt = await attempts.find(reader, attempt_id)
    outcome = await ask(services, attempt, patience, may_send=not called_off)
    failpoints.reach("before_reconciling")
    async with services.store.transaction() as tx:
        await write_down(services, tx, attempt, token, outcome, None)
    failpoints.reach("after_reconciling")
    return None


async def _give_up(services: Services, attempt: Attempt, token: str) -> datetime | None:
    """Fail what nobody sent in time: it never reached the provider, so this is final."""
    now, real_now = services.clock.now(), services.clock.real_now()
    over_at = moment(attempt.updated_at) + timedelta(seconds=UNSENT_FOR)
    if now < over_at:
        return over_at
    outcome = Failed(NEVER_SENT, f"{attempt.provider} could not be reached, nothing was sent.")
    async with services.store.transaction() as tx:
        until = real_now + timedelta(seconds=LEASE)
        if not await attempts.send_again(tx, attempt.id, token=token, until=until, real_now=real_now):
            return now + timedelta(seconds=RETRY)
        await write_down(services, tx, attempt, token, outcome, None)
    failpoints.reach("after_giving_up")
    return None


async def review(services: Services, provider_reference: str) -> datetime | None:
    """Look at what the provider says of a reference now: an open attempt is settled, a final one compared."""
    async with services.store.reading() as reader:
        attempt = await attempts.find_by_reference(reader, provider_reference)
    if attempt is None:
        return None
    if attempt.open:
        return await reconcile(services, attempt.id)
    outcome = await look(services, attempt)
    if outcome is not None:
        async with services.store.transaction() as tx:
            write = recorder(
                services,
                tx,
                None,
                action="attempt.revised",
                actor=Actor("provider", attempt.provider),
                outcome=auditing.outcome_of(outcome),
            )
            await revise(write, attempt, outcome)
    return None
