"""The asynchronous store of webhook subscriptions."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from ..._front_door import async_front_door, front_door
from .._async_database import AsyncDatabase
from .._hidden import Hidden
from .._subscriptions import records
from .records import SUBJECT, Secrets, WebhookSubscription

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine


class AsyncWebhookSubscriptions:
    """Keeps which tenant's webhooks are signed with which secrets, in the table `webhook_subscriptions`.

        inbox = AsyncInbox(engine, tenants=subscriptions.secrets)

    To rotate a secret, create a second subscription and disable the first when Molam signs with the new one only.
    """

    @front_door
    def __init__(self, engine: AsyncEngine, *, encryption_keys: Sequence[str | bytes] | None = None) -> None:
        """Use the database behind `engine`; its tables are made with `create_tables` or the migrations.

        Args:
            engine: SQLAlchemy engine of SQLite (a file), PostgreSQL, MySQL or MariaDB.
            encryption_keys: Fernet keys to encrypt secrets with (needs the extra `encryption`): the first one
                encrypts, each of them decrypts. Without them only secrets in environment variables can be named.

        Raises:
            ConfigurationError: For another database, one in memory, or keys that are none.
        """
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
        """Accept webhooks of a tenant that are signed with this secret from now on.

        Args:
            tenant: Name of the tenant, 1 to 64 visible ASCII characters.
            secret: The endpoint's signing secret, kept encrypted.
            secret_env: Instead of it, the environment variable that holds it, here and where webhooks are received.
            endpoint_id: Molam's id of the webhook endpoint.

        Raises:
            ValidationError: A name does not fit, there is not exactly one of `secret` and `secret_env`, or it is blank.
            ConfigurationError: A secret without encryption_keys.
            StorageError: The database cannot be used.
        """
        row = Hidden(self._secrets.row(tenant, secret, secret_env, endpoint_id))
        del secret  # no traceback shows it then
        return await self._database.write(records.create(row))

    @async_front_door
    async def list(self, tenant: str | None = None, *, include_disabled: bool = False) -> list[WebhookSubscription]:
        """The subscriptions of a tenant or, without one, of all, the oldest first.

        Raises:
            ValidationError: `tenant` is no string.
            StorageError: The database cannot be used.
        """
        return await self._database.read(records.listed(tenant, include_disabled))

    @async_front_door
    async def disable(self, subscription_id: str) -> bool:
        """Accept its secret no more; returns whether it was accepted until now.

        Raises:
            ValidationError: The id is no string.
            StorageError: The database cannot be used.
        """
        return await self._database.write(records.disable(subscription_id))

    @async_front_door
    async def secrets(self, tenant: str) -> builtins.list[str] | None:
        """The secrets that a tenant's webhooks may be signed with, the newest first; None if there are none.

        Raises:
            ValidationError: `tenant` is no string.
            StorageError: The database cannot be used, or a secret not be decrypted.
        """
        return await self._database.read(records.secrets_of(tenant, self._secrets))
