"""What SDKs tell of their own calls, added up by account and version: no operation and no person is kept."""

import re
from dataclasses import dataclass, fields
from functools import lru_cache

BOUNDS = (100, 300, 1000, 3000)
"""Upper bounds in milliseconds, inclusive, of the latencies that are counted apart."""

OTHER = "other"
"""Stands for versions beyond those that are counted apart."""

_VERSION = re.compile(
    r"molam-sdk-python/([0-9]{1,4}(?:\.[0-9]{1,4}){1,2}(?:(?:a|b|rc|\.dev)[0-9]{1,3})?)(?= |$)", re.ASCII
)
_REPORT = re.compile(r"op=[a-z_]{1,64};status=([0-9]{1,3});attempts=([0-9]{1,3});ms=([0-9]{1,8})(?:,|$)", re.ASCII)
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class Tally:
    """Calls added up; `failures` had a status of 400 or more, `unanswered` none. Times are milliseconds."""

    calls: int = 0
    failures: int = 0
    unanswered: int = 0
    repetitions: int = 0
    total_ms: int = 0
    within_100: int = 0
    within_300: int = 0
    within_1000: int = 0
    within_3000: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})


@lru_cache(maxsize=64)
def version_of(user_agent: str) -> str | None:
    """The SDK's version, if the User-Agent is its own."""
    match = _VERSION.match(user_agent)
    return None if match is None else match[1]


def tally(header: str) -> Tally:
    """The calls that a Molam-Client-Telemetry header reports; what is not in its form is left out."""
    total, at = Tally(), 0
    if len(header) > _LONGEST:
        return total
    while (match := _REPORT.match(header, at)) is not None:
        total += _of_call(*map(int, match.groups()))
        at = match.end()
    return total


def percentile(tally: Tally, share: float) -> int | None:
    """The bound below which this share of the calls ended; None if it is beyond the last one, or nothing was told."""
    wanted, counted = tally.calls * share, 0
    if tally.calls == 0:
        return None
    for bound in BOUNDS:
        counted += getattr(tally, f"within_{bound}")
        if counted >= wanted:
            return bound
    return None


def _of_call(status: int, attempts: int, ms: int) -> Tally:
    bound = next((each for each in BOUNDS if ms <= each), None)
    return Tally(
        calls=1,
        failures=int(status >= 400),
        unanswered=int(status == 0),
        repetitions=max(0, attempts - 1),
        total_ms=ms,
        **({} if bound is None else {f"within_{bound}": 1}),
    )
