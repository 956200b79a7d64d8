"""What makes two requests with one idempotency key the same request."""

import hashlib
import json
from collections.abc import Mapping

FINGERPRINT_VERSION = 1
"""Stored beside each fingerprint; raise it when the rule below changes."""


def fingerprint(
    method: str,
    operation_id: str,
    path: Mapping[str, str],
    body: Mapping[str, object] | None,
) -> bytes:
    """SHA-256 over the method, the route with its ids and the canonical JSON of the body.

    Members are sorted, integers stay integers and no default is filled in, so that an SDK upgrade which starts to
    send a default is the only thing that changes a fingerprint. No body and `{}` are different requests.
    """
    canonical = json.dumps(
        [method.upper(), operation_id, dict(path), body],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hashlib.sha256(canonical.encode()).digest()
