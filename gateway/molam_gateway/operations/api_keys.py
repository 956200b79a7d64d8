"""API keys as operators make, rotate and end them; secrets are told once and kept as fingerprints."""

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta

from ..domain.audit.actors import Actor
from ..domain.times import milliseconds
from ..services import Bookkeeping
from ..storage import accounts, api_keys
from ..storage.api_keys import ApiKey, KeyRecord
from ..storage.port import Transaction
from .auditing import Cause, note

PREFIXES = {True: "sk_live_", False: "sk_test_"}
_KIND = "api_key"
_BYTES = 25


class KeyChangeError(Exception):
    """The key cannot be made or changed like this; the message says why."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; nobody can be told `secret` again."""

    record: KeyRecord
    secret: str = field(repr=False)


async def create_key(
    gateway: Bookkeeping,
    actor: Actor,
    account_id: str,
    *,
    livemode: bool,
    scopes: Collection[str],
    name: str | None = None,
    lifetime: timedelta | None = None,
) -> NewKey:
    """Make a key of an account. Raises KeyChangeError if there is no such account."""
    async with gateway.store.transaction() as tx:
        if await accounts.find(tx, account_id) is None:
            raise KeyChangeError(f"there is no account {account_id}: molam-gateway accounts list tells which there are")
        if (not livemode) in await api_keys.modes(tx):
            raise KeyChangeError("the database is the other mode's: live and sandbox have databases of their own")
        now = gateway.clock.real_now()
        secret = _new_secret(livemode=livemode)
        record = KeyRecord(
            id=gateway.ids.new("key", now),
            account_id=account_id,
            livemode=livemode,
            scopes=tuple(sorted(scopes)),
            last4=secret[-4:],
            name=name,
            created_at=milliseconds(now),
            expires_at=None if lifetime is None else milliseconds(now + lifetime),
            revoked_at=None,
        )
        return await _add(gateway, tx, Cause(None, "create_api_key", actor), record, secret)


async def rotate_key(gateway: Bookkeeping, actor: Actor, key_id: str, overlap: timedelta) -> NewKey:
    """Make a key that may do what another one may and lives as long; that one ends after `overlap`, or earlier.

    Raises KeyChangeError unless the other one is in force.
    """
    async with gateway.store.transaction() as tx:
        old = await _in_force(gateway, tx, key_id)
        now = milliseconds(gateway.clock.real_now())
        secret = _new_secret(livemode=old.livemode)
        following = replace(
            old,
            id=gateway.ids.new("key", gateway.clock.real_now()),
            last4=secret[-4:],
            created_at=now,
            expires_at=None if old.expires_at is None else now + old.expires_at - old.created_at,
        )
        cause = Cause(None, "rotate_api_key", actor)
        made = await _add(gateway, tx, cause, following, secret)
        ends_at = now + overlap // timedelta(milliseconds=1)
        if await api_keys.expire(tx, key_id, ends_at):
            await note(gateway, tx, cause, _KIND, old, replace(old, expires_at=ends_at))
        return made


async def revoke_key(gateway: Bookkeeping, actor: Actor, key_id: str) -> KeyRecord:
    """End a key now, and with it every token that was made from it. Raises KeyChangeError unless it is in force."""
    async with gateway.store.transaction() as tx:
        old = await _in_force(gateway, tx, key_id)
        revoked = replace(old, revoked_at=milliseconds(gateway.clock.real_now()))
        await api_keys.revoke(tx, key_id, milliseconds(gateway.clock.real_now()))
        await note(gateway, tx, Cause(None, "revoke_api_key", actor), _KIND, old, revoked)
        return revoked


def _new_secret(*, livemode: bool) -> str:
    return PREFIXES[livemode] + base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()


async def _add(gateway: Bookkeeping, tx: Transaction, cause: Cause, record: KeyRecord, secret: str) -> NewKey:
    key = ApiKey(record.id, record.account_id, record.livemode, gateway.vault.fingerprint(secret), record.scopes)
    await api_keys.insert(
        tx, key, last4=record.last4, created_at=record.created_at, name=record.name, expires_at=record.expires_at
    )
    await note(gateway, tx, cause, _KIND, None, record)
    return NewKey(record, secret)


async def _in_force(gateway: Bookkeeping, tx: Transaction, key_id: str) -> KeyRecord:
    found = await api_keys.lock(tx, key_id)
    if found is None:
        raise KeyChangeError(f"there is no API key {key_id}: molam-gateway keys list tells which there are")
    ended = found.ended(milliseconds(gateway.clock.real_now()))
    if ended is not None:
        raise KeyChangeError(f"the API key {key_id} has {ended} already")
    return found
