"""A connection whose request cannot be written to its end: what had come is read, and its end is none of an answer."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from molam_sdk._network.channel import Channel
from molam_sdk._network.connection import Connection
from molam_sdk._network.faults import ReadError, RemoteProtocolError, WireError, WriteError


class Breaking(Channel):
    """Finds at the first write that the peer has closed."""

    def write(self, data: bytes, seconds: float, ends_at: float, hear: Callable[[bytes], bool]) -> bool:
        raise WriteError("broken pipe")


def asked(came: bytes) -> Connection:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.sendall(came)
    theirs.close()
    connection = Connection(Breaking(ours))
    try:
        connection.exchange("POST", b"x", {"write": 5.0, "read": 5.0}, time.monotonic() + 5, 1000)
    finally:
        connection.close()
    return connection


def test_an_answer_that_came_before_is_one() -> None:
    connection = asked(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
    assert (connection.said.status, connection.said.body, connection.is_reusable()) == (413, b"big", False)


@pytest.mark.parametrize(
    ("came", "error"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nline 1\n", ReadError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nline 1\n", RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\n", RemoteProtocolError),
        (b"", RemoteProtocolError),
    ],
    ids=["a body without length", "a part of a body", "a part of a head", "nothing"],
)
def test_the_end_is_none_of_an_answer(came: bytes, error: type[WireError]) -> None:
    with pytest.raises(error):
        asked(came)
