"""Reads how long a receiver asks to be left alone (RFC 9110, section 10.2.3)."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

STATUSES = frozenset({429, 502, 503, 504})
"""The answers that a receiver may say this with."""

LONGEST = 3600.0
"""Seconds that are honoured of however many."""

_SECONDS = re.compile(r"[0-9]{1,19}", re.ASCII)
_LONGEST_HEADER = 64


def seconds(status: int, header: str | None, now: datetime) -> float | None:
    """The seconds from `now` (real time) in an answer's `Retry-After`, an hour at most; None if it says nothing."""
    if status not in STATUSES or header is None or len(header) > _LONGEST_HEADER:
        return None
    text = header.strip(" \t")
    if _SECONDS.fullmatch(text):
        return min(float(text), LONGEST)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    try:
        left = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
    except OverflowError:
        return None
    return min(max(left, 0.0), LONGEST)
