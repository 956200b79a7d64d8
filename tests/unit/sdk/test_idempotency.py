"""Keys are unique everywhere, and no key or id can change the request that carries it."""

import os
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk._idempotency import check_id, check_key, mint_key
from molam_sdk.errors import ValidationError

BAD_TEXT: list[Any] = [
    "",
    "a b",
    " a",
    "a\n",
    "a\r\nX: y",
    "\t",
    "\x00",
    "\x7f",
    "é",
    "💸",
    "a" * 256,
    None,
    7,
    b"key",
    True,
]


def test_a_minted_key_has_its_form_and_the_time_of_minting() -> None:
    before = time.time_ns() // 1_000_000
    key = mint_key()
    match = re.fullmatch(r"molam-([0-9]{13})-[A-Z2-7]{26}", key)
    assert match is not None
    assert before <= int(match[1]) <= time.time_ns() // 1_000_000
    assert check_key(key) == key


def test_minted_keys_differ() -> None:
    assert len({mint_key() for _ in range(10_000)}) == 10_000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_does_not_repeat_its_parents_keys() -> None:
    mint_key()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, " ".join(mint_key() for _ in range(50)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(read, 65536).decode().split()
    os.close(read)
    os.close(write)
    ours = [mint_key() for _ in range(50)]
    assert len({*theirs, *ours}) == 100
    assert len({key[-26:] for key in (*theirs, *ours)}) == 100


@pytest.mark.parametrize("key", ["1", "order-12345", "!~", '"quoted"', "a" * 255])
def test_visible_ascii_is_a_key(key: str) -> None:
    assert check_key(key) == key


@pytest.mark.parametrize("key", BAD_TEXT)
def test_everything_else_is_no_key(key: Any) -> None:
    with pytest.raises(ValidationError, match="visible ASCII") as caught:
        check_key(key)
    assert (caught.value.code, caught.value.param) == ("idempotency_key_invalid", "idempotency_key")
    assert (caught.value.status_code, caught.value.outcome) == (None, "not_sent")


@pytest.mark.parametrize("value", ["pi_1", "ch_AZaz09", "-", "_", "a" * 255])
def test_letters_digits_dash_and_underscore_are_an_id(value: str) -> None:
    assert check_id("payment_intent_id", value) == value


@pytest.mark.parametrize(
    "value",
    [
        *BAD_TEXT,
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        "%2e%2e",
        "%2F",
        "?x",
        "#x",
        "a;b",
        "a:b",
        "@",
        "pi_1.json",
        "p\u0456_1",
    ],
)
def test_everything_else_is_no_id(value: Any) -> None:
    with pytest.raises(ValidationError, match="payment_intent_id must be an id") as caught:
        check_id("payment_intent_id", value)
    assert (caught.value.code, caught.value.param) == ("parameter_invalid", "payment_intent_id")
    assert (caught.value.status_code, caught.value.outcome) == (None, "not_sent")


@given(value=st.text() | st.text(alphabet="a./%\\2eE?#\r\n"))
def test_an_accepted_id_is_safe_in_a_path(value: str) -> None:
    try:
        accepted = check_id("charge_id", value)
    except ValidationError:
        assert not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", value)
    else:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,255}", accepted)


@given(value=st.text())
def test_an_accepted_key_is_safe_in_a_header(value: str) -> None:
    try:
        accepted = check_key(value)
    except ValidationError:
        assert not (0 < len(value) <= 255 and all("!" <= char <= "~" for char in value))
    else:
        assert accepted.isascii()
        assert accepted.isprintable()
        assert " " not in accepted
