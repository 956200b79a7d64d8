"""What a listener hears: the events of an account in one mode, all of them or those about a subject."""

from typing import TypeAlias

from ..domain.call import Account
from ..domain.channels import Channel
from ..storage.feed import FeedEvent

Topic: TypeAlias = tuple[str, bool, str, str]
"""Account, mode, the channel's kind and its subject."""


def of_channel(channel: Channel, account: Account) -> Topic:
    """What a channel is for an account."""
    return (account.id, account.livemode, channel.kind, channel.subject)


def of_event(event: FeedEvent) -> list[Topic]:
    """Who hears of an event."""
    heard = [(event.account_id, event.livemode, "events", "")]
    if event.transaction_id is not None:
        heard.append((event.account_id, event.livemode, "transaction", event.transaction_id))
    if event.customer_id is not None:
        heard.append((event.account_id, event.livemode, "user", event.customer_id))
    return heard
