"""Accounts as operators make them."""

from collections.abc import Sequence

from ..domain.audit.actors import Actor
from ..domain.times import milliseconds
from ..services import Bookkeeping
from ..storage import accounts
from ..storage.accounts import AccountRow
from .auditing import Cause, note_fact

CAPABILITIES: Sequence[str] = ("payments", "refunds", "payouts", "onboarding", "webhooks")
_ID_END = 4


async def create_account(gateway: Bookkeeping, actor: Actor, *, molam_id: str | None, region: str) -> AccountRow:
    """Make an account; each of its webhook endpoints gets a secret of its own."""
    now = gateway.clock.real_now()
    account_id = gateway.ids.new("acct", now)
    account = AccountRow(
        id=account_id,
        molam_id=molam_id or f"MOLAM-{account_id[-2 * _ID_END : -_ID_END]}-{account_id[-_ID_END:]}".upper(),
        home_region=region,
        capabilities=CAPABILITIES,
        webhook_secret=None,
        created_at=milliseconds(now),
    )
    async with gateway.store.transaction() as tx:
        await accounts.insert(tx, account)
        for livemode in (True, False):
            await note_fact(
                gateway, tx, Cause(None, "create_account", actor), account_id, livemode, ("account", account_id)
            )
    return account
