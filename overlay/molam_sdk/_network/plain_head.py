"""Reads the head of an answer where it is as plain as nearly all are: nothing in it that h11 could read otherwise.

It is there for speed: h11 spends more on an answer than the rest of the call. What it takes is a small part of what
h11 takes, and means the same (tests/unit/sdk/test_plain_head.py compares both); everything else is left to h11.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_HEAD = re.compile(
    rb"HTTP/1\.1 ([2-5][0-9]{2}) [\x20-\x7e]*+\r\n"
    rb"((?:[!#$%&'*+.^_`|~0-9A-Za-z-]++: [\x21-\x7e][\x20-\x7e]*+(?<! )\r\n)++)\r\n"
).match
_HEADERS = re.compile(rb"([^:]++): ([^\r]++)\r\n").findall
_LENGTH = re.compile(rb"[0-9]{1,15}").fullmatch
_WITHOUT_BODY = (204, 304)


class PlainHead(NamedTuple):
    """The head of an answer whose body is so many bytes, on a connection that is kept.

    Attributes:
        status: Its status, 200 to 599.
        headers: Its headers as received; each name comes once.
        length: Bytes of the body.
        size: Bytes of the head itself.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    length: int
    size: int


def plain_head(data: bytes) -> PlainHead | None:
    """Return the head that `data` begins with, None if it is not plain or not there to its end.

    It must be the answer to a request whose answers have a body (neither HEAD nor CONNECT).
    """
    found = _HEAD(data)
    if found is None:
        return None
    status = int(found[1])
    headers: list[tuple[bytes, bytes]] = _HEADERS(found[2])
    named = {name.lower(): value for name, value in headers}
    length = named.get(b"content-length", b"")
    if (
        len(named) != len(headers)
        or not _LENGTH(length)
        or b"transfer-encoding" in named
        or named.get(b"connection", b"keep-alive").lower() != b"keep-alive"
        or status in _WITHOUT_BODY
    ):
        return None
    return PlainHead(status, headers, int(length), found.end())
