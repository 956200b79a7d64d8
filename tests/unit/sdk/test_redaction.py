"""Nothing that is logged or shown lets anybody pay, sign or call a customer."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from molam_sdk._redaction import MASK, Secret, mask_number, mask_secret, redact

ALPHANUMERIC = st.text(alphabet="ABCDEFGHabcdefgh0123456789", min_size=8, max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key sk_live_abc123 refused", "key sk_live_*** refused"),
        ("SK_TEST_abc", "SK_TEST_***"),
        ("secret whsec_MfKQ9r8GKYqrTwjU/+= is old", "secret whsec_*** is old"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("Basic dXNlcjpwYXNz", "Basic ***"),
        ("token eyJhbGciOi.eyJzdWIi.c2ln-_ expired", "token eyJ*** expired"),
        ("proxy http://user:pass@proxy:3128", "proxy http://***@proxy:3128"),
        ("proxy http://user:p@ss:w@rd@proxy:3128/a@b", "proxy http://***@proxy:3128/a@b"),
        ("customer aminata.sow+1@mail.example.sn is unknown", "customer ***@*** is unknown"),
        ("call +254 712 345 678", "call ***5678"),
        ("account 0123456789", "account ***6789"),
        ("card 4242 4242 4242 4242", "card ***4242"),
        ("IBAN DE89370400440532013000", "IBAN ***3000"),
        ("amount 2500 at 2026-11-21T04:00:00Z", "amount 2500 at 2026-11-21T04:00:00Z"),
        ("key molam-1763697600000-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "key molam-1763697600000-ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        ("pi_01hxyz req_9f2", "pi_01hxyz req_9f2"),
    ],
)
def test_redacted_text(text: str, shown: str) -> None:
    assert redact(text) == shown


@given(prefix=st.sampled_from(["sk_live_", "sk_test_", "whsec_", " Bearer "]), secret=ALPHANUMERIC, around=st.text())
def test_no_credential_survives_in_any_text(prefix: str, secret: str, around: str) -> None:
    assume(secret not in around)
    assert secret not in redact(f"{around}{prefix}{secret} ")


@given(digits=st.text(alphabet="0123456789", min_size=9, max_size=19))
def test_no_long_number_survives(digits: str) -> None:
    assert digits[:-4] not in redact(f"to {digits}.")


def test_a_secret_is_shown_as_its_kind() -> None:
    assert mask_secret("sk_test_abc") == "sk_test_***"
    assert mask_secret("jwt_a.b.c") == "jwt_***"
    assert mask_secret("anything else") == MASK


def test_a_number_is_shown_as_its_last_four() -> None:
    assert mask_number("0123456789") == "***6789"
    assert mask_number("1234567") == MASK


def test_a_secret_string_is_itself_but_for_its_repr() -> None:
    secret = Secret("sk_live_abc")
    assert secret == "sk_live_abc"
    assert f"Bearer {secret}" == "Bearer sk_live_abc"
    assert repr({"key": secret}) == "{'key': 'sk_live_***'}"
