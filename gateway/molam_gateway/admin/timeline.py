"""Brings everything that happened to one payment into one order of time."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from ..domain.major_units import to_major
from ..domain.times import milliseconds, rfc3339

Fact = tuple[str, str]
"""A name and what it is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened; `kind` is a word for it, `parts` are what belongs to it, each of them facts."""

    at: int
    id: str
    kind: str
    title: str
    state: str | None
    facts: Sequence[Fact] = ()
    parts: Sequence[Sequence[Fact]] = ()


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """Oldest first; ids grow within a millisecond, whatever they are of."""
    return sorted(entries, key=lambda entry: (entry.at, entry.id.partition("_")[2]))


def of_attempt(row: Mapping[str, Any]) -> Entry:
    """Something that the provider was told to do."""
    facts = _facts(
        {
            "amount": f"{to_major(row['amount'], row['currency'])} {row['currency']}",
            "our reference": row["provider_reference"],
            "provider's reference": row["handle"],
            "failure": row["failure_code"],
            "questions": row["polls"] or None,
            "about": row["subject"],
            "last change": _moment(row["updated_at"]),
        }
    )
    return Entry(row["created_at"], row["id"], "attempt", f"{row['kind']} at {row['provider']}", row["state"], facts)


def of_refund(row: Mapping[str, Any]) -> Entry:
    """A refund as it is now."""
    facts = _facts(
        {
            "amount": f"{to_major(row['amount'], row['currency'])} {row['currency']}",
            "reason": row["reason"],
            "failure": row["failure_reason"],
            "reference": row["provider_reference"],
        }
    )
    return Entry(row["created_at"], row["id"], "refund", "Refund", row["status"], facts)


def of_case(row: Mapping[str, Any]) -> Entry:
    """Something that people had to decide, or still have."""
    facts = _facts({"about": row["subject"], "detail": row["detail"], "resolution": row["resolution"]})
    return Entry(row["created_at"], row["id"], "case", f"Case: {row['kind'].replace('_', ' ')}", row["status"], facts)


def of_audit(entry: Mapping[str, Any]) -> Entry:
    """An entry of the audit trail in its API form."""
    about = cast(Mapping[str, object], entry["resource"] or {})
    actor = cast(Mapping[str, object], entry["actor"])
    facts = _facts(
        {
            "about": about.get("id"),
            "by": " ".join(str(each) for each in (actor["type"], actor["id"]) if each),
            "request": entry["request_id"],
            "change": _change(entry["before"], entry["after"]),
        }
    )
    at = milliseconds(datetime.fromisoformat(str(entry["created_at"])))
    return Entry(at, str(entry["id"]), "audit", str(entry["action"]), str(entry["outcome"]), facts)


def of_event(event: Mapping[str, Any], tries: Sequence[Mapping[str, Any]]) -> Entry:
    """An event with its deliveries and their attempts."""
    own = [row for row in tries if row["event_id"] == event["id"]]
    facts = _facts({"about": event["object_id"], "deliveries": len({row["id"] for row in own})})
    return Entry(event["created_at"], event["id"], "event", event["type"], None, facts, [_try(row) for row in own])


def _try(row: Mapping[str, Any]) -> list[Fact]:
    if row["number"] is None:
        return _facts({"delivery": row["id"], "to": row["endpoint_id"], "state": row["status"]})
    return _facts(
        {
            "delivery": row["id"],
            "to": row["endpoint_id"],
            "state": row["status"],
            "attempt": row["number"],
            "at": _moment(row["started_at"]),
            "took": f"{row['duration_ms']} ms",
            "answer": row["status_code"] or row["error"],
        }
    )


def _change(before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> str | None:
    """The members that an entry tells of, as they became."""
    if not before and not after:
        return None
    names = {**(before or {}), **(after or {})}
    return "; ".join(
        f"{name}: {_short((before or {}).get(name))} → {_short((after or {}).get(name))}" for name in names
    )


def _short(value: object) -> str:
    return "none" if value is None else value if isinstance(value, str) else json.dumps(value)


def _facts(named: Mapping[str, object]) -> list[Fact]:
    return [(name, str(value)) for name, value in named.items() if value is not None]


def _moment(stored: int) -> str:
    return rfc3339(stored).replace("T", " ")
