"""Why a signature fails: every usual cause is told apart from the others."""

import json

import pytest

from molam_sdk.cli._diagnosis import Diagnosis, diagnose, differences
from molam_sdk.webhooks import generate_signature

NOW = 1_800_000_000.0
SECRET = "whsec_c2VjcmV0IG9mIHRoZSB0ZXN0"
BODY = b'{"id":"evt_1","type":"ping","note":"caf\xc3\xa9"}'
HEADER = generate_signature(BODY, SECRET, timestamp=NOW, kid="2")


def of(header: str = HEADER, body: bytes = BODY, *secrets: str, now: float = NOW) -> Diagnosis:
    return diagnose(header, body, secrets or (SECRET,), tolerance=300, now=now)


def codes(found: Diagnosis) -> list[str]:
    return [each.code for each in found.findings]


def test_an_authentic_one_says_which_secret_it_was() -> None:
    found = of(HEADER, BODY, "whsec_old", SECRET)
    assert (found.authentic, found.reason, found.matched_secret, found.kids) == (True, None, 2, ("2",))
    assert (found.age, found.findings) == (0, ())


@pytest.mark.parametrize(
    ("now", "reason", "words"),
    [
        (NOW + 7200, "expired", "2.0 hours ago"),
        (NOW + 400, "expired", "this machine's clock is ahead"),
        (NOW - 400, "future", "this machine's clock is behind"),
    ],
)
def test_the_clock(now: float, reason: str, words: str) -> None:
    found = of(now=now)
    assert (found.authentic, found.reason, codes(found), found.matched_secret) == (False, reason, ["clock"], 1)
    assert words in found.findings[0].message


def test_a_wrong_clock_does_not_hide_a_wrong_secret() -> None:
    assert codes(of(HEADER, BODY, "whsec_other", now=NOW + 7200)) == ["clock", "secret_or_body"]


@pytest.mark.parametrize("secret", [f" {SECRET}\n", f'"{SECRET}"', SECRET.removeprefix("whsec_"), f"SECRET={SECRET}"])
def test_a_secret_that_is_written_differently(secret: str) -> None:
    assert codes(of(HEADER, BODY, secret)) == ["secret_spelling"]


@pytest.mark.parametrize(
    "body",
    [
        BODY + b"\n",
        BODY + b"\r\n",
        b"\xef\xbb\xbf" + BODY,
        b" " + BODY,
        json.dumps(json.loads(BODY)).encode(),
        json.dumps(json.loads(BODY), indent=2, ensure_ascii=False).encode(),
    ],
)
def test_a_body_that_was_altered_in_a_usual_way(body: bytes) -> None:
    found = of(HEADER, body, "whsec_other", SECRET)
    assert (found.authentic, found.reason, codes(found)) == (False, "mismatch", ["body_altered"])
    assert "secret 2" in found.findings[0].message


def test_a_body_of_other_line_ends() -> None:
    body = b'{"id":\r\n"evt_1"}\r\n'
    assert codes(of(generate_signature(body, SECRET, timestamp=NOW), body.replace(b"\r\n", b"\n"))) == ["body_altered"]


def test_what_fits_nothing_is_left_open() -> None:
    found = of(HEADER, BODY.replace(b"evt_1", b"evt_2"), SECRET, "whsec_b")
    assert codes(found) == ["secret_or_body"]
    assert "any of the 2 secrets" in found.findings[0].message
    assert codes(of(HEADER, BODY, " ")) == ["no_secret"]
    assert codes(of(HEADER[:60])) == ["header_signature", "secret_or_body"]


@pytest.mark.parametrize(
    ("header", "reason", "expected"),
    [
        ("", "missing_header", ["header_missing"]),
        (f"Molam-Signature: {HEADER}", "malformed", ["header_with_name", "header_time"]),
        (f"'{HEADER}'", "malformed", ["header_quoted", "header_time"]),
        ("v1,abc=", "malformed", ["header_of_standard_webhooks", "header_time", "header_part"]),
        (HEADER.partition(",")[0], "malformed", ["header_no_signature"]),
        (HEADER.partition(",")[2], "malformed", ["header_time"]),
        (f"t=soon,v1={'0' * 64}", "malformed", ["header_time"]),
        (f"t=1,{HEADER}", "malformed", ["header_time"]),
        (HEADER.replace("v1=", "v1 "), "malformed", ["header_no_signature", "header_part"]),
        ("é" + HEADER, "malformed", ["header_not_ascii", "header_time"]),
        (f"t=1{',v1=' + '0' * 64}" + f",v1={'1' * 64}" * 8, "too_large", ["header_too_large"]),
    ],
)
def test_a_header_that_is_not_as_molam_writes_it(header: str, reason: str, expected: list[str]) -> None:
    found = of(header)
    assert (found.authentic, found.reason) == (False, reason)
    assert codes(found) == expected


def test_where_two_events_differ() -> None:
    known = {"id": "evt_1", "data": {"object": {"amount": 2500, "currency": "USD"}}}
    body = {"id": "evt_1", "data": {"object": {"amount": 1, "extra": None}}}
    assert list(differences(body, known)) == [
        "data.object.amount is 1, the API says 2500",
        "data.object.currency is missing",
        "data.object.extra was added",
    ]
    assert list(differences([], known)) == [f"the whole is [], the API says {json.dumps(known)[:57]}..."]
