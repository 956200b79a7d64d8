"""The part of the plugin for molam_sdk.durable: its keys and secrets are marks, its rows and objects are searched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import currentframe
from types import FrameType, NoneType
from typing import Any

from sqlalchemy import text

from molam_sdk._shapes import is_list
from molam_sdk.durable import (
    AsyncIdempotencyStore,
    AsyncInbox,
    AsyncJournal,
    AsyncWebhookSubscriptions,
    IdempotencyStore,
    Inbox,
    Journal,
    WebhookSubscriptions,
    metadata,
)
from molam_sdk.durable._inbox.bodies import KeptBody
from molam_sdk.durable._inbox.queue import Claim
from molam_sdk.durable._inbox.tenants import Directory
from molam_sdk.durable._sealing import Seal
from molam_sdk.durable._subscriptions.records import Secrets
from molam_sdk.journal import Entry
from tests.canary.marks import Marks
from tests.canary.watching import before
from tests.durable.databases import Durable

OBJECTS: tuple[type, ...] = (
    AsyncIdempotencyStore,
    AsyncInbox,
    AsyncJournal,
    AsyncWebhookSubscriptions,
    Claim,
    Directory,
    Entry,
    IdempotencyStore,
    Inbox,
    Journal,
    KeptBody,
    Seal,
    WebhookSubscriptions,
)
"""What is searched as clients and configs are."""

IN_THE_CLEAR = {"content": "content_form", "body": "body_form", "response": "response_form"}
"""Columns that hold bodies by right where the other column says `plain`."""


def mark(marks: Marks) -> None:
    """Have the encryption keys and signing secrets of every test searched for."""

    def keys(_: object, given: Any, *__: object) -> None:
        for key in given if is_list(given) else ():
            marks.add("encryption key", key.decode("latin-1") if isinstance(key, bytes) else key)

    def secrets(_: object, secret: Any, tenants: Any = None, **__: object) -> None:
        for each in (secret, *(tenants.values() if hasattr(tenants, "values") else ())):
            for word in each.values() if hasattr(each, "values") else each if is_list(each) else [each]:
                marks.add("webhook secret", word)

    before(Seal, "__init__", keys)
    before(Directory, "__init__", secrets)

    def kept(_: object, __: object, secret: object, *___: object) -> None:
        marks.add("webhook secret", secret)

    before(Secrets, "row", kept)


def watch_rows(write: Callable[[str, str], None]) -> None:
    """Have every row that a test leaves searched, but for the columns that hold bodies by right."""

    def rows(database: Durable) -> None:
        with database.engines[0].connect() as connection:
            for table in metadata.tables:
                for row in connection.execute(text(f"SELECT * FROM {table}")).mappings():  # noqa: S608 - our tables
                    write(f"rows of {table}", repr(dict(_shown(row))))

    before(Durable, "clean", rows)


def is_the_tests_own(logger: str) -> bool:
    """Whether a record of a library is of what a test does itself, or one that the guide warns of.

    aiosqlite logs every value at level DEBUG, in a thread of its own; docs/guides/durable-calls.md says so.
    """
    if logger.startswith("aiosqlite"):
        return True
    return logger.startswith("sqlalchemy") and not any(name.startswith("molam_sdk.") for name in _callers())


def _shown(row: Any) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if row.get(IN_THE_CLEAR.get(name, "")) != "plain":
            yield name, value if isinstance(value, (str, int, NoneType)) else bytes(value)


def _callers() -> Iterator[str]:
    frame: FrameType | None = currentframe()
    while frame is not None:
        yield str(frame.f_globals.get("__name__"))
        frame = frame.f_back
