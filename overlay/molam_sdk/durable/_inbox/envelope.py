"""Reads what the inbox must know of an event to keep it; the handlers get the event itself."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, cast

from attrs import frozen

from ...errors import UnexpectedResponseError
from .._hidden import Hidden
from .order import Position

_NAME = re.compile(r"[!-~]{1,255}").fullmatch
_STATUS = re.compile(r"[!-~]{1,64}").fullmatch
_LARGEST = 2**63


@frozen
class Envelope:
    """An event from outside.

    Attributes:
        event_id: Its id.
        type: What happened.
        object_id: Whose turn it takes: the object that it is about, or the event itself where it names none.
        position: Where it stands among the events of that object; None where it does not say.
    """

    event_id: str
    type: str
    object_id: str
    position: Position | None


def read_envelope(body: Hidden[bytes]) -> Envelope:
    """Return what a verified body says.

    Raises:
        UnexpectedResponseError: It is no JSON object with an id and a type of 1 to 255 visible ASCII characters.
    """
    document = _members(_parsed(body.value))
    event_id, kind = document.get("id"), document.get("type")
    if not isinstance(event_id, str) or not isinstance(kind, str) or not _NAME(event_id) or not _NAME(kind):
        raise UnexpectedResponseError(
            "the webhook is authentic but not an event: its body is no JSON object with a usable id and type",
            raw=body.value,
            outcome="not_sent",
        )
    about = _members(_members(document.get("data")).get("object"))
    return Envelope(event_id, kind, _object_id(about.get("id"), event_id), _position(document, about, event_id))


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _members(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _object_id(named: object, event_id: str) -> str:
    if not isinstance(named, str) or not named:
        return event_id
    if _NAME(named):
        return named
    return "sha256:" + hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()


def _position(document: dict[str, Any], about: dict[str, Any], event_id: str) -> Position | None:
    sequence, status = document.get("sequence"), about.get("status")
    if type(sequence) is not int or not 0 <= sequence < _LARGEST:
        return None
    return Position(sequence, event_id, status if isinstance(status, str) and _STATUS(status) else None)
