"""Decides when an attempt whose outcome cannot be found out is handed to people."""

from collections.abc import Mapping

from .attempts import AttemptKind

_HOUR = 3600.0
_DAY = 24 * _HOUR

UNKNOWN_FOR: Mapping[AttemptKind, float] = {
    AttemptKind.AUTHORIZE: 3 * _DAY,
    AttemptKind.CHARGE: 3 * _DAY,
    AttemptKind.CAPTURE: 3 * _DAY,
    AttemptKind.VOID: 3 * _DAY,
    AttemptKind.REFUND: 7 * _DAY,
    AttemptKind.PAYOUT: 3 * _DAY,
}
"""Seconds after which an attempt that the provider gives no answer about needs a person."""

UNASKABLE_FOR = 10 * 60.0
"""The same where the provider cannot be asked: time for its callback to come."""

ASKED_EVERY = _DAY
"""Seconds between questions about a parked attempt: what the provider says late still counts."""


def parks(kind: AttemptKind, age: float, *, askable: bool) -> bool:
    """Whether an attempt of this age (seconds), still without an outcome, goes to people."""
    return age >= (UNKNOWN_FOR[kind] if askable else UNASKABLE_FOR)
