"""Turns claimed rows into entries, and checks the age of what is deleted."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ...errors import ConfigurationError
from .._ages import checked_age
from .._logs import log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from ...journal import Entry
    from .._hidden import Hidden
    from .bodies import Bodies

CLEANUP_BATCH = 500

_RETENTION = timedelta(hours=24)
_log = logging.getLogger("molam_sdk.durable")


def entries(claimed: Sequence[tuple[str, Hidden[Row[Any]]]], bodies: Bodies, lease: float) -> list[tuple[str, Entry]]:
    """The claimed rows with their tokens; those that cannot be opened say so, and the log does."""
    read = [(token, bodies.entry(row.value, lease)) for token, row in claimed]
    for token, entry in read:
        if entry.unreadable is not None:
            id = token.partition(":")[0]
            log(_log, logging.WARNING, "call %s of the journal cannot be recovered: %s", id, entry.unreadable)
    return read


def age(older_than: timedelta) -> float:
    """Seconds for cleanup.

    Raises:
        ConfigurationError: It is no timedelta, or the API may still know the keys of such calls.
    """
    if checked_age("older_than", older_than) < _RETENTION:
        raise ConfigurationError("older_than must be 24 hours or more: until then a key may be repeated")
    return older_than.total_seconds()
