"""Where a request came from: what the server knows by itself, and what proxies say that it trusts."""

import hashlib
from collections.abc import Mapping, Sequence

from starlette.types import Scope

from ..domain.audit.actors import Origin
from ..domain.audit.redaction import products
from .peer import Network, is_within, sender

_SCHEMES = {"http": {"http": "http", "https": "https"}, "websocket": {"http": "ws", "https": "wss"}}


def resolved(scope: Scope, headers: Mapping[str, str], trusted: Sequence[Network]) -> Scope:
    """The scope with the sender as its client, and the scheme that the sender used, if a trusted proxy tells them."""
    peer = address(scope)
    if not is_within(peer, trusted):
        return scope
    found = sender(peer, headers.get("x-forwarded-for", ""), trusted)
    told = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
    scheme = _SCHEMES.get(scope["type"], {}).get(told, scope.get("scheme"))
    return {**scope, "client": None if found is None else (found, 0), "scheme": scheme}


def of_request(scope: Scope, headers: Mapping[str, str], raw: bytes) -> Origin:
    """The sender's address, the products in User-Agent and the hash of the raw body."""
    return Origin(
        address=address(scope),
        user_agent=products(headers.get("user-agent")),
        body_hash=hashlib.sha256(raw).hexdigest() if raw else None,
    )


def address(scope: Scope) -> str | None:
    """The sender's address: the TCP peer's, unless `resolved` has found out more."""
    client = scope.get("client")
    return None if client is None else str(client[0])
