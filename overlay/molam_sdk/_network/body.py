"""Turns an answer that was read into a Reply, never holding more of it than the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._exchange.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

_PIECE = 64 * 1024


def reply_of(
    status: int,
    raw_headers: Sequence[tuple[bytes, bytes]],
    body: bytes,
    limit: int,
    *,
    is_cut: bool = False,
    coded: bool = True,
) -> Reply:
    """Return the answer; a body over the limit, or in a coding that is not known, is cut.

    Args:
        status: HTTP status.
        raw_headers: Names and values as received.
        body: What was read of the body.
        limit: Largest body in bytes, before and after decoding.
        is_cut: Whether the body was left before its end.
        coded: Whether Content-Encoding is still to be undone.
    """
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw_headers}
    if len(headers) != len(raw_headers):
        headers = _joined(raw_headers)
    truncated = is_cut or len(body) > limit
    coding = headers.get("content-encoding")
    if coding and coded and body and (coding := coding.lower()) != "identity":
        body, is_torn = _decoded(body, coding, limit)
        truncated = truncated or is_torn
    return Reply(status, headers, body[:limit] if truncated else body, truncated=truncated)


def _joined(raw_headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers of which some come more than once: their values, with commas between them (RFC 9110, 5.3).

    A value that is only repeated says nothing new, unless it is a coding, which then was applied twice.
    """
    values: dict[str, list[str]] = {}
    for raw_name, raw_value in raw_headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        known = values.setdefault(name, [])
        if value not in known or name == "content-encoding":
            known.append(value)
    return {name: ", ".join(known) for name, known in values.items()}


def _decoded(body: bytes, coding: str, limit: int) -> tuple[bytes, bool]:
    """Undo a coding that nobody asked for, `limit` bytes at most; (body, whether it is torn)."""
    import zlib
    from io import BytesIO

    if coding not in ("gzip", "deflate"):
        return body, True
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
    decoded = BytesIO()
    pieces = memoryview(body)
    try:
        for at in range(0, len(body), _PIECE):
            decoded.write(decoder.decompress(pieces[at : at + _PIECE], limit + 1 - decoded.tell()))
            if decoded.tell() > limit:
                decoded.truncate(limit)
                return decoded.getvalue(), True
    except zlib.error:
        return body, True
    return decoded.getvalue(), not decoder.eof
