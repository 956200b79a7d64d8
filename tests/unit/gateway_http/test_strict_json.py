"""A body has one meaning or is refused."""

import contextlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.http import strict_json
from molam_gateway.http.strict_json import MAX_DEPTH, MalformedJsonError


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"a": 1, "a": 2}', "'a' appears twice"),
        (b'{"x": {"b": 1, "c": 2, "b": 1}}', "'b' appears twice"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"a": 1e400}', "out of range"),
        (b'{"a": -1e400}', "out of range"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too many digits"),
        (b'{"a": ', "line 1"),
        (b"{'a': 1}", "line 1"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b'[["\\uD83D"]]', "surrogate"),
        (b'{"a": "\\u0000"}', "U.0000"),
        (b'{"a": "\x00"}', "line 1"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "levels deep"),
        (b'{"a":' * 20_000, "levels deep"),
    ],
)
def test_refuses(raw: bytes, reason: str) -> None:
    with pytest.raises(MalformedJsonError, match=reason):
        strict_json.parse(raw)


def test_depth_counts_brackets_outside_of_strings_only() -> None:
    text = "[{" * 100
    assert strict_json.parse(json.dumps({"a": text, "b": '"' + text}).encode()) == {"a": text, "b": '"' + text}


def test_wide_documents_are_not_deep() -> None:
    assert strict_json.parse(json.dumps([[]] * 500).encode()) == [[]] * 500


@pytest.mark.parametrize(
    ("text", "value"),
    [("409.0", 409), ("4.09e2", 409), ("-0.0", 0), ("1.5", 1.5), ("9007199254740992.0", 2**53), ("1e300", 1e300)],
)
def test_integral_floats_become_integers(text: str, value: float) -> None:
    number = strict_json.parse(text.encode())
    assert (number, type(number)) == (value, type(value))


def test_surrogate_pairs_are_characters() -> None:
    assert strict_json.parse(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(JSON, st.booleans())
def test_reads_what_json_writes(document: object, ascii_only: bool) -> None:
    assert strict_json.parse(json.dumps(document, ensure_ascii=ascii_only).encode()) == document


@given(st.binary(max_size=60))
def test_never_fails_in_another_way(raw: bytes) -> None:
    with contextlib.suppress(MalformedJsonError):
        assert json.dumps(strict_json.parse(raw))


@given(JSON, TEXT, TEXT, st.booleans())
def test_a_nul_is_refused_wherever_it_stands(beside: object, before: str, after: str, named: bool) -> None:
    text = f"{before}\0{after}"
    document = {"beside": beside, "at": [{text: 1} if named else text]}
    with pytest.raises(MalformedJsonError, match=re.escape("U+0000")):
        strict_json.parse(json.dumps(document).encode())
