"""What can be read of an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk._exchange.reply import Reply, Unreadable


@pytest.mark.parametrize("status", [199, 200, 201, 299, 300, 404, 500])
def test_a_success_is_a_2xx(status: int) -> None:
    assert Reply(status, {}, b"").is_success is (200 <= status < 300)


def test_an_object_is_parsed_once() -> None:
    reply = Reply(200, {}, b'{"id": "pi_1", "n": 9007199254740993}')
    assert reply.data() is reply.data()
    assert (reply.data()["n"], reply.object_id()) == (9007199254740993, "pi_1")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'"x"', b"1", b"null", b'{"id": "pi_1"', b"\xff{}", b"[" * 100_000, b"{'id': 1}"],
)
def test_everything_else_is_unreadable_however_often_it_is_asked(body: bytes) -> None:
    reply = Reply(200, {}, body)
    for _ in range(2):
        with pytest.raises(Unreadable):
            reply.data()
    assert reply.object_id() is None


def test_a_body_that_was_cut_is_unreadable_even_if_it_looks_whole() -> None:
    reply = Reply(200, {}, b'{"id": "pi_1"}', truncated=True)
    with pytest.raises(Unreadable):
        reply.data()


@pytest.mark.parametrize("body", [b"{}", b'{"id": null}', b'{"id": 7}', b'{"id": ["pi_1"]}'])
def test_an_id_is_a_string(body: bytes) -> None:
    assert Reply(200, {}, body).object_id() is None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(body: bytes) -> None:
    found = Reply(200, {}, body).object_id()
    assert found is None or found.encode("utf-8", "surrogatepass")
