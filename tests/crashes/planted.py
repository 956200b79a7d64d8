"""Journals and inboxes with a defect each, to show that crashes bring it to light."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any

import attrs
from sqlalchemy import Connection, Table, insert

from molam_sdk._calls import journaling
from molam_sdk.durable._guard import TransactionLost
from molam_sdk.durable._inbox import intake, worker
from molam_sdk.durable._inbox.queue import LeaseLost
from molam_sdk.journal import Begun, CallJournal, Ended, Entry, Scope

_LOST = {"deed": "kill", "lens": "wire", "variant": "minted keys"}
ANSWERS_FIRST = "answered before it is kept"
JOURNAL_DEFECTS: Mapping[str, Mapping[str, str]] = {
    "written after the answer": _LOST,
    "another key at recovery": _LOST,
    "claims nothing": _LOST,
    "never finished": {},
    "no doubt about what was begun before": {"deed": "kill", "network": "gone after"},
    "not asked about what is not sent": {"deed": "kill", "network": "gone after"},
    "overtaken unnoticed": {"deed": "stop", "network": "gone"},
}
"""Each with the kind of story that it comes to light in."""
INBOX_DEFECTS: Mapping[str, Mapping[str, str]] = {
    "done apart from the effect": {"deed": "kill", "lens": "sql"},
    "no fencing": {"deed": "stop", "lens": "sql"},
    "each delivery is an event": {},
    ANSWERS_FIRST: {"deed": "kill", "lens": "sql"},
}


def journal_with(defect: str | None, journal: CallJournal) -> CallJournal:
    """The journal, with a defect if one is named; one is that of the client, which does not ask it."""
    if defect == "not asked about what is not sent":
        _replace(journaling, must_ask=lambda *_: False)
        return journal
    return journal if defect is None else _Defective(defect, journal)


class _Defective:
    def __init__(self, defect: str, journal: CallJournal) -> None:
        assert defect in JOURNAL_DEFECTS, defect
        self._defect = defect
        self._journal = journal
        self._unwritten: dict[str, Entry] = {}

    def begin(self, entry: Entry) -> Begun:
        if self._defect == "written after the answer":
            self._unwritten[entry.idempotency_key] = entry
            return Begun(token=entry.idempotency_key, in_doubt=False, first_used_at=entry.created_at)
        begun = self._journal.begin(entry)
        return attrs.evolve(begun, in_doubt=False) if self._defect == "no doubt about what was begun before" else begun

    def in_doubt(self, entry: Entry) -> bool:
        return self._journal.in_doubt(entry)

    def finish(self, token: str, ended: Ended) -> bool:
        if self._defect == "never finished":
            return True
        entry = self._unwritten.pop(token, None)
        written = self._journal.finish(token if entry is None else self._journal.begin(entry).token, ended)
        return written or self._defect == "overtaken unnoticed"

    def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        if self._defect == "claims nothing":
            return ()
        claimed = self._journal.claim(limit, lease, scope)
        if self._defect == "another key at recovery":
            return [
                (token, attrs.evolve(entry, idempotency_key=f"{entry.idempotency_key}x")) for token, entry in claimed
            ]
        return claimed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)


def plant_in_inbox(defect: str | None) -> None:
    """Give the synchronous inbox of this process a defect if one is named; `ANSWERS_FIRST` is the program's own."""
    assert defect is None or defect in INBOX_DEFECTS, defect
    match defect:
        case "done apart from the effect":
            _replace(worker, end=_end_apart)
        case "no fencing":
            _replace(worker, hold=_hold_anyway, end=_end_anyway)
        case "each delivery is an event":
            _replace(intake, insert_once=_insert_anyway)
        case _:
            pass


def _replace(module: ModuleType, **functions: Callable[..., Any]) -> None:
    for name, function in functions.items():
        setattr(module, name, function)


_end: Callable[..., None] = vars(worker)["end"]
_hold: Callable[..., Any] = vars(worker)["hold"]


def _end_apart(connection: Connection, *args: Any, **kwargs: Any) -> None:
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    _end(connection, *args, **kwargs)


def _hold_anyway(connection: Connection, claimed: Any) -> Any:
    try:
        return _hold(connection, claimed)
    except LeaseLost:
        return claimed


def _end_anyway(connection: Connection, *args: Any, **kwargs: Any) -> None:
    with suppress(TransactionLost):
        _end(connection, *args, **kwargs)


def _insert_anyway(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    connection.execute(insert(table).values({**row, "event_id": f"{row['event_id']}{time.monotonic_ns()}"}))
    return True
