"""Checks what a feed is asked for, before anything is sent."""

from __future__ import annotations

import re

from .._shapes import is_number
from ..errors import ValidationError

_ID = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)


def channel_of(value: object, name: str) -> str:
    """Return an id."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise ValidationError(f"{name} must be an id: letters, digits, _ and -", param=name, outcome="not_sent")


def after_of(value: object) -> int | None:
    """Return the number of an update, or None."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18):
        return value
    raise ValidationError("after must be the seq of an update", param="after", outcome="not_sent")


def seconds_of(value: object, name: str) -> float | None:
    """Return seconds above 0, or None."""
    if value is None:
        return None
    if is_number(value) and value > 0:
        return float(value)
    raise ValidationError(f"{name} must be a number of seconds above 0", param=name, outcome="not_sent")
