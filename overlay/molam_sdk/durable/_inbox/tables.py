"""The tables of the webhook inbox."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table

from .._metadata import TABLE_OPTIONS, Ascii, Instant, blob, long_text, metadata

NO_SEQUENCE = -1
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

received_webhooks = Table(
    "received_webhooks",
    metadata,
    Column("tenant", Ascii(64), primary_key=True),
    Column("event_id", Ascii(255), primary_key=True),
    Column("type", Ascii(255), nullable=False),
    Column("object_id", Ascii(255), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("status", Ascii(64)),
    Column("body", blob()),
    Column("body_form", Ascii(16), nullable=False),
    Column("digest", Ascii(64), nullable=False),
    Column("conflicting", Boolean(create_constraint=False), nullable=False),
    Column("state", Ascii(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Ascii(128)),
    Column("passed_over", long_text()),
    Column("received_at", Instant(), nullable=False),
    Column("next_at", Instant(), nullable=False),
    Column("ended_at", Instant()),
    Index("ix_received_webhooks_due", "state", "next_at"),
    Index("ix_received_webhooks_of_object", "tenant", "object_id", "state", "sequence"),
    Index("ix_received_webhooks_ended", "state", "ended_at"),
    **TABLE_OPTIONS,
)
"""Each event once: `state` is pending, done, ignored, superseded or dead; `body_form` plain, encrypted or dropped.

`passed_over` has the names of the handlers that did not get an event that others have had: only they may still run.
"""

webhook_objects = Table(
    "webhook_objects",
    metadata,
    Column("tenant", Ascii(64), primary_key=True),
    Column("object_id", Ascii(255), primary_key=True),
    Column("token", Ascii(32), nullable=False),
    Column("leased_until", Instant(), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("event_id", Ascii(255), nullable=False),
    Column("status", Ascii(64)),
    Column("touched_at", Instant(), nullable=False),
    Index("ix_webhook_objects_touched", "touched_at"),
    **TABLE_OPTIONS,
)
"""Each object that an event was about: who works at its events, and the newest of those that were news."""
