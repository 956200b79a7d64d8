"""The table of the store, one row per idempotency key, route and scope."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table

from .._metadata import TABLE_OPTIONS, Ascii, Instant, blob, metadata

answers = Table(
    "server_idempotency",
    metadata,
    Column("idempotency_key", Ascii(255), nullable=False),
    Column("route", Ascii(255), nullable=False),
    Column("scope", Ascii(255), nullable=False),  # "" without
    Column("fingerprint", Ascii(64)),
    Column("status", Ascii(9), nullable=False),  # in_flight, completed or failed
    Column("response", blob()),
    Column("response_form", Ascii(9), nullable=False),  # plain or encrypted
    Column("claims", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("leased_until", Instant),  # while in flight
    Column("completed_at", Instant),
    Column("expires_at", Instant, nullable=False),
    PrimaryKeyConstraint("idempotency_key", "route", "scope"),
    Index("ix_server_idempotency_expires_at", "expires_at"),
    **TABLE_OPTIONS,
)
