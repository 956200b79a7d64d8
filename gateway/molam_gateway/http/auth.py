"""Decides who calls: a bearer API key, stored as a keyed fingerprint, or a signed token that speaks for one."""

import hmac
import re
from collections.abc import Mapping

from ..access.keyring import Keyring
from ..access.tokens import TokenExpiredError, TokenInvalidError
from ..domain.audit.actors import Actor
from ..domain.call import Account
from ..domain.problems import ProblemError
from ..domain.times import milliseconds
from ..services import Clock
from ..storage import api_keys, revoked_tokens
from ..storage.port import Store
from ..vault import Vault

_BEARER = re.compile(r"bearer ([\x21-\x7e]{1,4096})", re.IGNORECASE | re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_PREFIXES = {True: "sk_live_", False: "sk_test_"}


class Authenticator:
    """Recognises the API keys of one mode, and the tokens made from them."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, keyring: Keyring, *, livemode: bool) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._keyring = keyring
        self._livemode = livemode

    async def authenticate(self, headers: Mapping[str, str]) -> Account:
        """The caller's account. Raises ProblemError: 401, or 403 for a key of the other mode."""
        match = _BEARER.fullmatch(headers.get("authorization", ""))
        if match is None:
            raise ProblemError(
                "api_key_invalid", f"Send an API key as Authorization: Bearer {_PREFIXES[self._livemode]}..."
            )
        if _TOKEN.fullmatch(match[1]):
            return await self._of_token(match[1])
        return await self._of_key(match[1])

    async def _of_key(self, secret: str) -> Account:
        if secret.startswith(_PREFIXES[not self._livemode]):
            raise self._other_mode()
        now = milliseconds(self._clock.real_now())
        async with self._store.reading() as reader:
            for fingerprint in self._vault.fingerprints(secret):
                key = await api_keys.find(reader, fingerprint, now)
                if key is not None and hmac.compare_digest(key.fingerprint, fingerprint):
                    return Account(key.account_id, key.livemode, frozenset(key.scopes), Actor("api_key", key.id))
        raise ProblemError("api_key_invalid", "The API key is not known here: check it, or make a new one.")

    async def _of_token(self, token: str) -> Account:
        try:
            claims = await self._keyring.read(token)
        except TokenExpiredError:
            raise ProblemError("token_expired", "The token has expired: refresh it, or make a new one.") from None
        except TokenInvalidError:
            raise ProblemError("token_invalid", "The token is not one of this gateway's: make a new one.") from None
        if claims.livemode != self._livemode:
            raise self._other_mode()
        now = milliseconds(self._clock.real_now())
        async with self._store.reading() as reader:
            allowed = await revoked_tokens.scopes_in_force(
                reader, token_id=claims.token_id, key_id=claims.key_id, now=now
            )
        if allowed is None:
            raise ProblemError("token_invalid", "The token was taken back, or its API key was: make a new one.")
        return Account(
            claims.account_id,
            claims.livemode,
            claims.scopes & allowed,
            Actor("api_key", claims.key_id),
            claims.token_id,
            claims.subject,
            claims.expires_at * 1000,
        )

    def _other_mode(self) -> ProblemError:
        mode = "live" if self._livemode else "sandbox"
        return ProblemError("livemode_mismatch", f"This is the {mode} gateway, the key is of the other mode.")
