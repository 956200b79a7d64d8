"""What the store does to its table, for the synchronous and the asynchronous half alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from attrs import evolve
from sqlalchemy import and_, delete, or_, select, update

from .._clock import after, moment, now
from .._engines import insert_once, skip_locked
from .answers import (
    Answers,
    CachedResponse,
    Claim,
    Question,
    check_same_request,
    checked_claim,
    checked_status,
    completed_otherwise,
    given_back,
    in_flight,
    overtaken,
)
from .tables import answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Connection, Row, Select


_c = answers.c
_LIVE = _c.expires_at > now()
_FREE = or_(
    and_(_c.status == "in_flight", _c.leased_until <= now()),
    and_(_c.status != "in_flight", _c.expires_at <= now()),
    _c.status == "failed",
)


def cached(kept: Answers, question: Question) -> Callable[[Connection], CachedResponse | None]:
    """The stored response to a request, or None."""

    def work(connection: Connection) -> CachedResponse | None:
        row = connection.execute(select(answers).where(_is(question), _c.status == "completed", _LIVE)).one_or_none()
        return None if row is None else kept.cached(row, question)

    return work


def claim(kept: Answers, question: Question, lease: float) -> Callable[[Connection], Claim | CachedResponse]:
    """Claim a key that nobody has, or the response that is stored under it.

    Looked at before it is written: MySQL's INSERT would wait for whoever serves the request and holds the row.
    """
    leased = {"status": "in_flight", "leased_until": after(lease), "expires_at": after(lease + kept.keep_for)}

    def work(connection: Connection) -> Claim | CachedResponse:
        if _look(connection, question) is None:
            row = leased | _names(question) | {"response_form": "plain", "claims": 1, "created_at": now()}
            if insert_once(connection, answers, row):
                return Claim(idempotency_key=question.key, route=question.route, scope=question.scope, fence=1)
        free = connection.execute(skip_locked(select(answers).where(_is(question), _FREE), connection)).one_or_none()
        if free is None:
            return _taken(kept, question, _look(connection, question))
        if free.status == "in_flight":
            check_same_request(free, question)
        fresh = {"fingerprint": _fingerprint(question), "response": None, "claims": free.claims + 1}
        connection.execute(update(answers).where(_is(question)).values(leased | fresh))
        return Claim(idempotency_key=question.key, route=question.route, scope=question.scope, fence=free.claims + 1)

    return work


def hold(claim: Claim) -> Callable[[Connection], Claim | None]:
    """Lock the row for the rest of the transaction, so that nobody overtakes it even if its lease ends.

    The claim that it returns has a fence of this transaction, which is gone where the database rolls it back by itself;
    None if it is too late.
    """
    held = evolve(claim, fence=claim.fence + 1)
    holding = update(answers).where(_claimed(claim)).values(claims=held.fence)
    return lambda connection: held if connection.execute(holding).rowcount == 1 else None


def complete(kept: Answers, claim: Claim, response: object) -> Callable[[Connection], bool]:
    """Store the response of a claimed request, unless it was overtaken."""
    values = kept.columns(_asked(claim), response) | _ended("completed", kept)

    return lambda connection: connection.execute(update(answers).where(_claimed(claim)).values(values)).rowcount == 1


def complete_once(kept: Answers, claim: Claim, response: object) -> Callable[[Connection], None]:
    """Store the response of a claimed request, or find it stored: a commit whose answer was lost is repeated.

    Raises:
        ValidationError: It is no claim.
        ConflictError: The claim is not valid any more; raised by the work.
    """
    question = _asked(checked_claim(claim))
    completing = complete(kept, claim, response)

    def work(connection: Connection) -> None:
        if completing(connection):
            return
        row = _look(connection, question)
        if row is None:
            raise given_back(claim)
        if row.status != "completed" or row.claims != claim.fence:
            raise overtaken(claim)
        if not kept.is_kept(row, question, response):
            raise completed_otherwise(claim)

    return work


def release(claim: Claim) -> Callable[[Connection], None]:
    """Give a claimed key back: nothing was done.

    Raises:
        ValidationError: It is no claim.
    """
    checked_claim(claim)

    def work(connection: Connection) -> None:
        connection.execute(delete(answers).where(_claimed(claim)))

    return work


def store(
    kept: Answers, question: Question, response: object, status: Literal["completed", "failed"]
) -> Callable[[Connection], None]:
    """Store a response without a claim; one that is completed stays.

    Raises:
        ValidationError: The response is not JSON, or the status none of the two.
    """
    values = kept.columns(question, response) | _ended(checked_status(status), kept)

    def work(connection: Connection) -> None:
        row = _look(connection, question)
        if row is None and insert_once(
            connection, answers, values | _names(question) | {"claims": 1, "created_at": now()}
        ):
            return
        row = connection.execute(select(answers).where(_is(question)).with_for_update()).one_or_none()
        if row is None:
            return
        live = connection.execute(select(_c.status).where(_is(question), _c.status == "completed", _LIVE)).first()
        if live is not None:
            check_same_request(row, question)
            return
        changed = values | {"fingerprint": _fingerprint(question) or row.fingerprint, "claims": row.claims + 1}
        connection.execute(update(answers).where(_is(question)).values(changed))

    return work


def cleanup(batch: int) -> Callable[[Connection], int]:
    """Delete a batch of expired rows; how many there were."""
    names = (_c.idempotency_key, _c.route, _c.scope)
    old = select(*names).where(_c.expires_at <= moment()).order_by(_c.expires_at).limit(batch)

    def work(connection: Connection) -> int:
        rows = connection.execute(skip_locked(old, connection)).all()
        for row in rows:
            connection.execute(delete(answers).where(_is(Question(row.idempotency_key, row.route, row.scope, ()))))
        return len(rows)

    return work


def _is(question: Question) -> ColumnElement[bool]:
    return and_(_c.idempotency_key == question.key, _c.route == question.route, _c.scope == question.scope)


def _asked(claim: Claim) -> Question:
    return Question(claim.idempotency_key, claim.route, claim.scope, ())


def _claimed(claim: Claim) -> ColumnElement[bool]:
    return and_(_is(_asked(claim)), _c.claims == claim.fence, _c.status == "in_flight")


def _look(connection: Connection, question: Question) -> Row[Any] | None:
    seen: Select[Any] = select(answers, now().label("at"), _FREE.label("free")).where(_is(question))
    return connection.execute(seen).one_or_none()


def _taken(kept: Answers, question: Question, row: Row[Any] | None) -> CachedResponse:
    """What is under a key that could not be claimed."""
    if row is not None:
        check_same_request(row, question)
        if row.status == "completed" and not row.free:
            return kept.cached(row, question)
    left = (row.leased_until - row.at).total_seconds() if row is not None and row.leased_until else 0.0
    raise in_flight(question.key, left)


def _names(question: Question) -> dict[str, Any]:
    names = {"idempotency_key": question.key, "route": question.route, "scope": question.scope}
    return names | {"fingerprint": _fingerprint(question)}


def _fingerprint(question: Question) -> str | None:
    return next(iter(question.fingerprints), None)


def _ended(status: str, kept: Answers) -> dict[str, Any]:
    return {"status": status, "leased_until": None, "completed_at": now(), "expires_at": after(kept.keep_for)}
