"""What a listener is told first: how things are, or what happened since it last listened."""

from dataclasses import dataclass

from ..domain.call import Account
from ..domain.channels import Channel
from ..domain.payment_intents import view
from ..storage import facade_payments, feed
from ..storage.payment_intents import TABLE
from ..storage.port import Reader
from . import frames
from .topics import hears

REPLAY_LIMIT = 1000
"""Events that are repeated for who comes back; who missed more gets a snapshot."""

_PAYMENTS = 20


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first frames, and the number of the last event that they tell of: later ones are to follow."""

    frames: list[str]
    seq: int


async def beginning(reader: Reader, channel: Channel, account: Account, after: int | None, now: str) -> Beginning:
    """What follows `after`, if all of that is still there and not too much; else a snapshot.

    The number is read before the state is: the state may be newer than the number says, never older.
    """
    known = await feed.numbers(reader, account_id=account.id, livemode=account.livemode)
    if after is not None and known.forgotten <= after <= known.seq:
        missed = await feed.replay(
            reader,
            kind=channel.kind,
            subject=channel.subject,
            account_id=account.id,
            livemode=account.livemode,
            after=after,
            limit=REPLAY_LIMIT + 1,
        )
        if len(missed) <= REPLAY_LIMIT:
            heard = (frames.of_event(event) for event in missed if hears(event, account))
            told = [frame for frame in heard if frame is not None]
            last = max(known.seq, missed[-1].seq) if missed else known.seq
            return Beginning([frames.resumed(channel.name, after, now), *told], last)
    payments = await _payments(reader, channel, account)
    return Beginning([frames.snapshot(channel.name, known.seq, now, payments)], known.seq)


async def _payments(reader: Reader, channel: Channel, account: Account) -> list[dict[str, object]]:
    """The payment of a transaction; else the newest ones, of the user or of the account."""
    if channel.kind == "transaction":
        intent = await TABLE.find_own(reader, channel.subject, account_id=account.id, livemode=account.livemode)
        return [] if intent is None else [view(intent)]
    intents = await facade_payments.newest(
        reader,
        account_id=account.id,
        livemode=account.livemode,
        customer_id=channel.subject or None,
        limit=_PAYMENTS,
    )
    return [view(intent) for intent in intents]
