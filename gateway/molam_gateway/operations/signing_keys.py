"""The keys that sign tokens, as operators rotate and retire them."""

from datetime import timedelta

from ..access import signing_keys as key_pairs
from ..domain.audit.actors import Actor
from ..domain.times import milliseconds
from ..services import Bookkeeping
from ..storage import signing_keys
from .auditing import Cause, note_fact

TRAIL = "#gateway"
"""The chain of what concerns every account."""

LONGEST_USE = timedelta(seconds=3600 + 2 * 60)
"""A token lives an hour at the most, and a process signs with what it read a minute ago."""


class RetirementError(Exception):
    """Tokens of the keys to be retired may still be in use; the message says until when."""


async def rotate(gateway: Bookkeeping, actor: Actor) -> str:
    """Make a key that signs from now on; returns its id."""
    async with gateway.store.transaction() as tx:
        kid = await key_pairs.add(tx, gateway.vault, gateway.ids, gateway.clock.real_now())
        cause = Cause(None, "rotate_signing_key", actor)
        await note_fact(gateway, tx, cause, TRAIL, True, ("signing_key", kid))
    return kid


async def retire(gateway: Bookkeeping, actor: Actor, *, at_once: bool = False) -> int:
    """Stop believing every key but the newest; returns how many those were.

    Raises RetirementError while tokens of them may be in use, unless that is to happen `at_once`.
    """
    now = gateway.clock.real_now()
    async with gateway.store.transaction() as tx:
        keys = await signing_keys.in_force(tx)
        if len(keys) < 2:
            return 0
        newest = keys[0]
        remaining = newest.created_at + LONGEST_USE // timedelta(milliseconds=1) - milliseconds(now)
        if remaining > 0 and not at_once:
            raise RetirementError(
                f"tokens of earlier keys may be in use for {-(-remaining // 1000)} s: wait, or retire with --now"
            )
        retired = await signing_keys.retire(tx, kept=newest.kid, before=newest.created_at, now=milliseconds(now))
        cause = Cause(None, "retire_signing_keys", actor)
        await note_fact(gateway, tx, cause, TRAIL, True, ("signing_key", newest.kid), {"retired": retired})
    return retired
