"""Says what is wrong with the object in an answer, where a typed field would hold something of another type.

The generated models take strings, numbers and flags as they come. What a merchant counts money with is looked at
here: ids, amounts, currencies and modes, of the object itself, of each item of a list and of the object in an event,
and the times of the object itself.
"""

from __future__ import annotations

import re
from typing import Any

from .._shapes import is_list, is_object

AMOUNTS = (
    "amount",
    "amount_capturable",
    "amount_captured",
    "amount_received",
    "amount_refund_pending",
    "amount_refunded",
)
BALANCES = ("available", "pending", "reserved")
TIMES = (
    "created_at",
    "updated_at",
    "expires_at",
    "arrives_at",
    "now_at",
    "since_at",
    "generated_at",
    "next_attempt_at",
    "started_at",
)
_DECIMAL = re.compile(r"[0-9]{1,32}(?:\.[0-9]{1,32})?").fullmatch
_SHORTEST_TIME = len("2026-11-01T00:00:00Z")


def complaint(data: dict[str, Any]) -> str | None:
    """Return what is wrong with the JSON object of a 2xx answer, None where nothing is."""
    wrong = _of_object(data) or _of_times(data)
    if wrong is not None:
        return wrong
    inside = data.get("data")
    if isinstance(inside, list):
        return _of_page(data)
    if is_object(inside):
        return _of_event(inside)
    if "available" in data:
        return _of_balance(data)
    return None


def _of_object(data: dict[str, Any]) -> str | None:
    get = data.get
    if type(get("id", "")) is not str:
        return "id is no string"
    if "transaction_id" in data:
        return _of_payment(data)
    if "amount" in data:
        for name in AMOUNTS:
            if type(get(name, 0)) is not int:
                return f"{name} is no whole number"
        if type(get("currency", "")) is not str:
            return "currency is no string"
    if type(get("livemode", False)) is not bool:
        return "livemode is neither true nor false"
    return None


def _of_payment(data: dict[str, Any]) -> str | None:
    """Of the façade's payments and refunds, whose amounts are text."""
    for name in ("transaction_id", "currency"):
        if type(data.get(name, "")) is not str:
            return f"{name} is no string"
    for name in AMOUNTS:
        amount = data.get(name, "0")
        if type(amount) is not str or not _DECIMAL(amount):
            return f"{name} is no decimal in text"
    if type(data.get("livemode", False)) is not bool:
        return "livemode is neither true nor false"
    return None


def _of_times(data: dict[str, Any]) -> str | None:
    for name in TIMES:
        time = data.get(name)
        if time is not None and not _is_moment(time):
            return f"{name} is no time with a zone"
    return None


def _of_page(page: dict[str, Any]) -> str | None:
    if type(page.get("has_more", False)) is not bool:
        return "has_more is neither true nor false"
    if type(page.get("next_cursor") or "") is not str:
        return "next_cursor is no string"
    for item in page["data"]:
        if not is_object(item):
            return "data holds what is no object"
        wrong = _of_object(item)
        if wrong is None and is_object(inside := item.get("data")):
            wrong = _of_event(inside)
        if wrong is not None:
            return f"an item's {wrong}"
    return None


def _of_event(data: dict[str, Any]) -> str | None:
    subject = data.get("object")
    wrong = _of_object(subject) if is_object(subject) else None
    return None if wrong is None else f"its object's {wrong}"


def _of_balance(balance: dict[str, Any]) -> str | None:
    for name in BALANCES:
        rows = balance.get(name)
        for row in rows if is_list(rows) else ():
            wrong = _of_object(row) if is_object(row) else "row is no object"
            if wrong is not None:
                return f"{name}: {wrong}"
    return None


def _is_moment(time: object) -> bool:
    return (
        type(time) is str and len(time) >= _SHORTEST_TIME and (time[-1] in "Zz" or time[-6] in "+-" or time[-5] in "+-")
    )
