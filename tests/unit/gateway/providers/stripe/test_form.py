"""Forms with bracket nesting, as the simulator reads them."""

import contextlib
from typing import Any, cast
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from molam_gateway.providers.simulators.stripe.form import FormError, decode, texts

_NAMES = st.text(st.characters(exclude_characters="[]", exclude_categories=["Cs"]), min_size=1, max_size=8)
_VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_TREES = st.recursive(
    _VALUES | st.lists(_VALUES, min_size=1, max_size=3),
    lambda inner: st.dictionaries(_NAMES, inner, min_size=1, max_size=3),
    max_leaves=8,
)


def encode(value: object, name: str) -> list[tuple[str, str]]:
    """The way back, written for this test."""
    if isinstance(value, dict):
        members = cast(dict[str, object], value)
        return [pair for key, member in members.items() for pair in encode(member, f"{name}[{key}]")]
    if isinstance(value, list):
        return [(f"{name}[]", member) for member in cast(list[str], value)]
    return [(name, str(value))]


@settings(deadline=None)
@given(st.dictionaries(_NAMES, _TREES, max_size=4))
def test_what_is_encoded_is_decoded(params: dict[str, Any]) -> None:
    pairs = [pair for name, value in params.items() for pair in encode(value, name)]
    if max((name.count("[") for name, _ in pairs), default=0) < 8:
        assert decode(urlencode(pairs)) == params
        assert decode("&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in pairs)) == params


@settings(deadline=None)
@given(st.text(st.sampled_from("ab[]=&%0+1"), max_size=40) | st.text(max_size=40))
def test_it_is_a_form_or_an_error_of_its_own(text: str) -> None:
    with contextlib.suppress(FormError):
        decode(text)


@pytest.mark.parametrize(
    "text", ["a[b=1", "a]b=1", "[a]=1", "a=1&a[b]=2", "a[b]=1&a=2", "a[]=1&a[b]=2", "a[][b]=1", "a" + "[b]" * 9 + "=1"]
)
def test_contradictions_are_refused(text: str) -> None:
    with pytest.raises(FormError):
        decode(text)


def test_lists_come_with_empty_brackets_or_numbers() -> None:
    assert texts(decode("e[]=a&e[]=b")["e"]) == ["a", "b"]
    assert texts(decode("e[1]=b&e[0]=a&e[10]=c")["e"]) == ["a", "b", "c"]
    for wrong in ("e[x]=a", "e=a"):
        with pytest.raises(FormError):
            texts(decode(wrong)["e"])
