"""Access tokens: JWTs (RFC 9068) signed with Ed25519, and what is believed of one that comes back."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jwt

from .signing_keys import ALGORITHM, SigningKey

AUDIENCE = "molam-gateway"
TYPE = "at+jwt"
LIFETIME = 900
"""Seconds that an access token lives unless another time is asked for."""
LONGEST = 3600
"""The most seconds that can be asked for."""

_CLAIMS = ["iss", "aud", "sub", "exp", "iat", "jti", "scope", "livemode", "key"]


class TokenExpiredError(Exception):
    """The token was good until its time ran out."""


class TokenInvalidError(Exception):
    """The token was never one of ours, or not in this form."""


class UnknownKeyError(TokenInvalidError):
    """The token names a signing key that is not known here (any more, or yet)."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: for which account it acts, through which API key, and what it may do.

    `subject` is the customer for whom it was made, None for the account itself; `expires_at` is in unix seconds.
    """

    token_id: str
    account_id: str
    livemode: bool
    key_id: str
    scopes: frozenset[str]
    expires_at: int
    subject: str | None = None


class Tokens:
    """Signs with the first key and verifies with any; `issuer` is the gateway's public address."""

    def __init__(self, keys: Sequence[SigningKey], issuer: str, clock: Callable[[], float] = time.time) -> None:
        self._keys = {key.kid: key for key in keys}
        self._signing = keys[0]
        self._issuer = issuer
        self._clock = clock

    def sign(self, claims: Claims) -> str:
        """The token that says this."""
        payload: dict[str, object] = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": claims.account_id,
            "exp": claims.expires_at,
            "iat": int(self._clock()),
            "jti": claims.token_id,
            "scope": " ".join(sorted(claims.scopes)),
            "livemode": claims.livemode,
            "key": claims.key_id,
        }
        if claims.subject is not None:
            payload["customer"] = claims.subject
        headers = {"kid": self._signing.kid, "typ": TYPE}
        return jwt.encode(payload, self._signing.private, algorithm=ALGORITHM, headers=headers)

    def read(self, token: str) -> Claims:
        """What a token says, if all of it can be believed.

        The algorithm, the type, issuer and audience are ours and nothing else; no key is ever taken from the token.
        Raises TokenExpiredError, UnknownKeyError or TokenInvalidError.
        """
        key = self._key(token)
        try:
            payload = jwt.decode(
                token,
                key.public,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False},
            )
        except (jwt.InvalidTokenError, ValueError):
            raise TokenInvalidError from None
        claims = _claims(payload)
        if claims.expires_at <= self._clock():
            raise TokenExpiredError
        return claims

    @property
    def jwks(self) -> dict[str, object]:
        """The public keys (RFC 7517)."""
        return {"keys": [dict(key.jwk) for key in self._keys.values()]}

    def _key(self, token: str) -> SigningKey:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.InvalidTokenError, ValueError):
            raise TokenInvalidError from None
        if header.get("alg") != ALGORITHM or header.get("typ") != TYPE or "crit" in header:
            raise TokenInvalidError
        key = self._keys.get(str(header.get("kid")))
        if key is None:
            raise UnknownKeyError
        return key


def _claims(payload: dict[str, object]) -> Claims:
    texts = [payload[name] for name in ("jti", "sub", "scope", "key")]
    expires_at, livemode, customer = payload["exp"], payload["livemode"], payload.get("customer")
    if (
        not all(isinstance(each, str) for each in texts)
        or not isinstance(expires_at, int)
        or not isinstance(livemode, bool)
        or not isinstance(customer, str | None)
    ):
        raise TokenInvalidError
    token_id, account_id, scope, key_id = map(str, texts)
    return Claims(token_id, account_id, livemode, key_id, frozenset(scope.split()), expires_at, customer)
