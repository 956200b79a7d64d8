"""The table of webhook subscriptions, one row per endpoint and secret of a tenant."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from .._metadata import TABLE_OPTIONS, Ascii, Instant, blob, metadata

subscriptions = Table(
    "webhook_subscriptions",
    metadata,
    Column("id", Ascii(32), primary_key=True),
    Column("tenant", Ascii(64), nullable=False),
    Column("endpoint_id", Ascii(255)),
    Column("secret", blob()),  # encrypted
    Column("secret_env", Ascii(255)),  # or the name of an environment variable
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Index("ix_webhook_subscriptions_tenant", "tenant", "disabled_at"),
    **TABLE_OPTIONS,
)
