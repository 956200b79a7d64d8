"""The journal table: postings that are only ever added; `balances` adds them up."""

from datetime import datetime

from ..domain.ids import IdGenerator
from ..domain.journal import postings
from ..domain.times import milliseconds
from .port import Transaction

INSERT = """
INSERT INTO journal (entry_id, line, account_id, livemode, ledger_account, amount, currency, reason, subject,
    created_at)
VALUES (:entry_id, :line, :account_id, :livemode, :ledger_account, :amount, :currency, :reason, :subject,
    :created_at)
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
