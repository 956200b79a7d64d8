"""What a listener hears: the events of an account in one mode, all of them or those about a subject."""

from typing import TypeAlias

from ..domain.call import Account
from ..domain.channels import Channel
from ..storage.feed import FeedEvent

Topic: TypeAlias = tuple[str, bool, str, str]
"""Account, mode, the channel's kind and its subject; `everything` is the channel `events` with payouts."""

_PAYOUTS = "payouts:read"
_EVERYTHING = "everything"


def of_channel(channel: Channel, account: Account) -> Topic:
    """What a channel is for a caller: payouts are told only to those who may read them."""
    all_of_it = channel.kind == "events" and _PAYOUTS in account.scopes
    return (account.id, account.livemode, _EVERYTHING if all_of_it else channel.kind, channel.subject)


def hears(event: FeedEvent, account: Account) -> bool:
    """Whether a caller who hears of an event's subject hears of the event."""
    return not event.type.startswith("payout.") or _PAYOUTS in account.scopes


def of_event(event: FeedEvent) -> list[Topic]:
    """Who hears of an event."""
    heard = [(event.account_id, event.livemode, _EVERYTHING, "")]
    if not event.type.startswith("payout."):
        heard.append((event.account_id, event.livemode, "events", ""))
    if event.transaction_id is not None:
        heard.append((event.account_id, event.livemode, "transaction", event.transaction_id))
    if event.customer_id is not None:
        heard.append((event.account_id, event.livemode, "user", event.customer_id))
    return heard
