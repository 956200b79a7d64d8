"""The keys of the audit trail, derived from the vault's: the first writes, every one checks."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class AuditKey:
    """One key with its public name and one purpose per derived part."""

    id: str
    content: bytes = field(repr=False)
    chain: bytes = field(repr=False)
    head: bytes = field(repr=False)
    label: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The current key and, by name, every key that is still configured."""

    current: AuditKey
    known: dict[str, AuditKey]


@lru_cache(maxsize=16)
def keyring(secrets: tuple[bytes, ...]) -> Keyring:
    """The ring of these secrets, the newest first."""
    keys = [_key(secret) for secret in secrets]
    return Keyring(keys[0], {key.id: key for key in reversed(keys)})


def _key(secret: bytes) -> AuditKey:
    parts = [hmac.digest(secret, f"audit {part}".encode(), "sha256") for part in _PARTS]
    return AuditKey(hmac.digest(secret, b"audit key id", "sha256").hex()[:16], *parts)


_PARTS: Sequence[str] = ("content", "chain", "head", "label")
