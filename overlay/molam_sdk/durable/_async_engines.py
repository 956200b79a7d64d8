"""A user's AsyncEngine as the durable parts use it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from ..errors import ConfigurationError
from . import _engines


def own_engine(engine: AsyncEngine) -> AsyncEngine:
    """See `_engines.own_engine`."""
    if not isinstance(engine, AsyncEngine):  # pyright: ignore[reportUnnecessaryIsInstance] - users without checks
        raise ConfigurationError(f"engine must be a sqlalchemy.ext.asyncio.AsyncEngine, not {type(engine).__name__}")
    return AsyncEngine(_engines.own_engine(engine.sync_engine))
