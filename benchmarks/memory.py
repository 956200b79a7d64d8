"""The in-memory transport that stands under every httpx-based entrant: one canned answer, no socket."""

from __future__ import annotations

import httpx

from benchmarks.answers import answer


class CannedTransport(httpx.BaseTransport):
    """Answers as the canned server does, attempt id included."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        body = answer(request.method, request.url.path)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"request-id", b"req_0HNvYxk3Qm5TzWcRdE7uJ001"),
            (b"cache-control", b"no-store"),
        ]
        attempt = request.headers.get("molam-attempt-id")
        if attempt is not None:
            headers.append((b"molam-attempt-id", attempt.encode()))
        status = 201 if request.method == "POST" else 200
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))
