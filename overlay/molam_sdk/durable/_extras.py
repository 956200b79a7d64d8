"""Imports what needs the extra `sql`, and says so where it is not installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..errors import ConfigurationError


def load(home: str) -> Any:
    """Import a module of this package.

    Raises:
        ConfigurationError: SQLAlchemy is missing, or greenlet, which its asynchronous half needs.
    """
    try:
        return import_module(f".{home}", __package__)
    except ImportError as error:
        missing = _missing(error)
        if missing is None:
            raise
    raise ConfigurationError(f"molam_sdk.durable needs {missing}: pip install 'molam-sdk-python[sql]'")


def _missing(error: BaseException | None) -> str | None:
    """Which of the two is not there; SQLAlchemy has an ImportError of its own that is caused by the other's."""
    while error is not None:
        name = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
        if name in ("sqlalchemy", "greenlet"):
            return name
        error = error.__cause__
    return None
