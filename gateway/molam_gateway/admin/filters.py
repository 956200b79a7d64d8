"""What a list is asked for: words of the address, read leniently, since people edit them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from ..domain.payment_intents import EDGES
from ..domain.times import milliseconds
from ..storage.dashboard_payments import Wanted

STATUSES = tuple(EDGES)
_LONGEST = 255
_MINUTE = 59_999
_LATEST = datetime.max.replace(tzinfo=UTC) - timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of payments is narrowed to; `begin` and `end` are minutes in UTC as people type them."""

    status: str = ""
    provider: str = ""
    customer: str = ""
    begin: str = ""
    end: str = ""
    after: str = ""

    @property
    def query(self) -> str:
        """The address's query that says the same."""
        names = ("status", "provider", "customer", "begin", "end", "after")
        return urlencode({name: value for name in names if (value := getattr(self, name))})

    def older_than(self, id: str) -> "Filter":
        """The page that follows this object."""
        return replace(self, after=id)

    @property
    def wanted(self) -> Wanted:
        """The rows."""
        begin, end = minute(self.begin), minute(self.end)
        return Wanted(
            status=self.status or None,
            provider=self.provider or None,
            customer_id=self.customer or None,
            created_from=0 if begin is None else milliseconds(begin),
            created_to=2**63 - 1 if end is None else milliseconds(end) + _MINUTE,
            older_than=self.after or None,
        )


def of_query(query: Mapping[str, str]) -> Filter:
    """The filter that an address names; what cannot be is left out."""
    status = query.get("status", "")
    return Filter(
        status=status if status in STATUSES else "",
        provider=word(query, "provider"),
        customer=word(query, "customer"),
        begin=_minute_text(query, "begin"),
        end=_minute_text(query, "end"),
        after=word(query, "after"),
    )


def minute(text: str) -> datetime | None:
    """The minute, in UTC, that a field of a form names."""
    try:
        moment = datetime.fromisoformat(text)
        utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return utc if utc <= _LATEST else None


def _minute_text(query: Mapping[str, str], name: str) -> str:
    text = query.get(name, "")[:32]
    return text if minute(text) is not None else ""


def word(query: Mapping[str, str], name: str) -> str:
    """A field's text as both databases take it; empty if it is missing."""
    return query.get(name, "").replace("\0", "").strip()[:_LONGEST].encode("utf-8", "replace").decode()
