"""The idempotency store of a merchant's own endpoints."""
