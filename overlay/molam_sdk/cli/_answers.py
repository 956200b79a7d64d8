"""Reads answers as the API wrote them, and its amounts as people write them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..errors import ValidationError
from ..money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .. import RawResponse

Document = dict[str, Any]


def document(raw: RawResponse[Any]) -> Document:
    """The JSON of an answer, every member included.

    Raises:
        UnexpectedResponseError: If it is not what the API promises.
    """
    raw.parse()
    found: Document = json.loads(raw.content)
    return found


def items(fetch: Callable[..., RawResponse[Any]], limit: int | None, **filters: Any) -> Iterator[Document]:
    """The items of all pages of a list, newest first, `limit` of them at most."""
    cursor: str | None = None
    left = limit
    while True:
        size = 100 if left is None else min(left, 100)
        page = document(fetch(limit=size, starting_after=cursor, **filters))
        yield from page["data"]
        cursor = page["next_cursor"]
        left = None if left is None else left - len(page["data"])
        if not page["has_more"] or cursor is None or left == 0:
            return


def amount(minor_units: object, currency: object) -> str:
    """An amount in major units with its currency: `49.99 EUR`."""
    try:
        return str(Money.minor(minor_units, currency))  # type: ignore[arg-type]  # it says itself what is no amount
    except ValidationError:
        return f"{minor_units} {currency} (minor units)"
