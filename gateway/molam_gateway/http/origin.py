"""Where a request came from, as far as the server knows it by itself."""

import hashlib
from collections.abc import Mapping

from starlette.types import Scope

from ..domain.audit.actors import Origin
from ..domain.audit.redaction import products


def of_request(scope: Scope, headers: Mapping[str, str], raw: bytes) -> Origin:
    """The TCP peer (no header can name another one), the products in User-Agent and the hash of the raw body."""
    return Origin(
        address=address(scope),
        user_agent=products(headers.get("user-agent")),
        body_hash=hashlib.sha256(raw).hexdigest() if raw else None,
    )


def address(scope: Scope) -> str | None:
    """The TCP peer's address."""
    client = scope.get("client")
    return None if client is None else str(client[0])
