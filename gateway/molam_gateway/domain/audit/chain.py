"""Keyed hashes that bind an entry's content, its place in its account's chain and the chain's end.

Nobody without the key can make one, whatever they can write into the database.
"""

import hmac
import json
from dataclasses import dataclass

from .entry import AuditLog
from .keyring import AuditKey

GENESIS = ""
"""What the first seal of a chain follows."""

BROKEN = "broken"
"""What a seal follows whose predecessor cannot be trusted: it never verifies, so the break stays where it is."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A row of the audit_seals table: an entry's place in its account's chain."""

    account_id: str
    livemode: bool
    sequence: int
    audit_log_id: str
    content_hash: str
    key_id: str
    mac: str


@dataclass(frozen=True, slots=True)
class Head:
    """A row of the audit_heads table: where a chain ends. `ordinal` counts the chains of the database."""

    account_id: str
    livemode: bool
    ordinal: int
    sequence: int
    mac: str
    key_id: str
    head_mac: str


def content_hash(key: AuditKey, entry: AuditLog) -> str:
    """The hash of every column of an entry but this hash itself."""
    return _mac(
        key.content,
        [
            entry.id,
            entry.account_id,
            bool(entry.livemode),
            entry.created_at,
            entry.actor_type,
            entry.actor_id,
            entry.address,
            entry.user_agent,
            entry.request_id,
            entry.idempotency_key,
            entry.action,
            entry.resource_type,
            entry.resource_id,
            entry.sequence,
            None if entry.before is None else dict(entry.before),
            None if entry.after is None else dict(entry.after),
            entry.outcome,
            entry.body_hash,
            key.id,
        ],
    )


def link(key: AuditKey, previous: str, seal: Seal) -> str:
    """The hash of a seal that follows the one whose hash is `previous`."""
    return _mac(
        key.chain,
        [
            previous,
            seal.account_id,
            bool(seal.livemode),
            seal.sequence,
            seal.audit_log_id,
            seal.content_hash,
            key.id,
        ],
    )


def head_mac(key: AuditKey, head: Head) -> str:
    """The hash that says a chain ends here."""
    return _mac(key.head, [head.account_id, bool(head.livemode), head.ordinal, head.sequence, head.mac, key.id])


def same(one: str, other: str) -> bool:
    """Whether two hashes are equal, in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def label(key: AuditKey, text: str) -> str:
    """A short name under which a text that must not be kept can be recognised again."""
    return hmac.digest(key.label, text.encode(), "sha256").hex()[:16]


def _mac(key: bytes, values: list[object]) -> str:
    canonical = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.digest(key, canonical.encode(), "sha256").hex()
