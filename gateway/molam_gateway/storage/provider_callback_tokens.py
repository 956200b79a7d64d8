"""The provider_callback_tokens table: the unguessable parts of callback addresses, found by their hashes."""

import hashlib
from dataclasses import dataclass

from .port import Reader, Transaction

INSERT = """
INSERT INTO provider_callback_tokens (fingerprint, configuration_id, sealed, created_at, expires_at)
VALUES (:fingerprint, :configuration_id, :sealed, :created_at, NULL)
"""
EXPIRE = """
UPDATE provider_callback_tokens SET expires_at = :expires_at
WHERE configuration_id = :configuration_id AND expires_at IS NULL
"""
SELECT = """
SELECT configuration_id, sealed FROM provider_callback_tokens
WHERE fingerprint = :fingerprint AND (expires_at IS NULL OR expires_at > :now)
"""
CURRENT = """
SELECT sealed FROM provider_callback_tokens
WHERE configuration_id = :configuration_id AND expires_at IS NULL
ORDER BY created_at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class CallbackToken:
    """A token that is in force; `sealed` lets it be shown again."""

    configuration_id: str
    sealed: str


def fingerprint(token: str) -> str:
    """What a token is found by: a plain hash will do, nobody guesses 160 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


async def insert(tx: Transaction, token: str, *, configuration_id: str, sealed: str, now: int) -> None:
    """Add a token."""
    await tx.execute(
        INSERT,
        {
            "fingerprint": fingerprint(token),
            "configuration_id": configuration_id,
            "sealed": sealed,
            "created_at": now,
        },
    )


async def expire(tx: Transaction, configuration_id: str, expires_at: int) -> None:
    """Let what is in force now end."""
    await tx.execute(EXPIRE, {"configuration_id": configuration_id, "expires_at": expires_at})


async def find(reader: Reader, token: str, now: int) -> CallbackToken | None:
    """The token, if it is in force."""
    row = await reader.fetch_one(SELECT, {"fingerprint": fingerprint(token), "now": now})
    return None if row is None else CallbackToken(row["configuration_id"], row["sealed"])


async def current(reader: Reader, configuration_id: str) -> str | None:
    """The newest token of a configuration, sealed."""
    row = await reader.fetch_one(CURRENT, {"configuration_id": configuration_id})
    return None if row is None else str(row["sealed"])
