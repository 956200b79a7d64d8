"""Columns of the durable tables as Django's models read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

__all__ = ["InstantField"]

if TYPE_CHECKING:
    _Field = models.Field[datetime | None, datetime | None]
else:
    _Field = models.Field

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class InstantField(_Field):
    """An aware datetime, kept as microseconds since 1970 in UTC."""

    def get_internal_type(self) -> str:
        """Name the kind of column."""
        return "BigIntegerField"

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> datetime | None:
        """Read it."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)

    def get_prep_value(self, value: Any) -> Any:
        """Write it, or compare with it."""
        return (value - _EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else value
