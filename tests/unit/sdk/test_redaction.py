"""Nothing that is logged or shown lets anybody pay, sign or call a customer."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from molam_sdk._redaction import MASK, Secret, mask_headers, mask_number, mask_secret, redact, redact_fields

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


def test_only_headers_known_to_be_harmless_are_shown() -> None:
    headers = {
        "Authorization": "Bearer sk_live_abc",
        "Request-Id": "req_1",
        "X-Api-Key": "k",
        "Cookie": "session=1",
        "User-Agent": "shop sk_live_abc",
    }
    assert mask_headers(headers) == {
        "Authorization": MASK,
        "Request-Id": "req_1",
        "X-Api-Key": MASK,
        "Cookie": MASK,
        "User-Agent": "shop sk_live_***",
    }


def test_members_that_hold_secrets_or_numbers_are_masked_at_any_depth() -> None:
    value = {
        "amount": 2500,
        "Secret": "whsec_abc",
        "api_key": None,
        "beneficiary": {"account_number": "0123456789", "phone": 254712345678, "name": "A"},
        "list": [{"token": {"deep": 1}}, "sk_live_abc", True],
        3: "x",
    }
    assert redact_fields(value) == {
        "amount": 2500,
        "Secret": MASK,
        "api_key": None,
        "beneficiary": {"account_number": "***6789", "phone": MASK, "name": "A"},
        "list": [{"token": MASK}, "sk_live_***", True],
        3: "x",
    }


def test_nesting_without_end_is_cut() -> None:
    value: Any = "sk_live_abc"
    for _ in range(100):
        value = [value]
    assert "sk_live" not in repr(redact_fields([value, value]))
    assert MASK in repr(redact_fields(value))
