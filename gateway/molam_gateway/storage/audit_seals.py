"""The audit_seals and audit_heads tables: links entries into their accounts' chains, one writer at a time."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..domain.audit.chain import BROKEN, GENESIS, Head, Seal, head_mac, link, same
from ..domain.audit.keyring import Keyring
from .port import Parameters, Reader, Row, Transaction, Value

REGISTER = "#chains"
"""The head under this name is no chain's: its `sequence` is how many chains there are."""

SELECT_HEAD = "SELECT * FROM audit_heads WHERE account_id = :account_id AND livemode = :livemode"
SELECT_HEADS = "SELECT * FROM audit_heads WHERE ordinal > :after ORDER BY ordinal LIMIT :limit"
INSERT_HEAD = """
INSERT INTO audit_heads (account_id, livemode, ordinal, sequence, mac, key_id, head_mac)
VALUES (:account_id, :livemode, :ordinal, :sequence, :mac, :key_id, :head_mac)
ON CONFLICT (account_id, livemode) DO NOTHING
"""
UPDATE_HEAD = """
UPDATE audit_heads SET sequence = :sequence, mac = :mac, key_id = :key_id, head_mac = :head_mac
WHERE account_id = :account_id AND livemode = :livemode
"""
SELECT_LAST = """
SELECT * FROM audit_seals WHERE account_id = :account_id AND livemode = :livemode ORDER BY sequence DESC LIMIT 1
"""
SELECT_SEALS = """
SELECT * FROM audit_seals
WHERE account_id = :account_id AND livemode = :livemode AND sequence > :after ORDER BY sequence LIMIT :limit
"""
_COLUMNS = ("account_id", "livemode", "sequence", "audit_log_id", "content_hash", "key_id", "mac")
_MOST_ROWS = 64

logger = logging.getLogger("molam_gateway.audit")


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What a seal needs to know of an entry."""

    id: str
    account_id: str
    livemode: bool
    content_hash: str


async def seal(tx: Transaction, ring: Keyring, entries: Iterable[Unsealed]) -> int:
    """Link entries to the ends of their chains, in this order; the caller is the only one who seals.

    A chain whose end was tampered with goes on, but its next seal will never verify: nothing covers the break up.
    """
    heads: dict[tuple[str, bool], Head] = {}
    begun: set[tuple[str, bool]] = set()
    ends: dict[tuple[str, bool], str] = {}
    seals: list[Seal] = []
    for entry in entries:
        name = (entry.account_id, bool(entry.livemode))
        if name not in heads:
            found = await head(tx, *name)
            if found is None:
                begun.add(name)
                found = await _begin(tx, ring, *name)
                ends[name] = found.mac
            else:
                ends[name] = found.mac if intact(ring, found) else BROKEN
            heads[name] = found
        sequence = heads[name].sequence + 1
        new = Seal(*name, sequence, entry.id, entry.content_hash, ring.current.id, "")
        new = replace(new, mac=link(ring.current, ends[name], new))
        seals.append(new)
        ends[name] = new.mac
        heads[name] = replace(heads[name], sequence=sequence, mac=new.mac)
    await _insert(tx, seals)
    for name, end in heads.items():
        await _move(tx, ring, end, new=name in begun)
    return len(seals)


async def turn(tx: Transaction, ring: Keyring) -> bool:
    """Become the only one who seals until the transaction ends; False if somebody else is."""
    register: Parameters = {"account_id": REGISTER, "livemode": False}
    if await tx.fetch_one(SELECT_HEAD + tx.skip_locked, register) is not None:
        return True
    if await head(tx, REGISTER, False) is not None:
        return False
    return await _move(tx, ring, Head(REGISTER, False, 0, 0, GENESIS, "", ""), new=True) > 0


async def head(reader: Reader, account_id: str, livemode: bool) -> Head | None:
    """Where a chain ends."""
    row = await reader.fetch_one(SELECT_HEAD, {"account_id": account_id, "livemode": livemode})
    return None if row is None else _head(row)


async def heads(reader: Reader, after: int, limit: int) -> list[Head]:
    """The heads of all chains in the order in which they began; the register is not among them."""
    return [_head(row) for row in await reader.fetch_all(SELECT_HEADS, {"after": after, "limit": limit})]


async def after(reader: Reader, account_id: str, livemode: bool, sequence: int, limit: int) -> list[Seal]:
    """The seals of a chain that follow a place in it."""
    rows = await reader.fetch_all(
        SELECT_SEALS, {"account_id": account_id, "livemode": livemode, "after": sequence, "limit": limit}
    )
    return [_seal(row) for row in rows]


async def last(reader: Reader, account_id: str, livemode: bool) -> Seal | None:
    """The seal with the highest number in a chain, whatever its head says."""
    row = await reader.fetch_one(SELECT_LAST, {"account_id": account_id, "livemode": livemode})
    return None if row is None else _seal(row)


def intact(ring: Keyring, end: Head) -> bool:
    """Whether a head was written by somebody who had one of these keys."""
    key = ring.known.get(end.key_id)
    return key is not None and same(head_mac(key, end), end.head_mac)


async def _begin(tx: Transaction, ring: Keyring, account_id: str, livemode: bool) -> Head:
    """The head of a new chain, which is counted; of one whose head was taken away, a head that does not verify."""
    register = await head(tx, REGISTER, False)
    new_register = register is None
    register = register or Head(REGISTER, False, 0, 0, GENESIS, "", "")
    counted = replace(register, sequence=register.sequence + 1)
    if not new_register and not intact(ring, register):
        counted = replace(counted, mac=BROKEN)
    await _move(tx, ring, counted, new=new_register)
    lost = await last(tx, account_id, livemode)
    if lost is not None:
        logger.error("the end of the audit chain of %s was taken away", account_id)
    return Head(
        account_id,
        livemode,
        counted.sequence,
        0 if lost is None else lost.sequence,
        GENESIS if lost is None else BROKEN,
        ring.current.id,
        "",
    )


async def _move(tx: Transaction, ring: Keyring, end: Head, *, new: bool) -> int:
    """Write where a chain ends; returns how many rows that changed."""
    written = replace(end, key_id=ring.current.id)
    written = replace(written, head_mac=head_mac(ring.current, written))
    row: Parameters = {
        "account_id": written.account_id,
        "livemode": written.livemode,
        "sequence": written.sequence,
        "mac": written.mac,
        "key_id": written.key_id,
        "head_mac": written.head_mac,
    }
    return await tx.execute(*((INSERT_HEAD, {**row, "ordinal": written.ordinal}) if new else (UPDATE_HEAD, row)))


async def _insert(tx: Transaction, seals: Sequence[Seal]) -> None:
    rest = list(seals)
    while rest:
        count = _MOST_ROWS if len(rest) >= _MOST_ROWS else 1
        batch, rest = rest[:count], rest[count:]
        values: dict[str, Value] = {
            f"{column}{number}": getattr(each, column) for number, each in enumerate(batch) for column in _COLUMNS
        }
        await tx.write(_INSERTS[count], values)


def _insert_sql(count: int) -> str:
    rows = ", ".join("(" + ", ".join(f":{column}{number}" for column in _COLUMNS) + ")" for number in range(count))
    return f"INSERT INTO audit_seals ({', '.join(_COLUMNS)}) VALUES {rows}"  # noqa: S608 - names of this module


_INSERTS = {count: _insert_sql(count) for count in (1, _MOST_ROWS)}
INSERT_ONE = _INSERTS[1]
INSERT_MANY = _INSERTS[_MOST_ROWS]


def _seal(row: Row) -> Seal:
    return replace(Seal(**row), livemode=bool(row["livemode"]))


def _head(row: Row) -> Head:
    return replace(Head(**row), livemode=bool(row["livemode"]))
