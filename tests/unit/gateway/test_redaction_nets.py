"""Whatever secret the gateway makes or takes, both nets catch it: that of the log and that of the audit trail."""

import base64
import secrets

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.domain import callback_tokens
from molam_gateway.domain.audit.redaction import REDACTED, scrubbed
from molam_gateway.domain.secret_shapes import ADMIN
from molam_gateway.operations.api_keys import PREFIXES
from molam_gateway.operations.webhook_endpoints import new_secret
from molam_gateway.telemetry.redaction import redacted
from molam_gateway.vault import Vault, generate_key

_AROUND = st.sampled_from(["", " ", "key=", '{"token": "', "(", "/", "?ticket=", "a: ", "Cookie: molam_admin_8080="])
_RANDOM = st.binary(min_size=32, max_size=32)


def _urlsafe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _made(kind: str, raw: bytes) -> str:
    """A secret of this kind, as the gateway makes it."""
    if kind.startswith("sk_"):
        return kind + base64.b32encode(raw).decode().lower()
    if kind == "whsec_":
        return kind + base64.b64encode(raw).decode()
    if kind == "callback":
        return f"/api/v1/callbacks/{raw.hex()[:40]}"
    if kind == "token":
        return f"eyJhbGciOiJFZERTQSJ9.{_urlsafe(raw)}.{_urlsafe(raw[::-1])}"
    return kind + _urlsafe(raw)


_KINDS = st.sampled_from([*PREFIXES.values(), "whsec_", "callback", "token", "rt_", "wst_", ADMIN])
_MADE: st.SearchStrategy[str] = st.builds(_made, _KINDS, _RANDOM)


@given(_AROUND, _MADE, st.sampled_from(["", " ", '"', ")", ", twice"]))
def test_no_secret_gets_through(before: str, secret: str, after: str) -> None:
    text, hidden = f"{before}{secret}{after}", secret.rpartition("/callbacks/")[2]
    assert scrubbed(text) == REDACTED
    assert hidden not in redacted(text)
    assert hidden[-12:] not in redacted(text)


def test_what_the_gateway_makes_looks_as_the_nets_expect() -> None:
    vault = Vault([generate_key()])
    made = [
        new_secret(),
        vault.encrypt("purpose", "text"),
        Fernet(Fernet.generate_key()).encrypt(b"x").decode(),
        f"/api/v1/callbacks/{callback_tokens.of_attempt('at_0R3kZQxYv7pR6uE9wT2zLm', secrets.token_bytes(32))}",
    ]
    for each in made:
        assert scrubbed(each) == REDACTED
        assert each.rpartition("/")[2] not in redacted(each)


@pytest.mark.parametrize("text", ["start_of_the_month_and_more", "rt_short", "insert_into_payments_of_today", "wst_"])
def test_words_are_no_secrets(text: str) -> None:
    assert scrubbed(text) == text
    assert redacted(text) == text
