"""Payments and webhooks that outlive the process: a journal, a store and an inbox in your own SQL database.

Needs the extra `sql`: `pip install 'molam-sdk-python[sql]'`. Names are imported when they are first used.
"""

from typing import TYPE_CHECKING, Any

from ._extras import load

if TYPE_CHECKING:
    from ._inbox.async_inbox import AsyncInbox
    from ._inbox.inbox import Inbox
    from ._inbox.values import DeadLetter, Pending, Processed, Receipt
    from ._journal.async_journal import AsyncJournal
    from ._journal.journal import Journal
    from ._journal.unfinished import UnfinishedCall
    from ._schema import create_tables, create_tables_async, metadata
    from ._store.answers import CachedResponse, Claim
    from ._store.async_store import AsyncIdempotencyStore
    from ._store.store import IdempotencyStore
    from ._subscriptions.async_store import AsyncWebhookSubscriptions
    from ._subscriptions.records import WebhookSubscription
    from ._subscriptions.store import WebhookSubscriptions

_HOMES = {
    "AsyncIdempotencyStore": "_store.async_store",
    "AsyncInbox": "_inbox.async_inbox",
    "AsyncJournal": "_journal.async_journal",
    "AsyncWebhookSubscriptions": "_subscriptions.async_store",
    "CachedResponse": "_store.answers",
    "Claim": "_store.answers",
    "DeadLetter": "_inbox.values",
    "IdempotencyStore": "_store.store",
    "Inbox": "_inbox.inbox",
    "Journal": "_journal.journal",
    "Pending": "_inbox.values",
    "Processed": "_inbox.values",
    "Receipt": "_inbox.values",
    "UnfinishedCall": "_journal.unfinished",
    "WebhookSubscription": "_subscriptions.records",
    "WebhookSubscriptions": "_subscriptions.store",
    "create_tables": "_schema",
    "create_tables_async": "_schema",
    "metadata": "_schema",
}

__all__ = [
    "AsyncIdempotencyStore",
    "AsyncInbox",
    "AsyncJournal",
    "AsyncWebhookSubscriptions",
    "CachedResponse",
    "Claim",
    "DeadLetter",
    "IdempotencyStore",
    "Inbox",
    "Journal",
    "Pending",
    "Processed",
    "Receipt",
    "UnfinishedCall",
    "WebhookSubscription",
    "WebhookSubscriptions",
    "create_tables",
    "create_tables_async",
    "metadata",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(load(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
