"""The one table of a run, as text for a terminal and as the page in the documentation."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence
from dataclasses import dataclass

PAGE = """\
# Benchmarks

What a call costs, as CPU time divided by that of the plainest way to do the same thing.
Written by `scripts/bench --write`.

Method: one process per entrant; every entrant runs one block per round, in random order, and a figure
is the median of the ratios of the rounds. The client runs on one core, a server of canned answers on
another. Compare the ratios; microseconds belong to one machine and one run. A create is answered with
1 KB of JSON on a connection that is kept. A throughput is in calls per second of the clock, so more is
better; every entrant has as many connections as calls in flight. A page is the whole `list` call over a
transport in memory. A cold start is import, client and first call in a fresh process with compiled
bytecode.

{table}
{versions}
"""


@dataclass(frozen=True)
class Row:
    """One entrant in one measure; only the SDK's own rows have a bar."""

    measure: str
    entrant: str
    ratio: float
    cost: str
    bar: float | None = None
    at_least: bool = False

    @property
    def passed(self) -> bool:
        if self.bar is None:
            return True
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar

    @property
    def cells(self) -> tuple[str, ...]:
        verdict = "" if self.bar is None else "pass" if self.passed else "FAIL"
        bar = "" if self.bar is None else f"{self.bar:g}"
        ratio = f"{self.ratio:.0f}" if self.cost == "modules" else f"{self.ratio:.2f}"
        return self.measure, self.entrant, ratio, bar, verdict, self.cost


HEADINGS = ("measure", "entrant", "ratio", "bar", "", "cost")


def as_text(rows: Sequence[Row]) -> str:
    lines = [HEADINGS, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def as_page(rows: Sequence[Row]) -> str:
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(row.cells for row in rows)]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return PAGE.format(table=table, versions=_versions())


def _versions() -> str:
    named: list[str] = []
    for package in ("httpx", "stripe", "openai", "aiohttp", "svix"):
        try:
            named.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return f"CPython {platform.python_version()}; {', '.join(named)}."
