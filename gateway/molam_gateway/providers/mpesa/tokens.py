"""Daraja's access tokens: asking for one invalidates the former, so everybody who uses an app shares one."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

EARLY = 600.0
"""Seconds before its end at which a token is replaced: with the usual hour, after 50 minutes."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; `renew_at` is in seconds of unix time."""

    value: str = field(repr=False)
    renew_at: float


Obtain: TypeAlias = Callable[[], Awaitable[Token]]


class TokensUnavailableError(Exception):
    """The store of the tokens cannot be reached."""


class TokenStore(Protocol):
    """Keeps the tokens that are shared; `owner` names the app that one belongs to.

    Its methods may raise TokensUnavailableError.
    """

    async def read(self, owner: str) -> Token | None:
        """The present token, whatever its age."""
        ...

    async def renew(self, owner: str, stale: Token | None, obtain: Obtain) -> Token:
        """Replace `stale` by a new token, or return the one that has replaced it already.

        Of all who share the store one obtains at a time. What `obtain` raises is passed on.
        """
        ...


class MemoryTokens:
    """A store for one process."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def read(self, owner: str) -> Token | None:
        """The present token."""
        return self._tokens.get(owner)

    async def renew(self, owner: str, stale: Token | None, obtain: Obtain) -> Token:
        """Obtain a token unless somebody just did."""
        async with self._locks.setdefault(owner, asyncio.Lock()):
            present = self._tokens.get(owner)
            if present is not None and (stale is None or present.value != stale.value):
                return present
            self._tokens[owner] = token = await obtain()
            return token


class Tokens:
    """One process's view of a store: reads it once per token, and renews with one call at a time."""

    def __init__(self, store: TokenStore, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now
        self._known: dict[str, Token] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, owner: str, obtain: Obtain) -> Token:
        """A token that need not be renewed yet."""
        known = self._known.get(owner)
        return known if known is not None and self._fresh(known) else await self._other_than(None, owner, obtain)

    async def after(self, rejected: Token, owner: str, obtain: Obtain) -> Token:
        """A token in the place of one that Daraja did not accept: the shared one if it is another, else a new one."""
        return await self._other_than(rejected, owner, obtain)

    async def _other_than(self, rejected: Token | None, owner: str, obtain: Obtain) -> Token:
        async with self._locks.setdefault(owner, asyncio.Lock()):
            known = self._known.get(owner)
            if known is not None and self._serves(known, rejected):
                return known
            shared = await self._store.read(owner)
            if shared is None or not self._serves(shared, rejected):
                shared = await self._store.renew(owner, shared, obtain)
            self._known[owner] = shared
            return shared

    def _serves(self, token: Token, rejected: Token | None) -> bool:
        return self._fresh(token) and (rejected is None or token.value != rejected.value)

    def now(self) -> float:
        """The time by which tokens are old, in seconds of unix time."""
        return self._now()

    def _fresh(self, token: Token) -> bool:
        return self._now() < token.renew_at


def owner_of(base_url: str, consumer_key: str, consumer_secret: str) -> str:
    """The name under which an app's token is shared: who does not know the secret does not find it."""
    parts = f"molam mpesa token v1\0{base_url}\0{consumer_key}\0{consumer_secret}"
    return hashlib.sha256(parts.encode()).hexdigest()
