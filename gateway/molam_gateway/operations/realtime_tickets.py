"""Tickets: what a browser shows instead of a credential, once and at once, to listen to one channel."""

import secrets
from datetime import timedelta

from ..access.listening import authorize
from ..domain import channels
from ..domain.call import Answer, Call
from ..domain.problems import ProblemError
from ..domain.secret_shapes import TICKET
from ..domain.times import milliseconds
from ..services import Services
from ..storage import realtime_tickets
from ..storage.realtime_tickets import Ticket

LIFETIME = 60
"""Seconds in which a ticket must be used."""


async def create_realtime_ticket(services: Services, call: Call) -> Answer:
    """Make a ticket for a channel that the caller itself may listen to."""
    channel = channels.parse(str((call.body or {})["channel"]))
    if channel is None:
        raise ProblemError("parameter_invalid", "channel: events, transaction/ID or user/ID.", param="channel")
    now = services.clock.real_now()
    secret = TICKET + secrets.token_urlsafe(32)
    account = call.account
    async with services.store.transaction() as tx:
        await authorize(tx, channel, account)
        await realtime_tickets.purge(tx, milliseconds(now))
        await realtime_tickets.insert(
            tx,
            Ticket(
                fingerprint=services.vault.fingerprint(secret),
                channel=channel.name,
                account_id=account.id,
                livemode=account.livemode,
                key_id=str(account.actor.id),
                scopes=" ".join(sorted(account.scopes)),
                token_id=account.token_id,
                subject=account.subject,
                authority_ends_at=account.expires_at,
                expires_at=milliseconds(now + timedelta(seconds=LIFETIME)),
            ),
        )
    return Answer(
        201,
        {
            "object": "realtime_ticket",
            "ticket": secret,
            "channel": channel.name,
            "expires_in": LIFETIME,
            "livemode": account.livemode,
        },
    )
