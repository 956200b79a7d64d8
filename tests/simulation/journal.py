"""A journal in memory, with the leases, fences, doubts and regions of a real one; it survives crashes of processes.

Written from what `molam_sdk.journal` says of a journal, and from no code of one.
"""

from __future__ import annotations

from typing import NamedTuple

from molam_sdk import errors

UNDONE = ("rejected", "not_sent")


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
        doubt: Whether it may have been done before whoever has it now had it.
        claims: How often it was begun and claimed.
    """

    __slots__ = ("body", "claims", "doubt", "ending", "key", "leased_until", "made_at", "object", "region", "verdict")

    def __init__(self, key: str, body: str, verdict: str, region: int, now: float, lease: float) -> None:
        self.key = key
        self.body = body
        self.verdict = verdict
        self.region = region
        self.made_at = now
        self.leased_until = now + lease
        self.ending: str | None = None
        self.object = ""
        self.doubt = False
        self.claims = 1

    def claim(self, until: float) -> Claim:
        """Lease it to somebody who settles it."""
        self.claims += 1
        self.leased_until, self.doubt = until, True
        return Claim(self, self.claims, True)


class Claim(NamedTuple):
    """What somebody has who works at an entry.

    Attributes:
        entry: The entry.
        number: Which of its claims this is; only the newest counts.
        in_doubt: Whether the call may have been done before.
    """

    entry: Entry
    number: int
    in_doubt: bool

    def finish(self, ending: str, found: str = "", *, settled: bool = False) -> bool:
        """Write down the end, if nobody else has it by now; an unknown one leaves it open and nobody's.

        Whoever saw a success is right; what is in doubt stays so unless the API has `settled` it.
        """
        entry = self.entry
        if ending == "succeeded":
            entry.ending, entry.object, entry.leased_until, entry.doubt = ending, found, 0.0, False
            return True
        if entry.claims != self.number or entry.ending is not None:
            return False
        entry.leased_until = 0.0
        if ending == "stale":
            entry.ending = ending
        elif ending in UNDONE and (settled or not entry.doubt):
            entry.ending, entry.doubt = ending, False
        else:
            entry.doubt = True
        return True


class Journal:
    """The entries of one order's calls."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def begin(self, key: str, body: str, verdict: str, region: int, now: float, lease: float) -> Claim:
        """Write a call down, or lease it again.

        Raises:
            ConflictError: It was or may have been done in another region.
        """
        for entry in self.entries:
            if entry.key == key:
                return self._begin_again(entry, region, now, lease)
        entry = Entry(key, body, verdict, region, now, lease)
        self.entries.append(entry)
        return Claim(entry, entry.claims, False)

    def open(self) -> list[Entry]:
        """Return the entries whose end nobody knows."""
        return [entry for entry in self.entries if entry.ending is None]

    def _begin_again(self, entry: Entry, region: int, now: float, lease: float) -> Claim:
        in_doubt = entry.ending not in UNDONE
        if in_doubt and entry.region != region:
            raise errors.ConflictError("it is in another region", code="idempotency_key_elsewhere", outcome="unknown")
        entry.claims += 1
        if entry.ending == "not_sent":
            entry.made_at = now
        if entry.ending != "succeeded":
            entry.ending, entry.doubt, entry.leased_until, entry.region = None, in_doubt, now + lease, region
        return Claim(entry, entry.claims, in_doubt)
