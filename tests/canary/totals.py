"""What the searches of a run came to, added up over its processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any


class Totals:
    """How many texts were searched by kind of sink, the leaks, and what else fails the run.

    Attributes:
        searched: Texts by kind of sink.
        leaks: What was found where, with the test and the text, the values masked.
        faults: Why the figures cannot be relied on.
    """

    def __init__(self) -> None:
        self.searched: Counter[str] = Counter()
        self.leaks: dict[str, str] = {}
        self.faults: set[str] = set()

    def add(self, other: Mapping[str, Any]) -> None:
        """Add what another process says with `plain`."""
        self.searched.update(other["searched"])
        for leak, where in other["leaks"].items():
            self.leaks.setdefault(leak, where)
        self.faults.update(other["faults"])

    def plain(self) -> dict[str, Any]:
        """All of it, as JSON can hold it."""
        return {"searched": dict(self.searched), "leaks": self.leaks, "faults": sorted(self.faults)}

    def __str__(self) -> str:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.searched.items()))
        searched = f"{self.searched.total():,} texts of {len(self.searched)} kinds of sinks ({kinds})"
        return f"{len(self.leaks)} leaks in {searched}"
