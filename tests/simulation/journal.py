"""A journal in memory, with the leases of a real one; it survives the crashes of simulated processes."""

from __future__ import annotations


class Entry:
    """One call that was written down.

    Attributes:
        key: Its idempotency key.
        body: The bytes.
        verdict: What the payment provider will say.
        region: Position of the region that it was sent to.
        made_at: When.
        leased_until: Until when it counts as worked at.
        ending: How it ended; None while nobody knows.
        object: Id of the object that it made.
    """

    __slots__ = ("body", "ending", "key", "leased_until", "made_at", "object", "region", "verdict")

    def __init__(self, key: str, body: str, verdict: str, region: int, now: float, lease: float) -> None:
        self.key = key
        self.body = body
        self.verdict = verdict
        self.region = region
        self.made_at = now
        self.leased_until = now + lease
        self.ending: str | None = None
        self.object = ""

    def finish(self, ending: str, found: str = "") -> None:
        """Write down the end; an unknown one leaves it open and nobody's."""
        self.leased_until = 0.0
        if ending != "unknown":
            self.ending = ending
            self.object = found


class Journal:
    """The entries of one order's calls."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def begin(self, key: str, body: str, verdict: str, region: int, now: float, lease: float) -> Entry:
        """Write a call down, or lease it again."""
        for entry in self.entries:
            if entry.key == key:
                entry.leased_until = now + lease
                entry.region = region
                if entry.ending != "succeeded":
                    entry.ending = None
                return entry
        entry = Entry(key, body, verdict, region, now, lease)
        self.entries.append(entry)
        return entry

    def open(self) -> list[Entry]:
        """Return the entries whose end nobody knows."""
        return [entry for entry in self.entries if entry.ending is None]
