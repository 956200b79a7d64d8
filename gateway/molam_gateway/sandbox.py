"""Seeds a sandbox: one account, its test key and its webhook signing secret."""

import base64
from dataclasses import dataclass, field
from datetime import datetime

from .domain.ids import IdGenerator
from .domain.times import milliseconds
from .domain.webhook_endpoints import SECRET_PREFIX, account_secret_purpose
from .http.permissions import ALL_SCOPES
from .operations.accounts import CAPABILITIES
from .storage import accounts, api_keys
from .storage.accounts import AccountRow
from .storage.api_keys import ApiKey
from .storage.port import Store, Transaction
from .vault import Vault, VaultError

_PREFIX = "sk_test_"


@dataclass(frozen=True, slots=True)
class Seed:
    """What people need to use a sandbox."""

    account_id: str
    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


class SeedError(ValueError):
    """A given key or secret cannot be a sandbox's; the message says why."""


async def seed(
    store: Store,
    vault: Vault,
    ids: IdGenerator,
    now: datetime,
    *,
    api_key: str | None = None,
    webhook_secret: str | None = None,
) -> Seed:
    """Make the account of a new sandbox, or find it again.

    Without a given key or secret they follow from the vault's key: the same at each start with the same database, and
    nowhere stored in clear. New webhook endpoints sign with `webhook_secret` until they are rotated.
    """
    check_credentials(api_key, webhook_secret)
    api_key = api_key or _PREFIX + base64.b32encode(vault.derive("sandbox api key")).decode().rstrip("=").lower()
    secret = webhook_secret or SECRET_PREFIX + base64.b64encode(vault.derive("sandbox webhook secret")).decode()
    async with store.transaction() as tx:
        account_id = await accounts.first(tx)
        if account_id is None:
            account_id = await _add_account(tx, ids, now)
        else:
            await _check_vault(tx, vault, account_id)
        await accounts.set_webhook_secret(tx, account_id, vault.encrypt(account_secret_purpose(account_id), secret))
        known = [await api_keys.exists(tx, fingerprint) for fingerprint in vault.fingerprints(api_key)]
        if not any(known):
            key = ApiKey(ids.new("key", now), account_id, False, vault.fingerprint(api_key), sorted(ALL_SCOPES))
            await api_keys.insert(tx, key, last4=api_key[-4:], created_at=milliseconds(now))
    return Seed(account_id, api_key, secret)


def check_credentials(api_key: str | None, webhook_secret: str | None) -> None:
    """Raise SeedError for a given key or secret that cannot be a sandbox's."""
    if api_key is not None and not (api_key.startswith(_PREFIX) and api_key.isascii() and _visible(api_key)):
        raise SeedError(f"--api-key: a sandbox's API key begins with {_PREFIX} and is visible ASCII")
    if webhook_secret is not None and not _can_sign(webhook_secret):
        raise SeedError(
            f"--webhook-secret: a webhook secret is {SECRET_PREFIX} and base64 after it, since receivers decode that; "
            "leave it out and one is made"
        )


async def _check_vault(tx: Transaction, vault: Vault, account_id: str) -> None:
    """The account's own secret was sealed by the vault's key if the rest of the database was."""
    account = await accounts.find(tx, account_id)
    if account is None or account.webhook_secret is None:
        return
    try:
        vault.decrypt(account_secret_purpose(account_id), account.webhook_secret)
    except VaultError:
        raise VaultError("the database was written under another encryption key: start with that one") from None


def _visible(text: str) -> bool:
    return text.isprintable() and " " not in text


def _can_sign(secret: str) -> bool:
    try:
        return secret.startswith(SECRET_PREFIX) and bool(base64.b64decode(secret[len(SECRET_PREFIX) :], validate=True))
    except ValueError:
        return False


async def _add_account(tx: Transaction, ids: IdGenerator, now: datetime) -> str:
    account_id = ids.new("acct", now)
    await accounts.insert(
        tx,
        AccountRow(
            id=account_id,
            molam_id=f"MOLAM-{account_id[-4:].upper()}-TEST",
            home_region="eu-west",
            capabilities=CAPABILITIES,
            webhook_secret=None,
            created_at=milliseconds(now),
        ),
    )
    return account_id
