"""`molam-gateway audit verify`: walks every chain of a database's audit trail and says where one breaks."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from . import environment
from .domain.audit.keyring import keyring
from .domain.audit.verification import Anchor
from .operations.audit_verification import Anchors, Verification, verify_all
from .storage.audit_seals import REGISTER
from .storage.port import Store, StoreError
from .storage.postgres_url import is_postgres, parse
from .storage.sqlite import SqliteStore
from .vault import Vault, VaultError, key_path

_SQLITE = "sqlite:///"
_BROKEN = 1
_REFUSED = 2


class AuditCommandError(Exception):
    """The trail cannot be verified like this; the message says what to change."""


def run(options: argparse.Namespace) -> int:
    """Verify and report; returns the exit status: 1 for a chain that is broken, 2 if nothing could be verified."""
    try:
        return asyncio.run(_verify(options.database, _anchors(options.earlier)))
    except (AuditCommandError, VaultError, StoreError, OSError) as error:
        sys.stderr.write(f"molam-gateway: {error}\n")
        return _REFUSED


async def _verify(url: str, anchors: Anchors) -> int:
    store, keys = _opened(url)
    ring = keyring(Vault(keys).derivations("audit"))
    broken = 0
    try:
        async for found in verify_all(store, ring, anchors):
            broken += found.first_break is not None
            sys.stdout.write(json.dumps(_line(found)) + "\n")
            sys.stdout.flush()
    finally:
        await store.close()
    return _BROKEN if broken else 0


def _anchors(file: Path | None) -> Anchors:
    """The heads in the output of an earlier run."""
    if file is None:
        return {}
    try:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        return {
            (line["account"], line["livemode"]): Anchor(line["head"]["sequence"], line["head"]["hash"])
            for line in lines
            if line["head"] and line["account"] != REGISTER
        }
    except (ValueError, KeyError, TypeError):
        raise AuditCommandError(f"--earlier: {file} is not what this command printed earlier") from None


def _opened(url: str) -> tuple[Store, tuple[str, ...]]:
    keys = environment.encryption_keys(os.environ)
    if is_postgres(url):
        if not keys:
            raise AuditCommandError(f"set {environment.KEY} to the keys that the gateway runs with")
        from .storage.postgres import PostgresStore  # psycopg is an extra

        return PostgresStore(parse(url), connections=2), keys
    path = Path(url.removeprefix(_SQLITE))
    if not url.startswith(_SQLITE) or not path.is_file():
        raise AuditCommandError("--database: name an existing database: sqlite:///FILE or postgresql://...")
    return SqliteStore(path), keys or (key_path(path).read_text("latin-1").strip(),)


def _line(found: Verification) -> dict[str, object]:
    broken, head = found.first_break, found.head
    return {
        "account": found.account_id,
        "livemode": found.livemode,
        "verified": broken is None,
        "entries": found.entries,
        "unsealed": found.unsealed,
        "first_break": broken and {"audit_log": broken.audit_log, "sequence": broken.sequence, "reason": broken.reason},
        "head": head and {"sequence": head.sequence, "hash": head.mac},
    }
