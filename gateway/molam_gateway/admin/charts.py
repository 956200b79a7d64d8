"""Lays out the dashboard's charts: numbers in, rectangles out; the templates draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 720
HEIGHT = 200
_GAP = 2
_LEFT = 40
_BOTTOM = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of one kind; `label` is its text alternative."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at an axis."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What to draw in a box of WIDTH by HEIGHT, and the highest value."""

    bars: Sequence[Bar]
    marks: Sequence[Mark]
    top: int
    width: int = WIDTH
    height: int = HEIGHT


def stacked(columns: Sequence[tuple[str, Mapping[str, int]]], kinds: Sequence[str], every: int = 1) -> Chart:
    """A column for each name with its counts on top of each other, in the order of `kinds`; every n-th is named."""
    top = max((sum(counts.values()) for _, counts in columns), default=0)
    step = (WIDTH - _LEFT) / max(1, len(columns))
    plot = HEIGHT - _BOTTOM
    bars: list[Bar] = []
    marks = [Mark(0, 12, str(top)), Mark(0, plot, "0")]
    for number, (name, counts) in enumerate(columns):
        x, y = _LEFT + number * step, float(plot)
        for kind in kinds:
            count = counts.get(kind, 0)
            if count == 0:
                continue
            height = count / top * (plot - 4)
            y -= height
            bars.append(Bar(_round(x), _round(y), _round(step - _GAP), _round(height), kind, f"{name}: {count} {kind}"))
        if number % every == 0:
            marks.append(Mark(_round(x), HEIGHT - 6, name))
    return Chart(bars, marks, top)


def _round(value: float) -> float:
    return round(value, 1)
