"""Bodies are read whole and no further than the limit, whatever coding they come in."""

from __future__ import annotations

import gzip
import random
import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk._network.body import reply_of
from molam_sdk._network.faults import ReadTimeout

OBJECT = b'{"id": "pi_1"}'
PACKED = gzip.compress(OBJECT, mtime=0)
GZIP = [(b"Content-Encoding", b"gzip")]


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
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("X-GZip", gzip.compress),
        ("deflate", zlib.compress),
    ],
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


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=4), st.integers(-1, 1))
def test_gzip_in_several_members_is_one_body(sizes: list[int], spare: int) -> None:
    whole = [random.Random(size).randbytes(size) for size in sizes]
    packed = b"".join(gzip.compress(each, 1) for each in whole)
    limit = max(1, sum(sizes) + spare)
    reply = reply_of(200, GZIP, packed, max(limit, len(packed)))
    assert (reply.body, reply.truncated) == (b"".join(whole), False)
    if len(packed) <= limit:
        reply = reply_of(200, GZIP, packed, limit)
        assert (reply.body, reply.truncated) == (b"".join(whole)[:limit], sum(sizes) > limit)


def test_members_share_one_limit() -> None:
    bombs = gzip.compress(b"\0" * 70_000) * 2
    for limit in (140_000, 139_999):
        reply = reply_of(200, GZIP, bombs, limit)
        assert (len(reply.body), reply.truncated) == (limit, limit < 140_000)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (b"gzip", PACKED + b"more"),
        (b"gzip", PACKED + bytes(4_000_000)),
        (b"gzip", PACKED + PACKED[:-1]),
        (b"gzip", PACKED + zlib.compress(OBJECT)),
        (b"gzip", gzip.compress(b"") * 5000),
        (b"deflate", zlib.compress(OBJECT) * 2),
        (b"deflate", zlib.compress(OBJECT) + bytes(4_000_000)),
    ],
    ids=["text", "zeros", "a torn member", "another coding", "thousands of members", "deflate twice", "deflate, zeros"],
)
def test_what_follows_the_end_of_a_coding_makes_the_body_unreadable(coding: bytes, body: bytes) -> None:
    assert reply_of(200, [(b"content-encoding", coding)], body, 5_000_000).truncated


class Ticking:
    """A clock that goes on by one whenever it is looked at."""

    def __init__(self) -> None:
        self.now = 0

    def monotonic(self) -> float:
        self.now += 1
        return self.now


@pytest.mark.parametrize(
    "body",
    [gzip.compress(bytes(5_000_000)), gzip.compress(random.Random(7).randbytes(5_000_000), 1)],
    ids=["little that becomes much", "much"],
)
def test_decoding_ends_with_the_deadline(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Ticking()
    monkeypatch.setattr("molam_sdk._network.body.time", clock)
    with pytest.raises(ReadTimeout):
        reply_of(200, GZIP, body, 6_000_000, ends_at=20)
    assert clock.now == 20
    assert not reply_of(200, GZIP, body, 6_000_000, ends_at=1000).truncated


def test_many_values_of_one_name_are_joined_in_no_time() -> None:
    values = [b"%x" % number for number in range(50_000)]
    began = time.process_time()
    reply = reply_of(200, [(b"a", value) for value in values], b"", 100)
    assert time.process_time() - began < 1
    assert reply.headers["a"].encode() == b", ".join(values)


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
