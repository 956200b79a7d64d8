"""The one table of a run, as text for a terminal and as the section about the gateway in the documentation."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.page import GATEWAY

_SECTION = """\
{heading}

What the reference gateway does in a second, beside what the same machine could do at most, measured in
the same run. Written by `python -m benchmarks.gateway --write`.

Method: database, gateway ({workers} processes) and generators of load share {cores} cores. The database is
durable (`fsync`, `synchronous_commit`); audit trail, events, figures and a webhook endpoint are on. The floor of
commits inserts one row each, with as many clients and nothing between them and the database; the floor of
requests is an empty application on the same server stack. A pair is the creation and the confirmation of one
payment. In the open loop a latency counts from the planned moment, so a stall is not hidden. Commits are those
that PostgreSQL counts for the database, those of transactions that only read among them. Compare the ratios:
absolute figures belong to one machine and one run.

{table}
CPython {python}; {seconds:g} seconds per measure.
"""
_COLUMNS = ("measure", "figure", "ratio to", "ratio", "bar", "")


@dataclass(frozen=True)
class Figure:
    """One line: an absolute figure, and where it says something a ratio to another figure of the same run.

    The bar is for the ratio if there is one, else for the value.
    """

    measure: str
    value: float
    unit: str
    ratio: float | None = None
    ratio_to: str = ""
    bar: float | None = None
    at_least: bool = True

    @property
    def passed(self) -> bool:
        """Whether it keeps its bar."""
        judged = self.value if self.ratio is None else self.ratio
        return self.bar is None or (judged >= self.bar if self.at_least else judged <= self.bar)

    @property
    def cells(self) -> tuple[str, ...]:
        """One line of the table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        bar = "" if self.bar is None else f"{'>=' if self.at_least else '<='} {self.bar:g}"
        verdict = "" if self.bar is None else "pass" if self.passed else "FAIL"
        return (
            self.measure,
            f"{self.value:,.{0 if self.value >= 100 else 1}f} {self.unit}",
            self.ratio_to,
            ratio,
            bar,
            verdict,
        )


def as_text(figures: Sequence[Figure]) -> str:
    """For a terminal."""
    lines = [_COLUMNS, *(figure.cells for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def as_section(figures: Sequence[Figure], *, workers: int, seconds: float) -> str:
    """For the documentation."""
    lines = [_COLUMNS, ("---",) * len(_COLUMNS), *(figure.cells for figure in figures)]
    return _SECTION.format(
        heading=GATEWAY,
        workers=workers,
        cores=os.cpu_count(),
        table="".join(f"| {' | '.join(line)} |\n" for line in lines),
        python=platform.python_version(),
        seconds=seconds,
    )
