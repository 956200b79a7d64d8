"""The secrets of the tenants that a test names by a dotted path."""

from __future__ import annotations


def secrets(tenant: str) -> str | None:
    return {"shop-a": "whsec_a", "shop-b": "whsec_b"}.get(tenant)
