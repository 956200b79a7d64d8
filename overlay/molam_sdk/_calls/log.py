"""The log of calls: a record that cannot be written never changes what became of one."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

logger = logging.getLogger("molam_sdk")


def log(level: int, message: str, *args: object, **options: Any) -> None:
    """Write a record; a filter or handler of the program that raises is ignored.

    Raised, its exception would make a payment that succeeded look failed.
    """
    with suppress(Exception):
        logger.log(level, message, *args, **options)
