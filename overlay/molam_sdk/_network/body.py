"""Turns an answer that was read into a Reply, never holding more of it than the limit."""

from __future__ import annotations

import time
from math import inf
from typing import TYPE_CHECKING

from .._exchange.reply import Reply
from .faults import ReadTimeout

if TYPE_CHECKING:
    from collections.abc import Sequence

_PIECE = 64 * 1024
"""Bytes that are given to a decoder, or taken from it, between two looks at the clock."""

_MOST_MEMBERS = 1000
"""Members of one gzip stream: a body of nothing but empty ones costs more than it holds."""


def reply_of(
    status: int,
    raw_headers: Sequence[tuple[bytes, bytes]],
    body: bytes,
    limit: int,
    *,
    is_cut: bool = False,
    coded: bool = True,
    ends_at: float = inf,
) -> Reply:
    """Return the answer; a body over the limit, or in a coding that is not known, is cut.

    Args:
        status: HTTP status.
        raw_headers: Names and values as received.
        body: What was read of the body.
        limit: Largest body in bytes, before and after decoding.
        is_cut: Whether the body was left before its end.
        coded: Whether Content-Encoding is still to be undone.
        ends_at: Monotonic time beyond which it is not.

    Raises:
        ReadTimeout: If there is so much to undo that time is over meanwhile.
    """
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw_headers}
    if len(headers) != len(raw_headers):
        headers = _joined(raw_headers)
    truncated = is_cut or len(body) > limit
    coding = headers.get("content-encoding")
    if coding and coded and body and (coding := coding.lower()) != "identity":
        body, is_torn = _decoded(body, coding, limit, ends_at)
        truncated = truncated or is_torn
    return Reply(status, headers, body[:limit] if truncated else body, truncated=truncated)


def _joined(raw_headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers of which some come more than once: their values, with commas between them (RFC 9110, 5.3).

    A value that is only repeated says nothing new, unless it is a coding, which then was applied twice.
    """
    values: dict[str, dict[str, None]] = {}
    codings: list[str] = []
    for raw_name, raw_value in raw_headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        values.setdefault(name, {})[value] = None
        if name == "content-encoding":
            codings.append(value)
    joined = {name: ", ".join(known) for name, known in values.items()}
    return {**joined, "content-encoding": ", ".join(codings)} if codings else joined


def _decoded(body: bytes, coding: str, limit: int, ends_at: float) -> tuple[bytes, bool]:
    """Undo a coding that nobody asked for, `limit` bytes at most; (body, whether it is torn).

    What follows the end of gzip is more of it (RFC 1952, 2.2), and nothing follows deflate.
    """
    import zlib
    from io import BytesIO

    if coding not in ("gzip", "x-gzip", "deflate"):
        return body, True
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
    members_left = 0 if coding == "deflate" else _MOST_MEMBERS
    decoded = BytesIO()
    pieces = memoryview(body)
    given: bytes | memoryview = b""
    at = 0
    has_more = False
    try:
        while given or has_more or at < len(body):
            if time.monotonic() >= ends_at:
                raise ReadTimeout("the deadline of the call has passed")
            if not given and not has_more:
                given = pieces[at : at + _PIECE]
                at += _PIECE
            if decoder.eof:
                if members_left == 0:
                    return decoded.getvalue(), True
                members_left -= 1
                decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
            room = min(_PIECE, limit + 1 - decoded.tell())
            has_more = decoded.write(decoder.decompress(given, room)) == room and not decoder.eof
            if decoded.tell() > limit:
                decoded.truncate(limit)
                return decoded.getvalue(), True
            given = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    except zlib.error:
        return body, True
    return decoded.getvalue(), not decoder.eof
