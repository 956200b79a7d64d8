"""The events table as a list that can be read again."""

from collections.abc import Mapping
from dataclasses import dataclass

from .tables import Table


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as recorded; `document` is its API form."""

    id: str
    account_id: str
    livemode: bool
    type: str
    object_id: str
    sequence: int
    document: Mapping[str, object]
    created_at: int


TABLE = Table("events", EventRow, json=("document",), filters=("type", "object_id"))
