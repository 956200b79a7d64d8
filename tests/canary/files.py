"""The bytes of the SQLite files that a test writes: what its journals and stores hide must not be in those either."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, Engine

from molam_sdk import MolamError
from molam_sdk.durable import (
    AsyncIdempotencyStore,
    AsyncInbox,
    AsyncJournal,
    AsyncWebhookSubscriptions,
    IdempotencyStore,
    Inbox,
    Journal,
    WebhookSubscriptions,
)
from molam_sdk.durable._inbox import bodies as inbox
from molam_sdk.durable._journal import bodies as journal
from molam_sdk.durable._store import answers as store
from tests.canary.marks import CUSTOMER_DATA, SHORTEST, Marks
from tests.canary.watching import before
from tests.durable.databases import Durable

KEEPERS = (
    AsyncIdempotencyStore,
    AsyncInbox,
    AsyncJournal,
    AsyncWebhookSubscriptions,
    IdempotencyStore,
    Inbox,
    Journal,
    WebhookSubscriptions,
)
"""What keeps something in a database of the user; that of the gateway has customer data by right."""


class Files:
    """What one test wrote into which files, and which of it was to be hidden there.

    Rows tell what SQL shows. A file also has the pages of rows that were overwritten or deleted, and the WAL. It is
    read before every clean-up of a test database, before an engine lets go of it, and at the end of the test.
    """

    def __init__(self) -> None:
        self._opened: set[Path] = set()
        self._texts: dict[bytes, tuple[str, str]] = {}
        self._open: set[bytes] = set()
        self._hidden: dict[bytes, str] = {}
        self._descriptors: dict[Path, int] = {}

    def hide(self, what: str, content: bytes) -> None:
        """Search the files of this test for a content that was to be encrypted or left out."""
        if len(content) >= SHORTEST:
            self._hidden[content] = what

    def show(self, content: bytes) -> None:
        """Let the files of this test have a content that was to be kept as it is."""
        self._open.add(content)

    def opened(self, name: object) -> None:
        """Note a database of this test."""
        if isinstance(name, str) and name not in ("", ":memory:"):
            self._opened.add(Path(name))

    def read(self) -> None:
        """Take what is in the files by now."""
        for path in list(self._opened):
            wal = path.with_name(f"{path.name}-wal")
            for sink, content in (("file", self._database(path)), ("file WAL", _content(wal))):
                if content:
                    text = content.decode("utf-8", "replace")  # what is not ASCII in a page never hides what is
                    self._texts[sha256(content).digest()] = (sink, text)

    def purge(self, database: Durable) -> None:
        """Leave nothing of this test in the file, so that the next one answers for its own writing only."""
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            with database.engines[0].connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(statement)

    def found(self, marks: Marks) -> Iterator[tuple[str, set[str]]]:
        """Yield, for each time that a file was read, its sink and the names of what must not be in it.

        What the test wrote is forgotten with that.
        """
        self.read()
        by_right = set[str]().union(*(marks.found_in(each.decode("utf-8", "replace")) for each in self._open))
        by_right &= CUSTOMER_DATA
        hidden = {
            content.decode("utf-8", "replace"): what
            for content, what in self._hidden.items()
            if not any(content in each for each in self._open)
        }
        for sink, text in self._texts.values():
            about = f"{sink} of hidden bodies" if hidden else sink
            yield about, marks.found_in(text) - by_right | {hidden[each] for each in hidden if each in text}
        for each in (self._opened, self._texts, self._open, self._hidden):
            each.clear()

    def _database(self, path: Path) -> bytes:
        """The bytes of the database itself.

        Closing a descriptor of it would drop the locks that SQLite holds in this process (POSIX has it so), hence each
        file stays open for as long as it is there.
        """
        kept = self._descriptors.get(path)
        if kept is not None and os.fstat(kept).st_nlink == 0:
            os.close(self._descriptors.pop(path))
            kept = None
        if kept is None:
            try:
                kept = self._descriptors[path] = os.open(path, os.O_RDONLY)
            except FileNotFoundError:
                return b""
        return os.pread(kept, os.fstat(kept).st_size, 0)


def watch(files: Files) -> None:
    """Have every SQLite file of the SDK read, and noted what is to be hidden in it and what not."""

    def used(_: object, engine: Any = None, *__: object, **___: object) -> None:
        url = getattr(engine, "url", None)
        if isinstance(url, URL) and url.get_backend_name() == "sqlite":
            files.opened(url.database)

    for each in KEEPERS:
        before(each, "__init__", used)
    before(Engine, "dispose", lambda *_, **__: files.read())
    _watch_clean_up(files)
    _watch_bodies(files)


def _watch_clean_up(files: Files) -> None:
    clean = Durable.clean

    def cleaned(self: Durable) -> None:
        if self.name != "sqlite":
            clean(self)
            return
        files.opened(self.url.database)
        files.read()
        clean(self)
        files.purge(self)

    Durable.clean = cleaned  # type: ignore[method-assign]


def _watch_bodies(files: Files) -> None:
    """Note what is written by what the user asked for, not by what a row says of itself."""
    without_keys, redacted = WeakSet[Any](), WeakSet[Any]()

    def keep(what: str, content: bytes, openly: bool) -> None:
        if openly:
            files.show(content)
        else:
            files.hide(what, content)

    def made(self: object, *options: object) -> None:
        if options[-1] is None:  # the encryption keys
            without_keys.add(self)
        if options[0] == "redacted":
            redacted.add(self)

    def journaled(self: journal.Bodies, entry: Any) -> None:
        keep("body of a call", entry.content or b"", self in without_keys and self not in redacted)
        keep("fingerprint of a call", entry.fingerprint.encode(), self in without_keys)

    def received(self: inbox.Bodies, _: object, __: object, body: Any) -> None:
        keep("body of an event", body.value, self in without_keys)

    def answered(self: store.Answers, _: object, response: object) -> None:
        with suppress(MolamError):  # it is not JSON: nothing is written
            content = store._json(response, "response")  # pyright: ignore[reportPrivateUsage]
            keep("response", content, self in without_keys)

    for each in (journal.Bodies, inbox.Bodies, store.Answers):
        before(each, "__init__", made)
    before(journal.Bodies, "row", journaled)
    before(inbox.Bodies, "kept", received)
    before(store.Answers, "columns", answered)


def _content(path: Path) -> bytes:
    """The bytes of a file on which nobody holds a lock."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
