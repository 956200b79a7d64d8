"""What a frame says; anything else than a frame is an unexpected answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias, cast

from dateutil.parser import isoparse

from ..errors import UnexpectedResponseError
from ..realtime import Snapshot, Update

Message: TypeAlias = Snapshot | Update


def read(text: str | bytes) -> Message | None:
    """Return what a frame tells; None for one that only says that the connection goes on where it was.

    Raises:
        UnexpectedResponseError: If it is no frame.
    """
    try:
        frame = cast(Mapping[str, Any], json.loads(text))
        return _message(frame)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raw = text.encode() if isinstance(text, str) else text
    raise UnexpectedResponseError("the gateway sent a frame that cannot be read", raw=raw)


def _message(frame: Mapping[str, Any]) -> Message | None:
    type, seq = frame["type"], frame["seq"]
    if not isinstance(type, str) or not isinstance(seq, int) or isinstance(seq, bool):
        raise TypeError
    at: datetime = isoparse(frame["created_at"])
    if type == "resumed":
        return None
    if type == "snapshot":
        from molam_api.models import Payment

        data = frame["data"]
        payments = tuple(Payment.from_dict(each) for each in data["payments"])
        return Snapshot(seq, at, str(data["channel"]), payments)
    return Update(str(frame["id"]), type, seq, at, _model(type)(frame["data"]))


def _model(type: str) -> Callable[[Any], Any]:
    from molam_api.models import Payment, PaymentRefund, Payout

    kinds: Mapping[str, Callable[[Any], Any]] = {
        "payment": Payment.from_dict,
        "refund": PaymentRefund.from_dict,
        "payout": Payout.from_dict,
    }
    return kinds.get(type.partition(".")[0], dict)
