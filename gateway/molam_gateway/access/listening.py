"""Decides who may listen to a channel, and for how long."""

from ..domain import channels
from ..domain.audit.actors import Actor
from ..domain.call import Account
from ..domain.channels import Channel
from ..domain.problems import ProblemError
from ..storage import revoked_tokens
from ..storage.payment_intents import TABLE
from ..storage.port import Reader
from ..storage.realtime_tickets import Ticket


async def authorize(reader: Reader, channel: Channel, account: Account) -> None:
    """Raise ProblemError unless the caller may listen: 403, or 404 for a transaction that is not its own."""
    channels.check(channel, account)
    if channel.kind != "transaction":
        return
    intent = await TABLE.find_own(reader, channel.subject, account_id=account.id, livemode=account.livemode)
    if intent is None or (account.subject is not None and intent.customer_id != account.subject):
        raise ProblemError("resource_missing", f"There is no payment {channel.subject}.")


async def check_standing(reader: Reader, account: Account, now: int) -> None:
    """Raise ProblemError unless the caller's credential is still good; `now` in milliseconds of unix time."""
    if account.expires_at is not None and account.expires_at <= now:
        raise ProblemError("token_expired", "The token has expired: refresh it, or make a new one.")
    scopes = await revoked_tokens.scopes_in_force(
        reader, token_id=account.token_id or "", key_id=str(account.actor.id), now=now
    )
    if scopes is None:
        raise ProblemError("token_invalid", "The credential was taken back: use another one.")
    if channels.SCOPE not in scopes:
        raise ProblemError("scope_missing", f"The key lacks the scope {channels.SCOPE} now: use one that has it.")


def bearer(ticket: Ticket) -> Account:
    """Whoever made a ticket."""
    return Account(
        ticket.account_id,
        ticket.livemode,
        frozenset(ticket.scopes.split()),
        Actor("api_key", ticket.key_id),
        ticket.token_id,
        ticket.subject,
        ticket.authority_ends_at,
    )
