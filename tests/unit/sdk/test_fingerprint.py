"""What makes two calls with one key the same for a journal: what makes them the same for the API."""

from __future__ import annotations

from hashlib import sha256

import pytest

from molam_gateway.domain.fingerprint import fingerprint as of_the_gateway
from molam_gateway.http.strict_json import parse
from molam_sdk.journal import fingerprint

PAIRS = [
    (b'{"a":1,"m":{"x":"1","y":"2"}}', b'{"m":{"y":"2","x":"1"},"a":1}'),
    (b'{"a": 1}', b'{"a":1}'),
    ('{"n":"é"}'.encode(), b'{"n":"\\u00e9"}'),
    (b'{"a":5.0}', b'{"a":5}'),
    (b'{"a":1e2}', b'{"a":100}'),
    (b'{"a":5.5}', b'{"a":5}'),
    (b'{"a":1}', b'{"a":"1"}'),
    (b'{"a":1}', b'{"a":true}'),
    (b'{"a":[1,2]}', b'{"a":[2,1]}'),
    (b'{"a":9007199254740993}', b'{"a":9007199254740992}'),
    (b'{"a":null}', b"{}"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=str)
def test_two_bodies_are_the_same_as_they_are_for_the_gateway(one: bytes, other: bytes) -> None:
    there = {of_the_gateway("POST", "create", {}, parse(body)) for body in (one, other)}  # type: ignore[arg-type]
    here = {fingerprint("POST", "/v1/x", body) for body in (one, other)}
    assert len(here) == len(there)


@pytest.mark.parametrize(
    "body",
    [b"\xff", b'{"a":', b"", b'{"a":NaN}', b'{"a":1e999}', b'{"a":"\xed\xa0\x80"}', b"[" * 100_000, b"1" * 5000],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_json_counts_by_its_bytes(body: bytes) -> None:
    assert fingerprint("POST", "/v1/x", body) == sha256(b"POST /v1/x\n\n" + body).hexdigest()
    assert fingerprint("POST", "/v1/x", body) != fingerprint("POST", "/v1/x", body + b" ")


def test_method_target_and_the_absence_of_a_body_count() -> None:
    calls = [
        ("POST", "/a", None),
        ("POST", "/a", b""),
        ("POST", "/a", b"{}"),
        ("PATCH", "/a", b"{}"),
        ("POST", "/b", b"{}"),
    ]
    assert len({fingerprint(*call) for call in calls}) == 5
