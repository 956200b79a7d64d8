# pyright: reportPrivateUsage=false
"""Nothing that is logged or shown lets anybody pay, sign or call a customer."""

from collections.abc import Callable
from datetime import date, time
from time import process_time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from molam_sdk._redaction import _IBANS, MASK, Secret, mask_number, mask_secret, redact

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
        ("iban de89370400440532013000 is wrong", "iban ***3000 is wrong"),
        ("IBAN DE89 3704 0044 0532 0130 00 is wrong", "IBAN ***3000 is wrong"),
        ("iban gb29 nwbk 6016 1331 9268 19, not", "iban ***6819, not"),
        ("IBAN MT84 MALT 0110 0001 2345 MTLC AST0 01S.", "IBAN ***001S."),
        ("PL61 1090 1014 0000 0712 1981 2874 from here", "***2874 from here"),
        ("SN08SN0100152000048500003035", "***3035"),
        ("DE89-3704-0044-0532-0130-00", "***3000"),
        ("IBAN XX89370400440532013000", "IBAN ***3000"),
        ("token 12345678901234567890", "token ***7890"),
        ("0123456789- or 0123 456 789 or 1-2-3-4-5-6-7-8-9", "***6789- or ***6789 or ***6789"),
        ("0123456789 12x", "***6789 12x"),
        ("at 2026-11-21 04:00:00 from +254712345678", "at 2026-11-21 04:00:00 from ***5678"),
        ("0123456789 2026-11-21 04:00:00", "***6789 2026-11-21 04:00:00"),
        ("2026-11-21 0123456789", "2026-11-21 ***6789"),
        ("2026-11-21-0123456789", "***6789"),
        ("id be12abcd-1234-5678-9abc-def012345678", "id be12abcd-1234-5678-9abc-def012345678"),
        ("trace de12345678901234567890123456789f", "trace de12345678901234567890123456789f"),
        ("de12 was not found anywhere today", "de12 was not found anywhere today"),
        ("1.23456789012 at v2-123456789012", "1.23456789012 at v2-123456789012"),
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


@given(digits=st.text(alphabet="0123456789", min_size=9, max_size=200), around=st.sampled_from([" {}.", "({})", "{}"]))
def test_no_long_number_survives(digits: str, around: str) -> None:
    assert redact(around.format(digits)) == around.format(MASK + digits[-4:])


@given(
    groups=st.lists(st.text(alphabet="0123456789", min_size=3, max_size=6), min_size=3, max_size=40),
    by=st.sampled_from(" -"),
    text=st.text(alphabet="xyz ,:", max_size=9),
)
def test_no_long_number_in_groups_survives(groups: list[str], by: str, text: str) -> None:
    number = by.join(groups)
    assert redact(f"to {number} {text}") == f"to {MASK}{''.join(groups)[-4:]} {text}"


@st.composite
def ibans(draw: st.DrawFn) -> tuple[str, int]:
    """An IBAN as its country has it: digits, letters among them; and how many characters its groups have."""
    length = draw(st.sampled_from(sorted(_IBANS)))
    country = draw(st.sampled_from(_IBANS[length].split()))
    bank = draw(st.sampled_from(["", "ABNA", "AB1C"]))
    rest = draw(st.text(alphabet="0123456789", min_size=length - 4 - len(bank), max_size=length - 4 - len(bank)))
    digits = draw(st.text(alphabet="0123456789", min_size=2, max_size=2))
    return country + digits + bank + rest, draw(st.sampled_from([4, 5, 40]))


@given(iban=ibans(), by=st.sampled_from(" -"), change=st.sampled_from([str.upper, str.lower, str.title]))
def test_no_iban_survives(iban: tuple[str, int], by: str, change: Callable[[str], str]) -> None:
    whole, size = iban
    whole = change(whole)
    shown = by.join(whole[at : at + size] for at in range(0, len(whole), size))
    assert redact(f"IBAN {shown} is refused") == f"IBAN {MASK}{whole[-4:]} is refused"


@given(
    kind=st.sampled_from(["pi", "re", "po", "req", "evt", "acct", "de", "idem_gb"]),
    rest=st.text(alphabet="ABCDEFGHJKMNPQRSTVWXYZabcdefghjk0123456789", min_size=1, max_size=40),
)
def test_every_id_survives(kind: str, rest: str) -> None:
    text = f"no object {kind}_{rest} (see /v1/{kind}_{rest}/refunds)"
    assert redact(text) == text


@given(
    day=st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    time=st.times(),
    by=st.sampled_from("T "),
    zone=st.sampled_from(["", "Z", "+00:00"]),
)
def test_every_time_survives(day: date, time: time, by: str, zone: str) -> None:
    text = f"expired at {day.isoformat()}{by}{time.isoformat()}{zone} or on {day.isoformat()}"
    assert redact(text) == text


@pytest.mark.parametrize("text", ["1 " * 50_000 + "x", "1-" * 50_000 + "x", "1" * 100_000 + "x", "de12 " * 20_000])
def test_long_text_takes_no_longer_than_it_is(text: str) -> None:
    began = process_time()
    redact(text)
    assert process_time() - began < 1


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
