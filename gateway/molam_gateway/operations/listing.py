"""Answers lists: a page of an account's objects, newest first, with a cursor to the next one."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from ..domain.call import Answer, Call
from ..domain.problems import ProblemError
from ..domain.times import milliseconds
from ..services import Services
from ..storage.port import Reader
from ..storage.tables import Record, Table

R = TypeVar("R", bound=Record)

DEFAULT_LIMIT = 20


async def list_objects(
    services: Services, call: Call, table: Table[R], view: Callable[[R], dict[str, object]], url: str
) -> Answer:
    """One page. Raises parameter_invalid for an unknown cursor, for two cursors, and for a time that is none."""
    limit = _limit(call.query.get("limit"))
    after, before = _text(call, "starting_after"), _text(call, "ending_before")
    if after and before:
        raise ProblemError(
            "parameter_invalid", "Send either starting_after or ending_before, not both.", param="ending_before"
        )
    created_from, created_to = _moment(call, "created_at_gte"), _moment(call, "created_at_lte")
    async with services.store.reading() as reader:
        await _check_cursor(reader, call, table, "starting_after", after)
        await _check_cursor(reader, call, table, "ending_before", before)
        found = await table.page(
            reader,
            account_id=call.account.id,
            livemode=call.account.livemode,
            limit=limit + 1,
            filters={name: _text(call, name) for name in table.filters},
            created_from=None if created_from is None else rounded_up(created_from),
            created_to=None if created_to is None else milliseconds(created_to),
            starting_after=after,
            ending_before=before,
        )
    has_more = len(found) > limit
    page = found[1:] if has_more and before else found[:limit]
    cursor = page[0 if before else -1].id if has_more else None
    data = [view(each) for each in page]
    return Answer(200, {"object": "list", "data": data, "has_more": has_more, "next_cursor": cursor, "url": url})


def rounded_up(moment: datetime) -> int:
    """The first stored moment that is not before this one."""
    return milliseconds(moment) + bool(moment.microsecond % 1000)


async def _check_cursor(reader: Reader, call: Call, table: Table[R], param: str, cursor: str | None) -> None:
    if cursor is None:
        return
    if await table.find_own(reader, cursor, account_id=call.account.id, livemode=call.account.livemode) is None:
        raise ProblemError("parameter_invalid", f"{param} names no object of this list: {cursor}", param=param)


def _limit(value: object) -> int:
    return value if isinstance(value, int) else DEFAULT_LIMIT


def _text(call: Call, name: str) -> str | None:
    value = call.query.get(name)
    return None if value is None else str(value)


def _moment(call: Call, name: str) -> datetime | None:
    text = _text(call, name)
    return None if text is None else moment_of(text, name)


def moment_of(text: str, param: str) -> datetime:
    """The moment that a request names. Raises parameter_invalid for a text that names none."""
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ProblemError("parameter_invalid", f"{param} is no RFC 3339 time with an offset.", param=param)
    return moment
