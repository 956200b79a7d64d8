"""The shop behind a WSGI server: `GET /<order>` answers the id of its payment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.faults.prefork.shop import sell


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Sell what the path names."""
    body = sell(environ["PATH_INFO"].strip("/")).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
