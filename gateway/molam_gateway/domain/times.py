"""Moments as stored (milliseconds since 1970, UTC) and as written (RFC 3339)."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(moment: datetime) -> int:
    """The stored form of an aware datetime."""
    return (moment - _EPOCH) // _MILLISECOND


def moment(stored: int) -> datetime:
    """The aware datetime of a stored moment."""
    return _EPOCH + stored * _MILLISECOND


def rfc3339(stored: int) -> str:
    """The API's form of a stored moment, always with milliseconds and `Z`."""
    return moment(stored).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def rfc3339_or_none(stored: int | None) -> str | None:
    """`rfc3339`, with null for what did not happen."""
    return None if stored is None else rfc3339(stored)
