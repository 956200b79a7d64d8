"""Shares providers' access tokens between processes through the database."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import datetime, timedelta

from .domain.times import milliseconds
from .providers.mpesa import Obtain, Token, TokensUnavailableError
from .services import Vault
from .storage import provider_tokens
from .storage.port import Store, StoreError
from .storage.provider_tokens import TokenRow
from .vault import VaultError

LEASE = 30.0
"""Longer than a provider is waited for, so that an expired lease means a dead owner."""

_PAUSE = 0.05


class SharedTokens:
    """A `TokenStore` on the gateway's database: tokens are encrypted, one process at a time obtains one.

    `real_now` is the clock that leases end by. Raises TokensUnavailableError if the database fails.
    """

    def __init__(self, store: Store, vault: Vault, real_now: Callable[[], datetime]) -> None:
        self._store = store
        self._vault = vault
        self._real_now = real_now

    async def read(self, owner: str) -> Token | None:
        """The present token, None if there is none that can be decrypted."""
        with _unavailable():
            async with self._store.reading() as reader:
                return self._opened(owner, await provider_tokens.find(reader, owner))

    async def renew(self, owner: str, stale: Token | None, obtain: Obtain) -> Token:
        """Obtain a token under the lease, unless somebody else has replaced `stale` by then."""
        lease = secrets.token_hex(16)
        give_up_at = self._real_now() + timedelta(seconds=2 * LEASE)
        while self._real_now() < give_up_at:
            present, leased = await self._lease(owner, stale, lease)
            if present is not None:
                return present
            if leased:
                async with self._released(owner, lease):
                    token = await obtain()
                    if await self._write(owner, token, lease):
                        return token
            await asyncio.sleep(_PAUSE)
        raise TokensUnavailableError("another process has not renewed the token in time")

    async def _lease(self, owner: str, stale: Token | None, lease: str) -> tuple[Token | None, bool]:
        now = self._real_now()
        with _unavailable():
            async with self._store.transaction() as tx:
                until = milliseconds(now + timedelta(seconds=LEASE))
                leased = await provider_tokens.take_lease(
                    tx, owner, token=lease, until=until, real_now=milliseconds(now)
                )
                present = self._opened(owner, await provider_tokens.find(tx, owner))
                if present is None or (stale is not None and present.value == stale.value):
                    return None, leased
                if leased:
                    await provider_tokens.release(tx, owner, lease=lease)
                return present, False

    async def _write(self, owner: str, token: Token, lease: str) -> bool:
        row = TokenRow(self._vault.encrypt(_purpose(owner), token.value), int(token.renew_at * 1000))
        with _unavailable():
            async with self._store.transaction() as tx:
                return await provider_tokens.replace(tx, owner, row, lease=lease)

    @contextlib.asynccontextmanager
    async def _released(self, owner: str, lease: str) -> AsyncGenerator[None]:
        """Let the next one try at once if this one fails; a database that fails leaves that to the lease's end."""
        try:
            yield
        except BaseException:
            with contextlib.suppress(StoreError):
                async with self._store.transaction() as tx:
                    await provider_tokens.release(tx, owner, lease=lease)
            raise

    def _opened(self, owner: str, row: TokenRow | None) -> Token | None:
        if row is None:
            return None
        try:
            return Token(self._vault.decrypt(_purpose(owner), row.token), row.renew_at / 1000)
        except VaultError:
            return None


def _purpose(owner: str) -> str:
    return f"provider_token:{owner}"


@contextlib.contextmanager
def _unavailable() -> Generator[None]:
    try:
        yield
    except StoreError as error:
        raise TokensUnavailableError(f"the shared tokens cannot be reached: {type(error).__name__}") from None
