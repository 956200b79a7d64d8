"""Tokens: made from an API key, exchanged for fresh ones, taken back."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

from ..access.keyring import Keyring
from ..access.tokens import LIFETIME, LONGEST, Claims, TokenExpiredError, TokenInvalidError
from ..domain.call import Answer, Call
from ..domain.problems import ProblemError
from ..domain.secret_shapes import REFRESH
from ..domain.times import milliseconds
from ..services import Services
from ..storage import api_keys, refresh_tokens, revoked_tokens
from ..storage.port import Transaction
from ..storage.refresh_tokens import RefreshToken
from .auditing import OK, Cause, note_fact

OF_CUSTOMERS = frozenset({"payments:read"})
"""The most that a token for one customer may do."""

REFRESH_LIFETIME = 30 * 86400
REUSE_WINDOW = 30.0
"""Seconds in which a refresh token may be exchanged once more, since the first answer may have been lost; it ends
sooner once what it was exchanged for has been used."""


class TokenOperations:
    """The operations about tokens; they need the keys that sign."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def create_token(self, services: Services, call: Call) -> Answer:
        """Make an access token, and a refresh token beside it, that may do what the API key may, or less."""
        if call.account.token_id is not None:
            raise ProblemError("scope_missing", "Tokens are made with an API key: send one, or refresh the token.")
        body = call.body or {}
        allowed = call.account.scopes if body.get("customer_id") is None else call.account.scopes & OF_CUSTOMERS
        scopes = _narrowed(allowed, cast(list[str] | None, body.get("scopes")))
        now = services.clock.real_now()
        family = services.ids.new("rtf", now)
        async with services.store.transaction() as tx:
            refresh, secret = await self._add(
                services,
                tx,
                RefreshToken(
                    id=services.ids.new("rt", now),
                    family=family,
                    fingerprint="",
                    account_id=call.account.id,
                    livemode=call.account.livemode,
                    key_id=str(call.account.actor.id),
                    scopes=" ".join(sorted(scopes)),
                    subject=cast(str | None, body.get("customer_id")),
                    expires_at=milliseconds(now + timedelta(seconds=REFRESH_LIFETIME)),
                ),
            )
            await _note(services, tx, call, refresh)
        lifetime = cast(int, body.get("expires_in", LIFETIME))
        return Answer(201, await self._pair(services, refresh, secret, scopes, lifetime))

    async def refresh_token(self, services: Services, call: Call) -> Answer:
        """Exchange a refresh token for a new pair; one that was used before ends its whole family."""
        body = call.body or {}
        given = str(body["refresh_token"])
        now = services.clock.real_now()
        async with services.store.transaction() as tx:
            used = await _find(services, tx, given)
            scopes = None if used is None else await _scopes_in_force(services, tx, used)
            reused = used is not None and await _reused(tx, used, milliseconds(now))
            if used is None or scopes is None or reused:
                if used is not None and reused:
                    await _end_family(tx, used.family, milliseconds(now))
                    await _note(services, tx, call, used, "token_invalid")
                refreshed = None
            else:
                await refresh_tokens.use(tx, used.id, milliseconds(now))
                following = replace(used, id=services.ids.new("rt", now), used_at=None)
                refreshed = (*await self._add(services, tx, following), scopes)
        if refreshed is None:
            raise ProblemError("token_invalid", "The refresh token is not valid (any more): make a new token.")
        token, secret, scopes = refreshed
        lifetime = cast(int, body.get("expires_in", LIFETIME))
        return Answer(200, await self._pair(services, token, secret, scopes, lifetime))

    async def revoke_token(self, services: Services, call: Call) -> Answer:
        """Take a token back (RFC 7009): a refresh token with its family, an access token alone; unknown ones too."""
        given = str((call.body or {})["token"])
        now = milliseconds(services.clock.real_now())
        async with services.store.transaction() as tx:
            if given.startswith(REFRESH):
                found = await _find(services, tx, given)
                if found is not None:
                    await _end_family(tx, found.family, now)
                    await _note(services, tx, call, found)
            else:
                try:
                    claims = await self._keyring.read(given)
                except (TokenExpiredError, TokenInvalidError):
                    pass
                else:
                    await revoked_tokens.revoke(tx, claims.token_id, claims.expires_at * 1000)
                    token = ("token", claims.token_id)
                    await note_fact(services, tx, Cause(call), claims.account_id, claims.livemode, token)
        return Answer(200, {"object": "token", "revoked": True, "livemode": call.account.livemode})

    async def _add(self, services: Services, tx: Transaction, token: RefreshToken) -> tuple[RefreshToken, str]:
        secret = REFRESH + secrets.token_urlsafe(32)
        written = replace(token, fingerprint=services.vault.fingerprint(secret))
        await refresh_tokens.insert(tx, written, created_at=milliseconds(services.clock.real_now()))
        return written, secret

    async def _pair(
        self, services: Services, refresh: RefreshToken, secret: str, scopes: frozenset[str], lifetime: int
    ) -> Mapping[str, object]:
        now = services.clock.real_now()
        claims = Claims(
            token_id=_access_token_of(refresh.id),
            account_id=refresh.account_id,
            livemode=refresh.livemode,
            key_id=refresh.key_id,
            scopes=scopes,
            expires_at=int(now.timestamp()) + lifetime,
            subject=refresh.subject,
        )
        return {
            "object": "token",
            "access_token": await self._keyring.sign(claims),
            "token_type": "Bearer",
            "expires_in": lifetime,
            "refresh_token": secret,
            "scopes": sorted(scopes),
            "customer_id": refresh.subject,
            "livemode": refresh.livemode,
        }


def _narrowed(allowed: frozenset[str], wanted: list[str] | None) -> frozenset[str]:
    if wanted is None:
        return allowed
    lacking = sorted(set(wanted) - allowed)
    if lacking:
        raise ProblemError(
            "scope_missing", f"A token cannot have {', '.join(lacking)}: the key lacks it, or it is not for customers."
        )
    return frozenset(wanted)


async def _find(services: Services, tx: Transaction, secret: str) -> RefreshToken | None:
    for fingerprint in services.vault.fingerprints(secret):
        found = await refresh_tokens.lock(tx, fingerprint)
        if found is not None:
            return found
    return None


async def _scopes_in_force(services: Services, tx: Transaction, token: RefreshToken) -> frozenset[str] | None:
    """What the token stands for now; None if it or its API key is worthless."""
    now = milliseconds(services.clock.real_now())
    if token.revoked_at is not None or token.expires_at <= now:
        return None
    key = await api_keys.find_by_id(tx, token.key_id, now)
    return None if key is None else frozenset(token.scopes.split()) & frozenset(key.scopes)


async def _reused(tx: Transaction, token: RefreshToken, now: int) -> bool:
    if token.used_at is None:
        return False
    return now - token.used_at > REUSE_WINDOW * 1000 or await refresh_tokens.followed(tx, token)


async def _end_family(tx: Transaction, family: str, now: int) -> None:
    """Make all that came from one login worthless: refresh tokens, and the access tokens that may still live."""
    await refresh_tokens.revoke_family(tx, family, now)
    for id in await refresh_tokens.made_since(tx, family, now - LONGEST * 1000):
        await revoked_tokens.revoke(tx, _access_token_of(id), now + LONGEST * 1000)


def _access_token_of(refresh_token: str) -> str:
    """The id of the access token that was made beside a refresh token."""
    return f"tok_{refresh_token.removeprefix('rt_')}"


async def _note(services: Services, tx: Transaction, call: Call, token: RefreshToken, outcome: str = OK) -> None:
    """Tell the audit trail of a refresh token that was made, taken back, or used twice."""
    cause = Cause(call, outcome=outcome)
    await note_fact(services, tx, cause, token.account_id, token.livemode, ("refresh_token", token.id))
