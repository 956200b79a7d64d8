"""Turns the pieces of an answer into a Reply, never holding more of it than the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._reply import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable


def reply_of(
    status: int, raw_headers: Iterable[tuple[bytes, bytes]], chunks: list[bytes], limit: int, *, coded: bool = True
) -> Reply:
    """Return the answer; a body over the limit, or in a coding that is not known, is cut.

    Args:
        status: HTTP status.
        raw_headers: Names and values as received.
        chunks: What was read of the body: all of it, or just over the limit.
        limit: Largest body in bytes, before and after decoding.
        coded: Whether Content-Encoding is still to be undone.
    """
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw_headers}
    body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    truncated = len(body) > limit
    coding = headers.get("content-encoding")
    if coded and coding and coding.lower() != "identity" and body:
        body, truncated = _decoded(body, coding.lower(), limit)
    return Reply(status, headers, body[:limit] if truncated else body, truncated=truncated)


def _decoded(body: bytes, coding: str, limit: int) -> tuple[bytes, bool]:
    """Undo a coding that nobody asked for, `limit` bytes at most; (body, whether it is cut)."""
    import zlib

    if coding not in ("gzip", "deflate"):
        return body, True
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        decoded = decoder.decompress(body, limit + 1)
    except zlib.error:
        return body, True
    return decoded, len(decoded) > limit or not decoder.eof
