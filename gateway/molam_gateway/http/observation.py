"""Tells of every request: figures, a span and a line of the log; of paths and callers only what the spec names."""

import logging
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..telemetry import Telemetry
from ..telemetry.tracing import Span
from ..telemetry.work import CURRENT, Work
from . import headers

_CALLER_GONE = 499
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

logger = logging.getLogger("molam_gateway.access_log")


class Observation:
    """An ASGI application around another one, which writes into the current work what a request turned out to be.

    `log` writes a line for each request.
    """

    def __init__(self, inner: ASGIApp, telemetry: Telemetry, *, log: bool) -> None:
        self._inner = inner
        self._meter = telemetry.meter
        self._tracing = telemetry.tracing
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and tell of it."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        work = Work()
        token = CURRENT.set(work)
        self._meter.request_began()
        began = time.perf_counter()
        status, replayed = _CALLER_GONE, False

        async def watched(message: Message) -> None:
            nonlocal status, replayed
            if message["type"] == "http.response.start":
                status = message["status"]
                for name, value in message["headers"]:
                    if name == b"request-id":
                        work.request_id = value.decode("latin-1")
                    elif name == b"idempotent-replayed":
                        replayed = True
            await send(message)

        try:
            if self._tracing.on:
                await self._traced(work, scope, receive, watched, lambda: status)
            else:
                await self._inner(scope, receive, watched)
        finally:
            took = time.perf_counter() - began
            self._meter.request_ended(work.operation, status, took, replayed=replayed)
            if self._log:
                self._tell(_method(scope), work, status, took)
            CURRENT.reset(token)

    async def _traced(self, work: Work, scope: Scope, receive: Receive, send: Send, status: Callable[[], int]) -> None:
        method = _method(scope)
        fields = headers.read(scope)
        attributes = {"http.request.method": method, "url.scheme": scope["scheme"]}
        with self._tracing.span(method, "server", attributes, fields) as span:
            work.trace_id = span.trace_id
            try:
                await self._inner(scope, receive, send)
            finally:
                _describe(span, method, work, status())

    def _tell(self, method: str, work: Work, status: int, took: float) -> None:
        logger.info(
            "%s %s %d %.1f ms",
            method,
            work.route or "-",
            status,
            took * 1000,
            extra={
                "fields": {
                    "method": method,
                    "route": work.route,
                    "status": status,
                    "duration_ms": round(took * 1000, 1),
                }
            },
        )


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "_OTHER"


def _describe(span: Span, method: str, work: Work, status: int) -> None:
    if work.route:
        span.rename(f"{method} {work.route}")
        span.set("http.route", work.route)
    span.set("http.response.status_code", status)
    span.set("molam.operation", work.operation)
    span.set("molam.request_id", work.request_id)
    if status >= 500:
        span.fail(str(status))
