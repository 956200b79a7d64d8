"""How long somebody stays signed in to the dashboard."""

IDLE = 30 * 60 * 1000
"""Milliseconds without a page after which a session ends."""

ABSOLUTE = 12 * 3600 * 1000
"""Milliseconds after which a session ends whatever was done in it."""

LINK = 24 * 3600 * 1000
"""Milliseconds in which a sandbox's printed address signs in, once."""

_TOUCH = 60 * 1000


def in_force(created_at: int, seen_at: int, now: int) -> bool:
    """Whether a session still counts; a clock that was set back does not lengthen it."""
    return 0 <= now - created_at < ABSOLUTE and now - seen_at < IDLE


def worth_noting(seen_at: int, now: int) -> bool:
    """Whether a visit is long enough after the last one noted to be written down."""
    return now - seen_at >= _TOUCH
