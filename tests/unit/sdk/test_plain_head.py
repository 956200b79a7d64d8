"""Heads that are read without h11: whatever is taken for plain, h11 reads in the very same way."""

from __future__ import annotations

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from molam_sdk._network.plain_head import PlainHead, plain_head

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n"
ODDITIES = (
    b"",
    b" ",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\0",
    b"\x7f",
    b"\xe9",
    b":",
    b": ",
    b",",
    b"5",
    b"05",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"Connection: keep-alive",
    b"Connection: close",
    b"connection: Keep-Alive, close",
    b"Content-Length: 5",
    b"content-length: 7",
    b"Content-Length: 5, 5",
    b"Transfer-Encoding: chunked",
    b"transfer-encoding: identity",
    b"Upgrade: h2c",
    b"X-A:b",
    b"X-A: ",
    b"X-A : b",
    b" folded",
)


def as_h11_reads(data: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes, bytes, bool]:
    """Status, headers, body, what is left, and whether the connection is kept."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=1_000_000)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(data)
    head = connection.next_event()
    assert isinstance(head, h11.Response)
    body = b""
    while isinstance(event := connection.next_event(), h11.Data):
        body += event.data
    assert isinstance(event, h11.EndOfMessage)
    kept = connection.their_state is h11.DONE
    return head.status_code, head.headers.raw_items(), body, connection.trailing_data[0], kept


def agrees_with_h11(data: bytes) -> bool:
    """Whether the head was taken for plain; if so it is what h11 reads, its body and what follows it included."""
    plain = plain_head(data)
    if plain is None or plain.length > 10_000:
        return False
    body = b"x" * plain.length
    seen = as_h11_reads(data[: plain.size] + body + b"more")
    assert seen == (plain.status, plain.headers, body, b"more", True)
    return True


@st.composite
def nearly_plain(draw: st.DrawFn) -> bytes:
    """A head made of lines that are plain or odd, then changed in a few places."""
    names = st.sampled_from([b"Content-Length", b"Content-Type", b"Connection", b"Date", b"X-A", b"Transfer-Encoding"])
    values = st.sampled_from([b"5", b"0", b"a b", b"keep-alive", b"close", b"chunked", b"a:b", b"a: b"])
    lines = draw(st.lists(st.one_of(st.sampled_from(ODDITIES), st.tuples(names, values).map(b": ".join)), max_size=5))
    status = draw(
        st.sampled_from([b"200 OK", b"201 ", b"204 No Content", b"304 Not", b"500 Oh", b"99 A", b"200", b"600 B"])
    )
    version = draw(st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/1.1"]))
    head = b"\r\n".join([version + b" " + status, b"Content-Length: 3", *lines]) + b"\r\n\r\n"
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(head)))
        head = head[:at] + draw(st.sampled_from(ODDITIES)) + head[at + draw(st.integers(0, 2)) :]
    return head


@given(nearly_plain())
@example(PLAIN)
@example(PLAIN.replace(b"\r\n\r\n", b"\r\nConnection: Keep-Alive\r\n\r\n"))
@example(PLAIN.replace(b"Length: 5", b"Length: 5 "))
@example(PLAIN.replace(b"Length: 5", b"Length: 005"))
def test_what_is_plain_is_what_h11_reads(head: bytes) -> None:
    agrees_with_h11(head)


@pytest.mark.parametrize("at", range(len(PLAIN) + 1))
def test_one_byte_more_or_less_is_read_alike_or_not_at_all(at: int) -> None:
    for byte in range(256):
        agrees_with_h11(PLAIN[:at] + bytes((byte,)) + PLAIN[at:])
        agrees_with_h11(PLAIN[:at] + bytes((byte,)) + PLAIN[at + 1 :])
    agrees_with_h11(PLAIN[:at] + PLAIN[at + 1 :])


@pytest.mark.parametrize(
    "more",
    [b"", b"Connection: keep-alive\r\n", b"Connection: Keep-Alive\r\n", b"Date: Sat, 21 Nov 2026 08:00:00 GMT\r\n"],
)
def test_what_servers_say_is_plain(more: bytes) -> None:
    head = PLAIN[:-2] + more + b"\r\n"
    assert agrees_with_h11(head)
    found = plain_head(head + b"hello")
    assert isinstance(found, PlainHead)
    assert (found.status, found.length, found.size) == (200, 5, len(head))
    assert found.headers[:2] == [(b"Content-Type", b"application/json"), (b"Content-Length", b"5")]


@pytest.mark.parametrize(
    "head",
    [
        PLAIN[:-1],
        PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
        PLAIN.replace(b"200", b"204"),
        PLAIN.replace(b"200", b"304"),
        PLAIN.replace(b"200", b"103"),
        PLAIN.replace(b"\r\n", b"\n"),
        PLAIN.replace(b"Content-Length: 5\r\n", b""),
        PLAIN.replace(b"Length: 5", b"Length: 5, 5"),
        PLAIN.replace(b"Length: 5", b"Length: -5"),
        PLAIN.replace(b"Length: 5", b"Length: +5"),
        PLAIN.replace(b"Length: 5", b"Length: 5 "),
        PLAIN.replace(b"Content-Type: application/json", b"Connection: close"),
        PLAIN.replace(b"Content-Type: application/json", b"Connection: keep-alive, close"),
        PLAIN.replace(b"Content-Type: application/json", b"Transfer-Encoding: chunked"),
        PLAIN.replace(b"Content-Type: application/json", b"content-length: 5"),
        PLAIN.replace(b"application/json", b"application/json\r\n folded"),
        PLAIN.replace(b"application/json", b"\xe9"),
        PLAIN.replace(b"application/json", b"a\0b"),
    ],
)
def test_the_rest_is_left_to_h11(head: bytes) -> None:
    assert plain_head(head) is None
