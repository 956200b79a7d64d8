"""Records in the log that never change what became of something."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger


def log(logger: Logger, level: int, message: str, *args: object) -> None:
    """Write a record; a filter or handler of the program that raises is ignored.

    Raised, its exception would make an event that is done look lost.
    """
    with suppress(Exception):
        logger.log(level, message, *args)
