"""What spans and metrics say of a call, after OpenTelemetry's HTTP conventions; names of the spec and hosts only.

https://opentelemetry.io/docs/specs/semconv/http/
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from molam_sdk import RequestEvent, ResponseEvent

Attributes = dict[str, str | int]


def of_request(event: RequestEvent) -> Attributes:
    """The attributes that spans and metrics of an attempt share; each takes few values."""
    address = urlsplit(event.region)
    return {
        "http.request.method": event.method,
        "server.address": address.hostname or "",
        "server.port": address.port or (443 if address.scheme == "https" else 80),
        "url.scheme": address.scheme,
        "url.template": event.path,
        "molam.operation": event.operation,
    }


def of_response(event: ResponseEvent) -> Attributes:
    """What is added at the end of an attempt: its status, or the phase in which it was lost."""
    found: Attributes = {}
    if event.status_code is not None:
        found["http.response.status_code"] = event.status_code
    if event.status_code is None or event.status_code >= 400:
        found["error.type"] = str(event.status_code or event.phase)
    return found
