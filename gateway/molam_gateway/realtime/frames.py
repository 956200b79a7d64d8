"""The frames: an event, a snapshot or the end of a gap, as they are written to a listener."""

import json
from collections.abc import Mapping, Sequence
from typing import cast

from ..domain import facade
from ..storage.feed import FeedEvent

MAX_BYTES = 65_536

TYPES: Mapping[str, str] = {
    "payment_intent.created": "payment.initiated",
    "payment_intent.requires_action": "payment.processing",
    "payment_intent.processing": "payment.processing",
    "payment_intent.amount_capturable_updated": "payment.processing",
    "payment_intent.succeeded": "payment.completed",
    "payment_intent.failed": "payment.failed",
    "payment_intent.canceled": "payment.canceled",
    "refund.created": "refund.processing",
    "refund.updated": "refund.processing",
    "refund.processed": "refund.completed",
    "refund.failed": "refund.failed",
    "payout.created": "payout.created",
    "payout.processing": "payout.processing",
    "payout.succeeded": "payout.succeeded",
    "payout.failed": "payout.failed",
    "payout.reversed": "payout.reversed",
    "payout.canceled": "payout.canceled",
}
"""The façade's word for each fact that listeners hear of."""

_LONG = ("metadata", "description", "next_action", "customer")
"""What a frame that would be too large does without, in this order."""


def of_event(event: FeedEvent) -> str | None:
    """The frame of an event; None for a fact that listeners do not hear of."""
    type = TYPES.get(event.type)
    if type is None:
        return None
    data = cast(Mapping[str, Mapping[str, object]], event.document["data"])
    head = {"id": event.id, "type": type, "seq": event.seq, "created_at": event.document["created_at"]}
    return _bounded(head, _view(type, data["object"]))


def snapshot(channel: str, seq: int, now: str, payments: Sequence[Mapping[str, object]]) -> str:
    """The first frame for who begins to listen: payments as they are now, and the number from which events follow.

    `payments` are in their canonical form; the last ones are left out where the frame would be too large.
    """
    shown: list[dict[str, object]] = []
    size = 0
    for payment in map(facade.payment, payments):
        size += len(_encoded(payment).encode())
        if size > MAX_BYTES - 1024:
            if not shown:
                shown.append(_shortened(payment, MAX_BYTES - 1024))
            break
        shown.append(payment)
    return _encoded(
        {"type": "snapshot", "seq": seq, "created_at": now, "data": {"channel": channel, "payments": shown}}
    )


def resumed(channel: str, seq: int, now: str) -> str:
    """The first frame for who goes on listening: every event after `seq` follows."""
    return _encoded({"type": "resumed", "seq": seq, "created_at": now, "data": {"channel": channel}})


def _view(type: str, document: Mapping[str, object]) -> dict[str, object]:
    if type.startswith("payment."):
        return facade.payment(document)
    if type.startswith("refund."):
        return facade.refund(document)
    return dict(document)


def _bounded(head: Mapping[str, object], data: dict[str, object]) -> str:
    frame = _encoded({**head, "data": data})
    if len(frame.encode()) <= MAX_BYTES:
        return frame
    return _encoded({**head, "data": _shortened(data, MAX_BYTES - 1024)})


def _shortened(document: dict[str, object], most: int) -> dict[str, object]:
    """The document without what is long: an empty map for its metadata, null for the rest."""
    short = dict(document)
    for name in _LONG:
        if len(_encoded(short).encode()) <= most:
            break
        if name in short:
            short[name] = {} if name == "metadata" else None
    return short


def _encoded(frame: Mapping[str, object]) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
