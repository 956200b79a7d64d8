"""Bodies are read whole and no further than the limit, whatever coding they come in."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk._network.body import reply_of

OBJECT = b'{"id": "pi_1"}'
PACKED = gzip.compress(OBJECT, mtime=0)


def test_names_are_lower_case_and_values_are_latin_1() -> None:
    reply = reply_of(200, [(b"Request-ID", b"req_1"), (b"X-Odd", b"\xe9")], b"", 100)
    assert dict(reply.headers) == {"request-id": "req_1", "x-odd": "é"}
    assert (reply.status, reply.body, reply.truncated) == (200, b"", False)


@given(st.binary(max_size=60), st.integers(1, 40))
def test_a_body_is_cut_at_the_limit(whole: bytes, limit: int) -> None:
    reply = reply_of(200, [], whole, limit)
    assert reply.body == whole[:limit]
    assert reply.truncated is (len(whole) > limit)


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("GZIP", gzip.compress), ("deflate", zlib.compress)]
)
def test_codings_that_nobody_asked_for_are_undone(coding: str, pack: Callable[[bytes], bytes]) -> None:
    reply = reply_of(200, [(b"content-encoding", coding.encode())], pack(OBJECT), 1000)
    assert (reply.body, reply.truncated) == (OBJECT, False)


@pytest.mark.parametrize("coding", [b"br", b"zstd", b"gzip, gzip", b"compress", b"nonsense"])
def test_codings_that_are_not_known_leave_the_body_unreadable(coding: bytes) -> None:
    reply = reply_of(200, [(b"content-encoding", coding)], OBJECT, 1000)
    assert (reply.body, reply.truncated) == (OBJECT, True)


def test_no_coding_and_bodies_without_a_byte_need_no_undoing() -> None:
    for coding in (b"Identity", b""):
        assert not reply_of(200, [(b"content-encoding", coding)], OBJECT, 1000).truncated
    assert not reply_of(204, [(b"content-encoding", b"gzip")], b"", 1000).truncated


def test_a_coding_that_was_undone_already_is_not_undone_again() -> None:
    assert reply_of(200, [(b"content-encoding", b"gzip")], OBJECT, 1000, coded=False).body == OBJECT


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    reply = reply_of(200, [(b"content-encoding", b"gzip")], bomb, 100_000)
    assert (len(reply.body), reply.truncated) == (100_000, True)


@pytest.mark.parametrize("body", [PACKED[:-9], b"not gzip at all", PACKED[:3]], ids=["torn", "not gzip", "begun"])
def test_a_torn_or_wrong_coding_leaves_the_body_unreadable(body: bytes) -> None:
    assert reply_of(200, [(b"content-encoding", b"gzip")], body, 1000).truncated


@pytest.mark.parametrize(
    ("values", "joined"),
    [
        ([b"a", b"b"], "a, b"),
        ([b"b", b"a", b"b"], "b, a"),
        ([b"a", b"a"], "a"),
        ([b"", b"a"], ", a"),
    ],
)
def test_headers_that_come_twice_are_joined_if_they_differ(values: list[bytes], joined: str) -> None:
    raw = [(b"Molam-Attempt-Id", value) for value in values]
    assert dict(reply_of(200, [*raw, (b"a", b"b")], b"", 100).headers) == {"molam-attempt-id": joined, "a": "b"}


@pytest.mark.parametrize("codings", [(b"gzip", b"gzip"), (b"identity", b"gzip"), (b"gzip", b"br")])
def test_a_body_that_was_coded_twice_is_unreadable(codings: tuple[bytes, bytes]) -> None:
    raw = [(b"Content-Encoding", coding) for coding in codings]
    assert reply_of(200, raw, PACKED, 1000).truncated


def test_a_body_that_was_cut_is_unreadable_whatever_its_size() -> None:
    reply = reply_of(200, [], OBJECT, 1000, is_cut=True)
    assert (reply.body, reply.truncated) == (OBJECT, True)
    assert reply_of(200, [(b"content-encoding", b"gzip")], PACKED, 1000, is_cut=True).truncated


def test_decoding_holds_no_more_than_it_has_to() -> None:
    size = 8_000_000
    packed = gzip.compress(random.Random(7).randbytes(size), 1)
    tracemalloc.start()
    try:
        assert not reply_of(200, [(b"content-encoding", b"gzip")], packed, 2 * size).truncated
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1.5 * size
