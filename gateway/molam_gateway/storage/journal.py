"""The journal table: postings that are only ever added, and balances as their sums."""

from collections.abc import Mapping
from datetime import datetime

from ..domain.ids import IdGenerator
from ..domain.journal import postings
from ..domain.times import milliseconds
from .port import Reader, Row, Transaction

INSERT = """
INSERT INTO journal (entry_id, line, account_id, livemode, ledger_account, amount, currency, reason, subject,
    created_at)
VALUES (:entry_id, :line, :account_id, :livemode, :ledger_account, :amount, :currency, :reason, :subject,
    :created_at)
"""
SUMS = """
SELECT currency, ledger_account, SUM(amount / 4294967296) AS high, SUM(amount % 4294967296) AS low FROM journal
WHERE account_id = :account_id AND livemode = :livemode
GROUP BY currency, ledger_account
"""
SUMS_OF_CURRENCY = """
SELECT ledger_account, SUM(amount / 4294967296) AS high, SUM(amount % 4294967296) AS low FROM journal
WHERE account_id = :account_id AND livemode = :livemode AND currency = :currency
GROUP BY ledger_account
"""
MAKE_LOCK = """
INSERT INTO balance_locks (account_id, livemode, currency) VALUES (:account_id, :livemode, :currency)
ON CONFLICT (account_id, livemode, currency) DO NOTHING
"""
LOCK = """
SELECT currency FROM balance_locks
WHERE account_id = :account_id AND livemode = :livemode AND currency = :currency
"""


async def post(
    tx: Transaction,
    *,
    ids: IdGenerator,
    now: datetime,
    account_id: str,
    livemode: bool,
    reason: str,
    subject: str,
    amount: int,
    currency: str,
) -> None:
    """Add an entry; the same reason for the same subject a second time raises IntegrityError."""
    entry_id = ids.new("je", now)
    for line, posting in enumerate(postings(reason, amount)):
        await tx.write(
            INSERT,
            {
                "entry_id": entry_id,
                "line": line,
                "account_id": account_id,
                "livemode": livemode,
                "ledger_account": posting.account,
                "amount": posting.amount,
                "currency": currency,
                "reason": reason,
                "subject": subject,
                "created_at": milliseconds(now),
            },
        )


async def sums(reader: Reader, account_id: str, livemode: bool) -> Mapping[str, Mapping[str, int]]:
    """Per currency the sum of every ledger account."""
    rows = await reader.fetch_all(SUMS, {"account_id": account_id, "livemode": livemode})
    totals: dict[str, dict[str, int]] = {}
    for row in rows:
        totals.setdefault(row["currency"], {})[row["ledger_account"]] = _total(row)
    return totals


async def sums_of_currency(reader: Reader, account_id: str, livemode: bool, currency: str) -> Mapping[str, int]:
    """The sum of every ledger account in one currency."""
    rows = await reader.fetch_all(
        SUMS_OF_CURRENCY, {"account_id": account_id, "livemode": livemode, "currency": currency}
    )
    return {row["ledger_account"]: _total(row) for row in rows}


def _total(row: Row) -> int:
    """The halves are summed apart, since SQLite's sums overflow beyond 64 bits."""
    return (int(row["high"]) << 32) + int(row["low"])


async def lock(tx: Transaction, account_id: str, livemode: bool, currency: str) -> None:
    """Keep others from spending this balance until the transaction ends."""
    key: Mapping[str, str | bool] = {"account_id": account_id, "livemode": livemode, "currency": currency}
    await tx.write(MAKE_LOCK, key)
    await tx.fetch_one(LOCK + tx.for_update, key)
