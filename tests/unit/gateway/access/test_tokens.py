"""Access tokens: what is believed, and everything that is not."""

import base64
import json
from collections.abc import Mapping

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.access.signing_keys import SigningKey
from molam_gateway.access.tokens import (
    AUDIENCE,
    Claims,
    TokenExpiredError,
    TokenInvalidError,
    Tokens,
    UnknownKeyError,
)

NOW = 1_795_000_000
CLAIMS = Claims("tok_1", "acct_1", False, "key_1", frozenset({"payments:read", "payments:write"}), NOW + 900, "cus_1")
ISSUER = "https://pay.example"


def key(kid: str) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    return SigningKey(kid, private.public_key(), private)


KEY = key("jwk_1")
TOKENS = Tokens([KEY], ISSUER, clock=lambda: NOW)


def forged(**payload: object) -> str:
    return forged_as(KEY, {}, **payload)


def forged_as(signed_by: SigningKey, header: Mapping[str, object], **payload: object) -> str:
    honest = jwt.decode(TOKENS.sign(CLAIMS), options={"verify_signature": False})
    members = {name: value for name, value in {**honest, **payload}.items() if value is not ...}
    return jwt.encode(members, signed_by.private, "EdDSA", headers={"kid": "jwk_1", "typ": "at+jwt", **header})


def test_a_token_says_what_was_signed() -> None:
    assert TOKENS.read(TOKENS.sign(CLAIMS)) == CLAIMS
    assert TOKENS.read(forged()) == CLAIMS


def test_a_token_without_a_customer_has_no_subject() -> None:
    assert TOKENS.read(forged(customer=...)).subject is None


def test_a_token_ends_at_its_second() -> None:
    later = Tokens([KEY], ISSUER, clock=lambda: NOW + 900)
    with pytest.raises(TokenExpiredError):
        later.read(TOKENS.sign(CLAIMS))


def test_earlier_keys_verify_and_the_first_one_signs() -> None:
    rotated = Tokens([key("jwk_2"), KEY], ISSUER, clock=lambda: NOW)
    assert rotated.read(TOKENS.sign(CLAIMS)) == CLAIMS
    assert jwt.get_unverified_header(rotated.sign(CLAIMS))["kid"] == "jwk_2"


def test_a_token_of_a_key_that_is_not_known_here() -> None:
    with pytest.raises(UnknownKeyError):
        Tokens([key("jwk_2")], ISSUER, clock=lambda: NOW).read(TOKENS.sign(CLAIMS))


@pytest.mark.parametrize(
    "token",
    [
        forged_as(key("jwk_1"), {}),
        forged_as(KEY, {"typ": "JWT"}),
        forged_as(KEY, {"crit": ["exp"]}),
        forged(iss="https://evil.example"),
        forged(aud="another"),
        forged(aud=[AUDIENCE, "another"], sub=7),
        *(forged(**{name: ...}) for name in ("iss", "aud", "sub", "exp", "jti", "scope", "livemode", "key")),
        *(forged(**{name: ["a"]}) for name in ("sub", "exp", "jti", "scope", "livemode", "key", "customer")),
        forged(exp="tomorrow"),
        "a.b.c",
        "..",
        "",
    ],
)
def test_everything_else_is_refused(token: str) -> None:
    with pytest.raises(TokenInvalidError):
        TOKENS.read(token)


def part(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS256", "ES256", ""])
def test_the_algorithm_is_pinned(algorithm: str) -> None:
    """Neither an unsigned token nor one whose HMAC key is our public key."""
    payload = TOKENS.sign(CLAIMS).split(".")[1]
    header = part({"alg": algorithm, "typ": "at+jwt", "kid": "jwk_1"})
    public = KEY.public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    signature = base64.urlsafe_b64encode(public).decode().rstrip("=")
    for ending in ("", signature):
        with pytest.raises(TokenInvalidError):
            TOKENS.read(f"{header}.{payload}.{ending}")


@given(st.integers(min_value=0), st.characters(codec="ascii", categories=["L", "N"]))
def test_no_changed_token_is_believed(place: int, character: str) -> None:
    token = TOKENS.sign(CLAIMS)
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]
    try:
        claims = TOKENS.read(changed)
    except TokenInvalidError:
        return
    assert claims == CLAIMS  # the last character of a part has bits that mean nothing


def test_the_published_keys_verify_with_another_reading_of_the_standard() -> None:
    published = jwt.PyJWKSet.from_dict(TOKENS.jwks)
    claims = jwt.decode(
        TOKENS.sign(CLAIMS), published["jwk_1"].key, ["EdDSA"], audience=AUDIENCE, options={"verify_exp": False}
    )
    assert claims["sub"] == "acct_1"
    assert "d" not in json.dumps(TOKENS.jwks["keys"]).replace("Ed25519", "").replace("EdDSA", "").split('"')


def test_no_private_key_is_shown() -> None:
    assert "private" not in repr(KEY)
