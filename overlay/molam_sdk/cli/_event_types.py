"""The types of events: which there are, and which of them a pattern means."""

from __future__ import annotations

import fnmatch
from difflib import get_close_matches
from typing import TYPE_CHECKING

from molam_api.event_types import EVENT_OBJECTS

if TYPE_CHECKING:
    from collections.abc import Callable


def known_types() -> list[str]:
    """The types that this version knows."""
    return sorted(EVENT_OBJECTS)


def complete(incomplete: str) -> list[str]:
    """Those that a shell may complete to."""
    return [each for each in known_types() if each.startswith(incomplete)]


def misspelt(name: str) -> str | None:
    """What to say of a name that is close to a known type; None for known types, and for those of a newer API."""
    near = get_close_matches(name, known_types(), n=1)
    if name in EVENT_OBJECTS or not near:
        return None
    return f"there is no type {name}; did you mean {near[0]}? --list shows all"


def chosen(patterns: str | None, note: Callable[[str], object]) -> Callable[[str], bool]:
    """Whether a type is meant by `payment_intent.*,refund.failed`; a pattern that means none is noted."""
    wanted = [each.strip() for each in (patterns or "*").split(",") if each.strip()]
    for pattern in wanted:
        if pattern != "*" and not fnmatch.filter(EVENT_OBJECTS, pattern):
            note(f"no known type of event is {pattern}")
    return lambda each: any(fnmatch.fnmatchcase(each, pattern) for pattern in wanted)
