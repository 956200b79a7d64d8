"""`molam-gateway audit verify`: walks every chain of a database's audit trail and says where one breaks."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from ..domain.audit.keyring import keyring
from ..domain.audit.verification import Anchor
from ..operations.audit_verification import Anchors, Verification, verify_all
from ..storage.audit_seals import REGISTER
from ..storage.port import StoreError
from ..vault import VaultError
from .exits import REFUSED, fail
from .opening import OpeningError, opened

_BROKEN = 1


def run(options: argparse.Namespace) -> int:
    """Verify and report; returns the exit status: 1 for a chain that is broken, 2 if nothing could be verified."""
    try:
        return asyncio.run(_verify(options.database, _anchors(options.earlier)))
    except (OpeningError, VaultError, StoreError, OSError) as error:
        return fail(error, REFUSED)


async def _verify(url: str, anchors: Anchors) -> int:
    broken = 0
    async with opened(url) as database:
        async for found in verify_all(database.store, keyring(database.vault.derivations("audit")), anchors):
            broken += found.first_break is not None
            sys.stdout.write(json.dumps(_line(found)) + "\n")
            sys.stdout.flush()
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
    except OSError as error:
        raise OpeningError(f"--earlier: {file} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise OpeningError(f"--earlier: {file} is not what this command printed earlier") from None


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
