"""Decides from its failures when an endpoint is given up."""

from dataclasses import dataclass

LULL = 2 * 86_400_000
"""Milliseconds without an attempt after which failures begin to count anew: more than any pause of a schedule."""


@dataclass(frozen=True, slots=True)
class Failing:
    """Nothing was accepted between the failures at `since` and at `last`, in stored time."""

    since: int
    last: int


def after_failure(before: Failing | None, now: int) -> Failing:
    """What a failure makes of those before it: a row of its own if they were too long ago."""
    if before is None or now - before.last > LULL:
        return Failing(now, now)
    return Failing(before.since, max(now, before.last))


def sustained(failing: Failing, limit: int) -> bool:
    """Whether attempts have failed, and none succeeded, for `limit` milliseconds."""
    return failing.last - failing.since >= limit
