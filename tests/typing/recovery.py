"""What a type checker knows of calls that are settled later."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, assert_type

from molam_sdk import MolamAsyncClient, MolamClient, errors
from molam_sdk.journal import Begun, Ended, Entry, Recovered, Scope


def settled(client: MolamClient) -> None:
    try:
        client.payment_intents.create(amount=2500, currency="USD")
    except errors.MolamError as error:
        assert_type(client.resolve(error), Any)
        client.resolve(error, deadline=5)
        client.resolve(error, 5)  # type: ignore[call-arg]
    client.resolve("a key")  # type: ignore[arg-type]
    assert_type(client.recover(), tuple[Recovered, ...])
    for found in client.recover(limit=10, former_api_keys=["sk_test_old"]):
        assert_type(found.ending, Literal["succeeded", "rejected", "not_sent", "in_doubt", "stale"])
        assert_type(found.created_at, datetime)
        assert_type(found.object_id, str | None)
        assert_type(found.error, errors.MolamError | None)
        found.ending = "stale"  # type: ignore[misc]


async def settled_later(client: MolamAsyncClient, error: errors.NetworkError) -> None:
    assert_type(await client.resolve(error, deadline=5), Any)
    assert_type(await client.recover(), tuple[Recovered, ...])


class Pages:
    """A journal of the user's."""

    def begin(self, entry: Entry) -> Begun:
        return Begun(token=entry.idempotency_key, in_doubt=False, first_used_at=entry.created_at)

    def in_doubt(self, entry: Entry) -> bool:
        return False

    def finish(self, token: str, ended: Ended) -> bool:
        return True

    def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        return []


class AsyncPages:
    """An asynchronous one."""

    async def begin(self, entry: Entry) -> Begun:
        return Begun(token=entry.idempotency_key, in_doubt=False, first_used_at=entry.created_at)

    async def in_doubt(self, entry: Entry) -> bool:
        return False

    async def finish(self, token: str, ended: Ended) -> bool:
        return True

    async def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        return []


def journals() -> None:
    client = MolamClient(journal=Pages())
    client.with_options(journal=None)
    MolamAsyncClient(journal=AsyncPages())
    MolamClient(journal="calls.db")  # type: ignore[arg-type]
