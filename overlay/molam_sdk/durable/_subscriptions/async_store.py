"""The store of webhook subscriptions, asynchronous."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from ..._front_door import async_front_door, front_door
from .._async_engines import AsyncDatabase
from .._hidden import Hidden
from .._subscriptions import records
from .records import SUBJECT, Secrets, WebhookSubscription

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine


class AsyncWebhookSubscriptions:
    """See WebhookSubscriptions; for an AsyncEngine."""

    @front_door
    def __init__(self, engine: AsyncEngine, *, encryption_keys: Sequence[str | bytes] | None = None) -> None:
        """See WebhookSubscriptions."""
        self._secrets = Secrets(encryption_keys)
        self._database = AsyncDatabase(engine, SUBJECT)

    @async_front_door
    async def create(
        self,
        tenant: str,
        *,
        secret: str | None = None,
        secret_env: str | None = None,
        endpoint_id: str | None = None,
    ) -> WebhookSubscription:
        """See WebhookSubscriptions."""
        row = Hidden(self._secrets.row(tenant, secret, secret_env, endpoint_id))
        del secret  # no traceback shows it then
        return await self._database.write(records.create(row))

    @async_front_door
    async def list(self, tenant: str | None = None, *, include_disabled: bool = False) -> list[WebhookSubscription]:
        """See WebhookSubscriptions."""
        return await self._database.read(records.listed(tenant, include_disabled))

    @async_front_door
    async def disable(self, subscription_id: str) -> bool:
        """See WebhookSubscriptions."""
        return await self._database.write(records.disable(subscription_id))

    @async_front_door
    async def secrets(self, tenant: str) -> builtins.list[str] | None:
        """See WebhookSubscriptions."""
        return await self._database.read(records.secrets_of(tenant, self._secrets))
