"""Keeps the signing keys at hand, and learns of new ones that other processes made."""

import math
from collections.abc import Callable

from ..services import Clock
from ..storage.port import Store
from ..vault import Vault
from .signing_keys import load
from .tokens import Claims, Tokens, UnknownKeyError

_FRESH = 60.0
_PAUSE = 1.0


class Keyring:
    """Signs and reads tokens with the keys of the database.

    They are read again after a minute, and for a token that names an unknown one at most once a second.
    """

    def __init__(self, store: Store, vault: Vault, clock: Clock, issuer: Callable[[], str]) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._issuer = issuer
        self._tokens: Tokens | None = None
        self._loaded_at = -math.inf

    async def sign(self, claims: Claims) -> str:
        """The token that says this."""
        return (await self._current(_FRESH)).sign(claims)

    async def read(self, token: str) -> Claims:
        """What a token says. Raises TokenExpiredError or TokenInvalidError."""
        try:
            return (await self._current(_FRESH)).read(token)
        except UnknownKeyError:
            return (await self._current(_PAUSE)).read(token)

    async def jwks(self) -> dict[str, object]:
        """The public keys."""
        return (await self._current(_FRESH)).jwks

    async def _current(self, oldest: float) -> Tokens:
        now = self._now()
        if self._tokens is None or now - self._loaded_at >= oldest:
            self._tokens = Tokens(await load(self._store, self._vault), self._issuer(), self._now)
            self._loaded_at = now
        return self._tokens

    def _now(self) -> float:
        return self._clock.real_now().timestamp()
