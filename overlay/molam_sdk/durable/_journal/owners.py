"""Whose calls a journal holds, where its user names them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from attrs import evolve

from ...errors import ConfigurationError

if TYPE_CHECKING:
    from ...journal import Entry, Scope

Owned = TypeVar("Owned", "Entry", "Scope")


def owner_of(name: object) -> str | None:
    """The owner that the user has named, or None.

    Raises:
        ConfigurationError: It is no name.
    """
    if name is None or (isinstance(name, str) and re.fullmatch(r"(?!key_)[!-~]{1,64}", name)):
        return name
    raise ConfigurationError("owner must be 1 to 64 visible ASCII characters, the first of them not key_")


def owned(thing: Owned, owner: str | None) -> Owned:
    """The entry or scope with the owner that was named, if one was."""
    return thing if owner is None else evolve(thing, owner=owner)
