"""The table of the journal, one row per idempotency key, owner, account and mode."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, UniqueConstraint

from .._metadata import TABLE_OPTIONS, Ascii, Instant, blob, long_text, metadata

calls = Table(
    "molam_calls",
    metadata,
    Column("id", Ascii(32), primary_key=True),
    Column("owner", Ascii(64), nullable=False),
    Column("account", Ascii(255), nullable=False),  # "" without: NULLs would not be unique
    Column("mode", Ascii(5), nullable=False),  # live, test or token
    Column("idempotency_key", Ascii(255), nullable=False),
    Column("operation", Ascii(100), nullable=False),
    Column("fingerprint", Ascii(64), nullable=False),
    Column("target", long_text(), nullable=False),
    Column("region", long_text(), nullable=False),
    Column("content", blob()),  # of calls that are not closed
    Column("content_form", Ascii(9), nullable=False),  # plain, encrypted, redacted, or keyed: with a keyed fingerprint
    Column("sealed_with", Ascii(16)),
    Column("state", Ascii(9), nullable=False),
    Column("doubt", Boolean(create_constraint=False), nullable=False),
    Column("claims", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),  # by the clock of the host, all others by the database's
    Column("first_begun_at", Instant, nullable=False),
    Column("last_begun_at", Instant, nullable=False),
    Column("leased_until", Instant),  # of unfinished calls only
    Column("finished_at", Instant),
    Column("status_code", Integer),
    Column("object_id", Ascii(255)),
    Column("code", Ascii(255)),
    Column("request_id", Ascii(255)),
    UniqueConstraint("idempotency_key", "owner", "account", "mode"),
    **TABLE_OPTIONS,
)
Index(
    "ix_molam_calls_leased_until",
    calls.c.leased_until,
    sqlite_where=calls.c.leased_until.is_not(None),
    postgresql_where=calls.c.leased_until.is_not(None),
)
Index(
    "ix_molam_calls_finished_at",
    calls.c.finished_at,
    sqlite_where=calls.c.finished_at.is_not(None),
    postgresql_where=calls.c.finished_at.is_not(None),
)
