"""`molam-gateway keys`: makes, lists, rotates and revokes API keys; a secret is printed once, on standard output."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

from ..domain.times import rfc3339, rfc3339_or_none
from ..http.permissions import ALL_SCOPES, MERCHANT_SCOPES
from ..operations.api_keys import NewKey, create_key, revoke_key, rotate_key
from ..storage import api_keys
from ..storage.api_keys import KeyRecord
from .opening import Opened, OpeningError
from .reports import OPERATOR, printed

_ALL = "all"


def run(options: argparse.Namespace) -> int:
    """Do what the options say; returns the exit status."""
    actions = {"create": _create, "list": _list, "rotate": _rotate, "revoke": _revoke}
    return asyncio.run(printed(options, actions[options.action]))


async def _create(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    days: float | None = options.expires_in_days
    yield _with_secret(
        await create_key(
            database,
            OPERATOR,
            options.account,
            livemode=options.mode == "live",
            scopes=_scopes(options.scopes),
            name=options.name,
            lifetime=None if days is None else timedelta(days=days),
        )
    )


async def _list(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    async with database.store.reading() as reader:
        rows = await api_keys.every(reader, options.account)
    for row in rows:
        yield _shown(row)


async def _rotate(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    yield _with_secret(await rotate_key(database, OPERATOR, options.key, timedelta(seconds=options.overlap)))


async def _revoke(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    yield _shown(await revoke_key(database, OPERATOR, options.key))


def _scopes(text: str) -> frozenset[str]:
    if text == _ALL:
        return MERCHANT_SCOPES
    scopes = frozenset(filter(None, (each.strip() for each in text.split(","))))
    unknown = sorted(scopes - ALL_SCOPES)
    if unknown or not scopes:
        raise OpeningError(f"--scopes {', '.join(unknown)}: there are {', '.join(sorted(ALL_SCOPES))}, and {_ALL}")
    return scopes


def _with_secret(made: NewKey) -> Mapping[str, object]:
    return {**_shown(made.record), "secret": made.secret}


def _shown(key: KeyRecord) -> Mapping[str, object]:
    return {
        "id": key.id,
        "account": key.account_id,
        "livemode": key.livemode,
        "scopes": list(key.scopes),
        "name": key.name,
        "last4": key.last4,
        "created_at": rfc3339(key.created_at),
        "expires_at": rfc3339_or_none(key.expires_at),
        "revoked_at": rfc3339_or_none(key.revoked_at),
    }
