"""Bodies are read whole and no further than the limit, whatever coding they come in."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk._body import reply_of

OBJECT = b'{"id": "pi_1"}'
PACKED = gzip.compress(OBJECT, mtime=0)


def test_names_are_lower_case_and_values_are_latin_1() -> None:
    reply = reply_of(200, [(b"Request-ID", b"req_1"), (b"X-Odd", b"\xe9")], [], 100)
    assert dict(reply.headers) == {"request-id": "req_1", "x-odd": "é"}
    assert (reply.status, reply.body, reply.truncated) == (200, b"", False)


@given(st.lists(st.binary(max_size=9), max_size=9), st.integers(1, 40))
def test_pieces_are_joined_and_cut_at_the_limit(pieces: list[bytes], limit: int) -> None:
    reply = reply_of(200, [], pieces, limit)
    whole = b"".join(pieces)
    assert reply.body == whole[:limit]
    assert reply.truncated is (len(whole) > limit)


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("GZIP", gzip.compress), ("deflate", zlib.compress)]
)
def test_codings_that_nobody_asked_for_are_undone(coding: str, pack: Callable[[bytes], bytes]) -> None:
    reply = reply_of(200, [(b"content-encoding", coding.encode())], [pack(OBJECT)], 1000)
    assert (reply.body, reply.truncated) == (OBJECT, False)


@pytest.mark.parametrize("coding", [b"br", b"zstd", b"gzip, gzip", b"compress", b"nonsense"])
def test_codings_that_are_not_known_leave_the_body_unreadable(coding: bytes) -> None:
    reply = reply_of(200, [(b"content-encoding", coding)], [OBJECT], 1000)
    assert (reply.body, reply.truncated) == (OBJECT, True)


def test_no_coding_and_bodies_without_a_byte_need_no_undoing() -> None:
    for coding in (b"Identity", b""):
        assert not reply_of(200, [(b"content-encoding", coding)], [OBJECT], 1000).truncated
    assert not reply_of(204, [(b"content-encoding", b"gzip")], [], 1000).truncated


def test_a_coding_that_was_undone_already_is_not_undone_again() -> None:
    assert reply_of(200, [(b"content-encoding", b"gzip")], [OBJECT], 1000, coded=False).body == OBJECT


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    reply = reply_of(200, [(b"content-encoding", b"gzip")], [bomb], 100_000)
    assert (len(reply.body), reply.truncated) == (100_000, True)


@pytest.mark.parametrize("body", [PACKED[:-9], b"not gzip at all", PACKED[:3]], ids=["torn", "not gzip", "begun"])
def test_a_torn_or_wrong_coding_leaves_the_body_unreadable(body: bytes) -> None:
    assert reply_of(200, [(b"content-encoding", b"gzip")], [body], 1000).truncated
