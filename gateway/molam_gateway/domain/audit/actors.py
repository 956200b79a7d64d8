"""Who causes a change, and where the request for it came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `type` is api_key, user, system or provider; `id` names which one."""

    type: str
    id: str | None = None


SOME_KEY = Actor("api_key")
"""Somebody with an API key, where nobody says which."""

SYSTEM = Actor("system", "gateway")
"""The gateway's own work: time limits, reconciliation, deliveries."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What the server itself knows of a request: the sender, the products in User-Agent, SHA-256 of the raw body.

    The address is the TCP peer's, or what proxies say that the operator named; never what the sender claims.
    """

    address: str | None = None
    user_agent: str | None = None
    body_hash: str | None = None


NOWHERE = Origin()
"""Of work that no request asked for."""
