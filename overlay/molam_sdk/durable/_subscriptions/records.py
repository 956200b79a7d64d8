"""What the subscriptions hold, and the statements on them, for the synchronous and the asynchronous half alike."""

from __future__ import annotations

import os
import re
import threading
import time
from typing import TYPE_CHECKING, Any

from attrs import frozen
from sqlalchemy import false, insert, select, update

from ...errors import ConfigurationError, StorageError, ValidationError
from .._arguments import checked_text
from .._clock import now
from .._hidden import Hidden
from .._sealing import Seal, no_keys
from .tables import subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

SUBJECT = "the webhook subscriptions"

_TENANT = re.compile(r"[!-~]{1,64}").fullmatch
_ID = re.compile(r"[!-~]{1,255}").fullmatch
_OWN_ID = re.compile(r"[0-9a-f]{32}").fullmatch
_c = subscriptions.c
_ticking = threading.Lock()
_last = 0
_SHOWN = (_c.id, _c.tenant, _c.endpoint_id, _c.secret_env, _c.created_at, _c.disabled_at)


@frozen(kw_only=True)
class WebhookSubscription:
    """One endpoint of a tenant, without its secret.

    Attributes:
        id: Id of the subscription.
        tenant: Whose it is.
        endpoint_id: Molam's id of the webhook endpoint (`we_...`), where it was given.
        secret_env: Environment variable that holds the secret, if it is not kept here.
        created_at: When it was made.
        disabled_at: Since when its secret is not accepted any more, or None.
    """

    id: str
    tenant: str
    endpoint_id: str | None
    secret_env: str | None
    created_at: datetime
    disabled_at: datetime | None


class Secrets:
    """Turns signing secrets into columns and back."""

    def __init__(self, encryption_keys: Sequence[str | bytes] | None) -> None:
        self._seal = None if encryption_keys is None else Seal(encryption_keys, SUBJECT)

    def row(self, tenant: str, secret: str | None, secret_env: str | None, endpoint_id: str | None) -> dict[str, Any]:
        """The columns of a new subscription.

        Raises:
            ValidationError: A name or id does not fit, or there is not exactly one secret.
            ConfigurationError: There are no keys to encrypt the secret with.
        """
        if not _TENANT(checked_text("tenant", tenant)):
            raise ValidationError("tenant must be 1 to 64 visible ASCII characters", param="tenant")
        for name, text in (("endpoint_id", endpoint_id), ("secret_env", secret_env)):
            if text and not _ID(checked_text(name, text)):
                raise ValidationError(f"{name} must be 1 to 255 visible ASCII characters", param=name)
        if secret is not None and not checked_text("secret", secret).strip():
            raise ValidationError("the secret is blank", param="secret")
        if (secret is None) == (secret_env is None) or secret_env == "":
            raise ValidationError("pass either the secret or secret_env, the variable that holds it", param="secret")
        if secret_env is not None and not os.environ.get(secret_env, "").strip():
            raise ValidationError(f"the environment variable {secret_env} is not set, or blank", param="secret_env")
        id = f"{_ticks():016x}{os.urandom(8).hex()}"
        sealed = None
        if secret is not None:
            if self._seal is None:
                raise ConfigurationError("secrets are not kept in the clear: pass encryption_keys, or secret_env")
            sealed = self._seal.close(secret.encode(), _identity(id, tenant))
        return {
            "id": id,
            "tenant": tenant,
            "endpoint_id": endpoint_id,
            "secret": sealed,
            "secret_env": secret_env,
            "created_at": now(),
        }

    def read(self, row: Row[Any]) -> str:
        """The secret of a subscription.

        Raises:
            StorageError: It cannot be decrypted, or its environment variable is not set.
        """
        if row.secret_env is not None:
            found = os.environ.get(row.secret_env)
            if not found or not found.strip():
                raise StorageError(f"{SUBJECT} name the environment variable {row.secret_env}, which is not set")
            return found
        if self._seal is None:
            raise no_keys(SUBJECT)
        return self._seal.open(row.secret, _identity(row.id, row.tenant)).decode()


def create(row: Hidden[dict[str, Any]]) -> Callable[[Connection], WebhookSubscription]:
    """Insert a subscription and read it back."""

    def work(connection: Connection) -> WebhookSubscription:
        connection.execute(insert(subscriptions).values(row.value))
        return _shown(connection.execute(select(*_SHOWN).where(_c.id == row.value["id"])).one())

    return work


def listed(tenant: str | None, include_disabled: bool) -> Callable[[Connection], list[WebhookSubscription]]:
    """The subscriptions of a tenant, or of all, the oldest first."""
    chosen = select(*_SHOWN).order_by(_c.created_at, _c.id)
    if tenant is not None:
        chosen = chosen.where(_of(tenant))
    if not include_disabled:
        chosen = chosen.where(_c.disabled_at.is_(None))
    return lambda connection: [_shown(row) for row in connection.execute(chosen)]


def disable(id: str) -> Callable[[Connection], bool]:
    """Disable a subscription; whether it was there and enabled."""
    disabling = (
        update(subscriptions)
        .where(_c.id == id if _OWN_ID(checked_text("subscription_id", id)) else false(), _c.disabled_at.is_(None))
        .values(disabled_at=now())
    )
    return lambda connection: connection.execute(disabling).rowcount == 1


def secrets_of(tenant: str, secrets: Secrets) -> Callable[[Connection], list[str] | None]:
    """The enabled secrets of a tenant, the newest first, or None if there are none."""
    chosen = (
        select(subscriptions).where(_of(tenant), _c.disabled_at.is_(None)).order_by(_c.created_at.desc(), _c.id.desc())
    )

    def work(connection: Connection) -> list[str] | None:
        return [secrets.read(row) for row in connection.execute(chosen)] or None

    return work


def _of(tenant: str) -> ColumnElement[bool]:
    return _c.tenant == tenant if _TENANT(checked_text("tenant", tenant)) else false()


def _ticks() -> int:
    """Nanoseconds since 1970, and later than ever before in this process: they order what is made at one moment."""
    global _last
    with _ticking:
        _last = max(time.time_ns(), _last + 1)
        return _last


def _renew_lock() -> None:
    """Whoever holds it stays in the parent."""
    global _ticking
    _ticking = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


def _identity(id: str, tenant: str) -> list[str]:
    return ["webhook_subscriptions", id, tenant]


def _shown(row: Any) -> WebhookSubscription:
    return WebhookSubscription(
        id=row.id,
        tenant=row.tenant,
        endpoint_id=row.endpoint_id,
        secret_env=row.secret_env,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
