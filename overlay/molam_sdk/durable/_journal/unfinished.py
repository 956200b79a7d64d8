"""What a person is told about a call that has no end yet, and how a person closes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from attrs import frozen
from sqlalchemy import and_, case, literal, or_, select, update

from ...errors import ValidationError
from .._arguments import checked_limit, checked_text
from .._clock import now
from .bodies import MODES
from .statements import UNFINISHED
from .tables import calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

State = Literal["in_flight", "in_doubt", "stale"]
Closing = Literal["succeeded", "rejected", "not_sent"]

_NAME = re.compile(r"[\x20-\x7e]{0,254}[\x21-\x7e]").fullmatch
_CLOSINGS = ("succeeded", "rejected", "not_sent")
_UNSHOWN = ("content", "content_form", "fingerprint", "sealed_with", "target", "doubt")


@frozen(kw_only=True)
class UnfinishedCall:
    """A call of the journal that was begun and has no certain end, without its body.

    Attributes:
        id: What the journal calls it.
        idempotency_key: Its key: find the payment with it.
        owner: Whose API key it was made with.
        operation: The operationId.
        account: Account that a platform acts for, or None.
        livemode: Mode of the API key; None for a JWT.
        region: Base URL of its region.
        state: `in_flight` (at work, or its process is gone), `in_doubt` (tried, the outcome is unknown) or `stale`
            (its key is too old to try again: look it up and decide).
        leased: Whether somebody has it now; if not, `recover` claims it, unless it is stale.
        attempts: How often it was begun or claimed.
        created_at: When the call was first made.
        status_code: Status of the last answer, where there was one.
        object_id: Id of the object in it.
        code: The API's code in it.
        request_id: Id under which Molam can find it.
    """

    id: str
    idempotency_key: str
    owner: str
    operation: str
    account: str | None
    livemode: bool | None
    region: str
    state: State
    leased: bool
    attempts: int
    created_at: datetime
    status_code: int | None
    object_id: str | None
    code: str | None
    request_id: str | None


def unfinished_call(row: Row[Any]) -> UnfinishedCall:
    """The row as a person reads it."""
    return UnfinishedCall(
        id=row.id,
        idempotency_key=row.idempotency_key,
        owner=row.owner,
        operation=row.operation,
        account=row.account or None,
        livemode={"live": True, "test": False}.get(row.mode),
        region=row.region,
        state=row.state,
        leased=bool(row.leased),
        attempts=row.claims,
        created_at=row.created_at,
        status_code=row.status_code,
        object_id=row.object_id,
        code=row.code,
        request_id=row.request_id,
    )


def unfinished(limit: int, state: State | None, after: UnfinishedCall | None) -> Select[Any]:
    """Calls without an end and stale ones, the oldest first, and whether somebody has them now.

    Raises:
        ValidationError: An argument cannot work.
    """
    most = checked_limit(limit)
    if after is not None and not isinstance(after, UnfinishedCall):  # pyright: ignore[reportUnnecessaryIsInstance] - users without checks
        raise ValidationError("after must be the last UnfinishedCall of the page before", param="after")
    if state not in (None, *UNFINISHED, "stale"):
        raise ValidationError("state must be in_flight, in_doubt or stale", param="state")
    leased = and_(calls.c.leased_until > now(), calls.c.state.in_(UNFINISHED))
    columns = (column for column in calls.c if column.name not in _UNSHOWN)
    chosen = select(*columns, case((leased, literal(True)), else_=literal(False)).label("leased"))
    chosen = chosen.where(calls.c.leased_until.is_not(None))
    if state is not None:
        chosen = chosen.where(calls.c.state == state)
    if after is not None:
        later = and_(calls.c.created_at == after.created_at, calls.c.id > after.id)
        chosen = chosen.where(or_(calls.c.created_at > after.created_at, later))
    return chosen.order_by(calls.c.created_at, calls.c.id).limit(most)


def close(
    idempotency_key: str, ending: Closing, account: str | None, livemode: bool | None, owner: str | None
) -> Callable[[Connection], bool]:
    """Write down the end that a person has found out; whether there was a call without one that nobody works at.

    Raises:
        ValidationError: An argument cannot work; or, raised by the work, several calls have this key.
    """
    _check_name("idempotency_key", idempotency_key)
    if account not in (None, ""):
        _check_name("account", account)
    if owner is not None:
        _check_name("owner", owner)
    if livemode is not None and not isinstance(livemode, bool):  # pyright: ignore[reportUnnecessaryIsInstance] - users without checks
        raise ValidationError("livemode must be True, False or None", param="livemode")
    if ending not in _CLOSINGS:
        raise ValidationError(f"ending must be one of {', '.join(_CLOSINGS)}", param="ending")
    free = or_(calls.c.state == "stale", and_(calls.c.state.in_(UNFINISHED), calls.c.leased_until <= now()))
    named = select(calls.c.id).where(calls.c.idempotency_key == idempotency_key, calls.c.account == (account or ""))
    if livemode is not None:
        named = named.where(calls.c.mode == MODES[livemode])
    if owner is not None:
        named = named.where(calls.c.owner == owner)
    closed = {"state": ending, "doubt": False, "finished_at": now(), "leased_until": None, "content": None}

    def work(connection: Connection) -> bool:
        ids = connection.execute(named.where(free).with_for_update()).scalars().all()
        if len(ids) > 1:
            raise ValidationError("several calls have this key; name livemode and owner", param="idempotency_key")
        if ids:
            values = closed | {"claims": calls.c.claims + 1}
            connection.execute(update(calls).where(calls.c.id == ids[0]).values(values))
        return bool(ids)

    return work


def _check_name(name: str, value: object) -> None:
    if not _NAME(checked_text(name, value)):
        raise ValidationError(
            f"{name} must be 1 to 255 printable ASCII characters without a space at the end", param=name
        )
