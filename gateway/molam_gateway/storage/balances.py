"""The balances table: sums of the journal's postings that were folded into it; the rest is the journal's tail.

A posting is folded once, under the balance's lock, by its own mark and not by its place in the journal: a transaction
that commits late leaves its postings in the tail. So balance and tail are always all there is. Sums are kept in halves
of 32 bits, which never overflow.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .port import Parameters, Reader, Row, Transaction

_HALF = 32
_LOW = 2**_HALF - 1

SUMS = """
SELECT currency, ledger_account, SUM(high) AS high, SUM(low) AS low, SUM(tail) AS tail
FROM (
    SELECT currency, ledger_account, high, low, 0 AS tail FROM balances
    WHERE account_id = :account_id AND livemode = :livemode
        AND (CAST(:currency AS TEXT) IS NULL OR currency = :currency)
    UNION ALL
    SELECT currency, ledger_account, SUM(amount / 4294967296), SUM(amount % 4294967296), COUNT(*) FROM journal
    WHERE account_id = :account_id AND livemode = :livemode AND NOT folded
        AND (CAST(:currency AS TEXT) IS NULL OR currency = :currency)
    GROUP BY currency, ledger_account
) parts
GROUP BY currency, ledger_account
"""
FOLD = """
UPDATE journal SET folded = TRUE
WHERE NOT folded AND entry_id IN (
    SELECT entry_id FROM journal
    WHERE account_id = :account_id AND livemode = :livemode AND currency = :currency AND NOT folded
    LIMIT :limit
)
RETURNING ledger_account, amount
"""
SELECT = """
SELECT ledger_account, high, low FROM balances
WHERE account_id = :account_id AND livemode = :livemode AND currency = :currency
"""
WRITE = """
INSERT INTO balances (account_id, livemode, currency, ledger_account, high, low)
VALUES (:account_id, :livemode, :currency, :ledger_account, :high, :low)
ON CONFLICT (account_id, livemode, currency, ledger_account) DO UPDATE SET high = excluded.high, low = excluded.low
"""
WITH_TAIL = "SELECT DISTINCT account_id, livemode, currency FROM journal WHERE NOT folded"
MAKE_LOCK = """
INSERT INTO balance_locks (account_id, livemode, currency) VALUES (:account_id, :livemode, :currency)
ON CONFLICT (account_id, livemode, currency) DO NOTHING
"""
LOCK = """
SELECT currency FROM balance_locks
WHERE account_id = :account_id AND livemode = :livemode AND currency = :currency
"""
TOTALS = """
SELECT account_id, livemode, currency, ledger_account, SUM(amount / 4294967296) AS high,
    SUM(amount % 4294967296) AS low
FROM journal GROUP BY account_id, livemode, currency, ledger_account
"""
KEPT = """
SELECT account_id, livemode, currency, ledger_account, SUM(high) AS high, SUM(low) AS low
FROM (
    SELECT account_id, livemode, currency, ledger_account, high, low FROM balances
    UNION ALL
    SELECT account_id, livemode, currency, ledger_account, amount / 4294967296, amount % 4294967296 FROM journal
    WHERE NOT folded
) parts
GROUP BY account_id, livemode, currency, ledger_account
"""


@dataclass(frozen=True, slots=True)
class Purse:
    """Whose money in which currency."""

    account_id: str
    livemode: bool
    currency: str

    @property
    def key(self) -> dict[str, str | bool]:
        """The parameters that name it."""
        return {"account_id": self.account_id, "livemode": self.livemode, "currency": self.currency}


@dataclass(frozen=True, slots=True)
class Balance:
    """The sum of every ledger account, and how many postings of the tail had to be read for it."""

    sums: Mapping[str, int]
    tail: int


async def lock(tx: Transaction, purse: Purse) -> None:
    """Keep others from spending or folding this balance until the transaction ends."""
    await tx.write(MAKE_LOCK, purse.key)
    await tx.fetch_one(LOCK + tx.for_update, purse.key)


async def of_account(reader: Reader, account_id: str, livemode: bool) -> Mapping[str, Mapping[str, int]]:
    """Per currency the sum of every ledger account."""
    rows = await reader.fetch_all(SUMS, {"account_id": account_id, "livemode": livemode, "currency": None})
    totals: dict[str, dict[str, int]] = {}
    for row in rows:
        totals.setdefault(row["currency"], {})[row["ledger_account"]] = _total(row)
    return totals


async def of(reader: Reader, purse: Purse) -> Balance:
    """The balance in one currency."""
    rows = await reader.fetch_all(SUMS, purse.key)
    return Balance({row["ledger_account"]: _total(row) for row in rows}, sum(int(row["tail"]) for row in rows))


async def fold(tx: Transaction, purse: Purse, limit: int) -> int:
    """Add up to about `limit` postings of the tail to the balance, under its lock; how many it were."""
    await lock(tx, purse)
    folded = await tx.fetch_all(FOLD, {**purse.key, "limit": limit})
    if not folded:
        return 0
    kept = {row["ledger_account"]: _total(row) for row in await tx.fetch_all(SELECT, purse.key)}
    added: dict[str, int] = {}
    for row in folded:
        added[row["ledger_account"]] = added.get(row["ledger_account"], 0) + int(row["amount"])
    for ledger_account, amount in sorted(added.items()):
        total = kept.get(ledger_account, 0) + amount
        values: Parameters = {"ledger_account": ledger_account, "high": total >> _HALF, "low": total & _LOW}
        await tx.write(WRITE, {**purse.key, **values})
    return len(folded)


async def with_tail(reader: Reader) -> list[Purse]:
    """The balances that have postings in the tail."""
    rows = await reader.fetch_all(WITH_TAIL, {})
    return [Purse(row["account_id"], bool(row["livemode"]), row["currency"]) for row in rows]


async def conserved(reader: Reader) -> bool:
    """Whether the balances with their tails are the sums of the whole journal, which sum up to zero per currency."""
    sums = [{_name(row): _total(row) for row in await reader.fetch_all(sql, {})} for sql in (TOTALS, KEPT)]
    whole: dict[tuple[str, ...], int] = {}
    for (*purse, _), amount in sums[0].items():
        whole[tuple(purse)] = whole.get(tuple(purse), 0) + amount
    return sums[0] == sums[1] and not any(whole.values())


def _name(row: Row) -> tuple[str, ...]:
    return row["account_id"], str(bool(row["livemode"])), row["currency"], row["ledger_account"]


def _total(row: Row) -> int:
    """The halves are summed apart, since SQLite's sums overflow beyond 64 bits."""
    return (int(row["high"]) << _HALF) + int(row["low"])
