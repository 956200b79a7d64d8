"""The gateway's request headers."""

import time
from collections.abc import Mapping

import pytest

from molam_gateway.domain.problems import ProblemError
from molam_gateway.http import headers


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("order-1", "order-1"),
        ('"order-1"', "order-1"),
        (r'"a\"b\\c"', r'a"b\c'),
        ('"', '"'),
        ("x" * 255, "x" * 255),
        ('"' + "x" * 255 + '"', "x" * 255),
    ],
)
def test_keys_bare_and_quoted_are_the_same(value: str, key: str) -> None:
    assert headers.idempotency_key({"idempotency-key": value}) == key


@pytest.mark.parametrize("value", ["", '""', "a b", "a, b", "\xe9", "x" * 256, "a\tb", '"a b"', "\x7f"])
def test_other_keys_are_refused(value: str) -> None:
    with pytest.raises(ProblemError) as caught:
        headers.idempotency_key({"idempotency-key": value})
    assert caught.value.code == "idempotency_key_invalid"


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ProblemError) as caught:
        headers.idempotency_key({})
    assert (caught.value.code, caught.value.param) == ("idempotency_key_missing", "Idempotency-Key")


@pytest.mark.parametrize(
    ("value", "echoed"), [("at_1-x", "at_1-x"), ("a b", None), ("", None), ("x" * 256, None), ("é", None)]
)
def test_only_plain_attempt_ids_are_echoed(value: str, echoed: str | None) -> None:
    assert headers.attempt_id({"molam-attempt-id": value}) == echoed


def test_the_deadline_is_capped() -> None:
    now = time.monotonic()
    capped = headers.deadline({"molam-deadline-ms": "999999999"}, 120.0, now)
    assert capped is not None
    assert capped == now + 120.0
    assert headers.deadline({}, 120.0, 0.0) is None
    assert headers.deadline({"molam-deadline-ms": "soon"}, 120.0, 0.0) is None


def test_repeated_headers_are_joined() -> None:
    scope: Mapping[str, object] = {"headers": [(b"a", b"1"), (b"b", b"2"), (b"a", b"3")]}
    assert headers.read(dict(scope)) == {"a": "1, 3", "b": "2"}
