"""Every place at which the path to the gateway may break, and what the caller is told: the documentation's table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from molam_sdk import errors
from tests.faults.cuts import (
    Chunked,
    CrossWired,
    Cut,
    CutAnswer,
    CutRequest,
    DelayedFin,
    EarlyCut,
    End,
    Endless,
    Handshake,
    Instead,
    Mute,
    Packed,
    Pass,
    PlainText,
    Swallow,
    Twice,
    WrongLength,
)

LIMIT = 1 << 20
"""Bytes that the clients of the table read of an answer."""

_NETWORK, _TIMEOUT, _UNEXPECTED = errors.NetworkError, errors.TimeoutError, errors.UnexpectedResponseError
_BUSY = b"HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
_BLOCKED = b"HTTP/1.1 403 Blocked\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
_MOVED = b"HTTP/1.1 302 Moved\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True)
class Name:
    """The name of the gateway, and what it leads to."""

    leads: Literal["nowhere", "to silence", "to a closed port", "to a silent host"]


@dataclass(frozen=True)
class Row:
    """A fault and what a call comes to that meets it at every attempt.

    Attributes:
        where: How far the path reaches.
        what: What happens there.
        fault: How the tests make it happen.
        error: Class that is raised, or None for success.
        phase: Phase of a network error.
        outcome: Outcome of the call.
        charged: Whether the gateway has carried a payment out.
        repeated: Whether a client with retries left makes another attempt.
        waits: Which of the client's limits ends the attempt.
        sealed: Whether it is about TLS, or about a name.
        method: The payment method that is charged.
    """

    where: str
    what: str
    fault: Cut | EarlyCut | Name
    error: type[errors.MolamError] | None = None
    phase: errors.Phase | None = None
    outcome: errors.Outcome | None = None
    charged: bool = False
    repeated: bool = True
    waits: Literal["connect", "read", "deadline"] | None = None
    sealed: bool = False
    method: str = "pm_cpay_ok"


def _rows() -> Iterator[Row]:
    def before(phase: errors.Phase, what: str, fault: EarlyCut | Name, *, late: bool = False) -> Row:
        where = {"dns": "DNS", "connect": "connect", "tls": "TLS"}[phase]
        error = _TIMEOUT if late else _NETWORK
        return Row(where, what, fault, error, phase, "not_sent", waits="connect" if late else None, sealed=True)

    yield before("dns", "no such name", Name("nowhere"))
    yield before("dns", "no answer", Name("to silence"), late=True)
    yield before("connect", "refused", Name("to a closed port"))
    yield before("connect", "no answer (queue full)", Name("to a silent host"), late=True)
    yield before("tls", "reset after connecting", End())
    yield before("tls", "closed after connecting", End(reset=False))
    yield before("tls", "no answer", Mute(), late=True)
    yield before("tls", "cut in mid-handshake", Handshake())
    yield before("tls", "reset in mid-handshake", Handshake(reset=True))
    yield before("tls", "plain text in place of a handshake", PlainText())

    def during(where: str, what: str, fault: Cut, charged: bool, *, late: bool = False, body: bool = False) -> Row:
        error = _TIMEOUT if late else _NETWORK
        return Row(
            where, what, fault, error, "body" if body else "headers", "unknown", charged, waits="read" if late else None
        )

    request, answer = "request", "answer"
    yield during(request, "reset within the headers", CutRequest("headers"), charged=False)
    yield during(request, "closed within the headers", CutRequest("headers", reset=False), charged=False)
    yield during(request, "reset within the body", CutRequest("body"), charged=False)
    yield during(request, "closed within the body", CutRequest("body", reset=False), charged=False)
    yield during(request, "lost on its way, nobody answers", Swallow(forwarded=False), charged=False, late=True)
    yield during(answer, "never comes", Swallow(), charged=True, late=True)
    yield during(answer, "closed before its first byte", CutAnswer(), charged=True)
    yield during(answer, "reset before its first byte", CutAnswer(reset=True), charged=True)
    yield during(answer, "closed within the status line", CutAnswer("status"), charged=True)
    yield during(answer, "closed within the headers", CutAnswer("headers"), charged=True)
    yield during(answer, "reset within the headers", CutAnswer("headers", reset=True), charged=True)
    yield during(answer, "something that is no HTTP", Instead(b"220 mail ready\r\n"), charged=True)
    yield during(answer, "endless headers", Endless("headers"), charged=True)
    yield during(answer, "endless interim answers (1xx)", Endless("interim"), charged=True)
    yield during(answer, "closed within the body", CutAnswer("body"), charged=True, body=True)
    yield during(answer, "reset within the body", CutAnswer("body", reset=True), charged=True, body=True)
    yield during(answer, "closed before its last byte", CutAnswer("last"), charged=True, body=True)
    yield during(answer, "announced longer, then closed", WrongLength(9, "fin"), charged=True, body=True)
    yield during(answer, "announced longer, then reset", WrongLength(9, "rst"), charged=True, body=True)
    yield during(answer, "announced longer, then silence", WrongLength(9), charged=True, late=True, body=True)
    yield during(answer, "chunk without a size", Chunked("size"), charged=True, body=True)
    yield during(answer, "closed within a chunk", Chunked("cut"), charged=True, body=True)
    yield during(answer, "closed before the last chunk", Chunked("no end"), charged=True, body=True)

    def dripping(what: str, fault: Cut, phase: errors.Phase) -> Row:
        return Row(answer, what, fault, _TIMEOUT, phase, "unknown", charged=True, repeated=False, waits="deadline")

    yield dripping("a byte now and then in the headers", Pass(download=0.02), "headers")
    yield dripping("a byte now and then in the body", Pass(download=0.02, part="body"), "body")
    yield dripping("a byte now and then in chunks", Chunked(interval=0.02), "body")

    def disbelieved(what: str, fault: Cut, *, charged: bool, repeated: bool) -> Row:
        return Row(answer, what, fault, _UNEXPECTED, None, "unknown", charged, repeated)

    yield disbelieved("of another call", CrossWired(b""), charged=True, repeated=True)
    yield disbelieved("announced shorter than it is", WrongLength(-9), charged=True, repeated=False)
    yield disbelieved("unpacks beyond the limit", Packed(size=2 * LIMIT), charged=True, repeated=False)
    yield disbelieved("packed, and broken", Packed(broken=True), charged=True, repeated=False)
    yield disbelieved(
        "a redirect of something in between",
        Instead(_MOVED, forwarded=False, ends=False),
        charged=False,
        repeated=False,
    )

    def blocked(what: str, *, charged: bool) -> Row:
        fault = Instead(_BLOCKED, forwarded=charged, ends=False)
        return Row(answer, what, fault, errors.PermissionDeniedError, None, "unknown", charged, repeated=False)

    yield blocked("403 of something in between that did not pass the request on", charged=False)
    yield blocked("403 of something in between that did", charged=True)

    def between(what: str, *, charged: bool) -> Row:
        return Row(
            answer, what, Instead(_BUSY, forwarded=charged, ends=False), errors.ServerError, None, "unknown", charged
        )

    yield between("503 of something in between that did not pass the request on", charged=False)
    yield between("503 of something in between that did", charged=True)
    yield Row(
        answer, "402, the payment is declined", Pass(), errors.DeclinedError, None, "rejected",
        repeated=False, method="pm_cpay_declined",
    )  # fmt: skip

    def fine(what: str, fault: Cut) -> Row:
        return Row(answer, what, fault, charged=True, repeated=False)

    yield fine("whole", Pass())
    yield fine("whole, the request came a byte now and then", Pass(upload=0.0001))
    yield fine("whole, in chunks", Chunked())
    yield fine("whole, packed", Packed())
    yield fine("whole, then closed", CutAnswer("end"))
    yield fine("whole, then reset", CutAnswer("end", reset=True))
    yield fine("whole, then left open against its word", DelayedFin())
    yield fine("twice", Twice())


ROWS = tuple(_rows())


def as_markdown() -> str:
    """The table as the documentation shows it."""
    lines = [
        "| where | what happens | raised | `phase` | `outcome` | charged | repeated |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in ROWS:
        raised = f"`{row.error.__name__}`" if row.error else "nothing"
        cells = [
            row.where, row.what, raised, row.phase or "", row.outcome or "",
            "yes" if row.charged else "no", "yes" if row.repeated else "no",
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
