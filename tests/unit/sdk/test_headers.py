"""A caller's headers cannot smuggle a second request or replace what the SDK promises."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk._options.headers import check_headers
from molam_sdk.errors import ConfigurationError


def test_headers_are_kept_under_lower_case_names() -> None:
    headers = {"X-Shop": "1", "Accept-Language": "fr-FR, en;q=0.5", "x-empty": "", "X-SHOP": "2"}
    assert check_headers(headers) == (("x-shop", "2"), ("accept-language", "fr-FR, en;q=0.5"), ("x-empty", ""))
    assert check_headers({}) == ()


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "host",
        "Content-Length",
        "content-type",
        "Transfer-Encoding",
        "Connection",
        "Idempotency-Key",
        "Molam-Attempt-Id",
        "molam-account",
        "Cookie",
        "",
        "a b",
        "a:",
        "a\r\n",
        "é",
        "a\0",
        7,
        None,
        b"x",
        "x" * 300,
    ],
)
def test_names_that_are_refused(name: Any) -> None:
    with pytest.raises(ConfigurationError, match="header"):
        check_headers({name: "x"})


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\n", "\r", "\0", "é", " a", "a ", "\x7f", 7, None, b"x", "x" * 9000])
def test_values_that_are_refused_and_not_shown(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="x-shop") as caught:
        check_headers({"X-Shop": value})
    assert repr(value) not in str(caught.value)


@pytest.mark.parametrize("headers", [None, [("a", "b")], "a: b", 7])
def test_headers_are_a_mapping(headers: Any) -> None:
    with pytest.raises(ConfigurationError, match="mapping"):
        check_headers(headers)


@given(headers=st.dictionaries(st.text(), st.text()))
def test_accepted_headers_are_one_line_each(headers: dict[str, str]) -> None:
    try:
        accepted = check_headers(headers)
    except ConfigurationError:
        return
    for name, value in accepted:
        assert name.isascii()
        assert ":" not in name
        assert value.isascii()
        assert not set("\r\n\0") & set(name + value)
