"""Verifies the audit trail: one account's chain, or every chain of the database, in bounded memory."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from ..domain.audit.chain import Head
from ..domain.audit.keyring import Keyring
from ..domain.audit.verification import Anchor, Break, Walk, fault_of
from ..storage import audit_logs, audit_seals
from ..storage.port import Reader, Store

Anchors: TypeAlias = Mapping[tuple[str, bool], Anchor]
"""Heads that were noted outside of the database, by account and mode."""

NO_ANCHORS: Anchors = MappingProxyType({})
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of verifying a chain; `entries` are those that were sealed and verified, up to a break."""

    account_id: str
    livemode: bool
    entries: int
    unsealed: int
    first_break: Break | None
    head: Head | None


async def verify_chain(
    store: Store, ring: Keyring, account_id: str, livemode: bool, anchor: Anchor | None = None
) -> Verification:
    """Walk the chain of an account from its first entry to the end that it has now."""
    walk = Walk(ring, anchor)
    async with store.reading() as reader:
        end = await audit_seals.head(reader, account_id, livemode)
        while walk.first_break is None and (end is None or walk.sequence < end.sequence):
            seals = await audit_seals.after(reader, account_id, livemode, walk.sequence, _PAGE)
            if end is not None:
                seals = [each for each in seals if each.sequence <= end.sequence]
            if not seals:
                break
            entries = await audit_logs.between(reader, account_id, livemode, walk.sequence, seals[-1].sequence)
            walk.take(seals, entries)
            await asyncio.sleep(0)
        walk.end(end, await _goes_on(reader, account_id, livemode, end))
        unsealed, forged = await _unsealed(reader, ring, account_id, livemode)
    return Verification(account_id, livemode, walk.sequence, unsealed, walk.first_break or forged, end)


async def verify_all(store: Store, ring: Keyring, anchors: Anchors = NO_ANCHORS) -> AsyncIterator[Verification]:
    """Verify every chain of the database; one that is gone as a whole comes last, under the register's name.

    `anchors` are heads that were noted earlier, and chains that must therefore still be there.
    """
    async with store.reading() as reader:
        register = await audit_seals.head(reader, audit_seals.REGISTER, False)
        names = sorted({*await audit_logs.chains(reader), *anchors})
    for account_id, livemode in names:
        yield await verify_chain(store, ring, account_id, livemode, anchors.get((account_id, livemode)))
    async with store.reading() as reader:
        lost = await _lost_chain(reader, ring, register, bool(names))
    if lost is not None:
        yield Verification(audit_seals.REGISTER, False, 0, 0, lost, register)


async def _goes_on(reader: Reader, account_id: str, livemode: bool, end: Head | None) -> bool:
    """Whether there are seals beyond the end although the head, read again after them, still says otherwise."""
    if end is None:
        return False
    last = await audit_seals.last(reader, account_id, livemode)
    now = await audit_seals.head(reader, account_id, livemode)
    return last is not None and (now is None or last.sequence > now.sequence)


async def _unsealed(reader: Reader, ring: Keyring, account_id: str, livemode: bool) -> tuple[int, Break | None]:
    """How many entries wait for their seal, and the first of them that nobody with a key wrote."""
    count, after, forged = 0, "", None
    while page := await audit_logs.unsealed(reader, account_id, livemode, after, _PAGE):
        count, after = count + len(page), page[-1].id
        for entry in page:
            if forged is None and fault_of(ring, entry) is not None:
                forged = Break("entry_forged", None, entry.id)
        await asyncio.sleep(0)
    return count, forged


async def _lost_chain(reader: Reader, ring: Keyring, register: Head | None, any_chains: bool) -> Break | None:
    """The first chain that was counted when it began and is not there any more."""
    if register is None:
        return Break("head_missing") if any_chains else None
    if register.key_id not in ring.known:
        return Break("key_unknown")
    if not audit_seals.intact(ring, register) or register.mac:
        return Break("head_changed")
    ordinal = 0
    while page := await audit_seals.heads(reader, ordinal, _PAGE):
        for each in page:
            if each.ordinal != ordinal + 1:
                return Break("chain_missing", ordinal + 1)
            ordinal = each.ordinal
    return Break("chain_missing", ordinal + 1) if ordinal < register.sequence else None
