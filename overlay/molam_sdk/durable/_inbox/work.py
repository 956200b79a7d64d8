"""What is the same for both inboxes around one event: its handlers, its end, the words about it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

from ...errors import ConfigurationError
from .._arguments import not_wanted
from .._logs import log
from .handlers import Handler, Handlers
from .order import FACTS, Position, advanced, is_step, may_run
from .queue import Claim, End, put_off

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from .backoff import Backoff

H = TypeVar("H")

_log = logging.getLogger("molam_sdk.durable.inbox")


@frozen
class Plan:
    """What to do with a claimed event.

    Attributes:
        outcome: What comes of it, if nothing goes wrong.
        end: The state that it ends in: still done, if some handlers had it before and the others do not get it now.
        newest: Where the newest event of the object stands then that a handler ran for.
        late: Names of the handlers that do not get it because it is late.
        passed_over: Those that are to be kept: the others have had it.
    """

    outcome: End
    end: End
    newest: Position | None
    late: tuple[str, ...]
    passed_over: frozenset[str]


def planned(handlers: Handlers[H], claimed: Claim) -> tuple[Plan, list[Handler[H]]]:
    """Which handlers run for an event, and what becomes of it then."""
    before = claimed.passed_over
    found = [each for each in handlers.of(claimed.type) if not before or each.name in before]
    chosen = [each for each in found if _gets(each, claimed)]
    names = {each.name for each in chosen}
    late = tuple(each.name for each in found if each.name not in names)
    outcome: End = "done" if chosen else "superseded" if found or before else "ignored"
    newest = advanced(claimed.position, claimed.newest) if chosen else claimed.newest
    if outcome == "done" or before:
        return Plan(outcome, "done", newest, late, (before or frozenset(late)) - names), chosen
    return Plan(outcome, outcome, newest, late, frozenset()), chosen


def _gets(handler: Handler[H], claimed: Claim) -> bool:
    fact = claimed.type in FACTS and handler.names(claimed.type)
    return may_run(handler.order, claimed.position, claimed.newest, fact=fact)


def failed(connection: Connection, claimed: Claim, error: Exception, backoff: Backoff) -> str:
    """Write down that an event failed; return what that makes of it: failed, dead or lost."""
    last = claimed.attempts >= backoff.attempts
    wait = None if last else backoff.wait(claimed.attempts)
    if not put_off(connection, claimed, name_of(error), wait):
        return "lost"
    return "dead" if last else "failed"


def interrupted(connection: Connection, claimed: Claim, error: BaseException) -> None:
    """Give an event back at once whose handler was interrupted; the attempt counts."""
    put_off(connection, claimed, name_of(error), 0.0)


def wrong_kind(claimed: Claim, *, coroutines: bool) -> ConfigurationError:
    """The error for a handler that only turns out to be of the wrong kind when it is called, such as a lambda."""
    return ConfigurationError(f"a handler of {claimed.type} is {not_wanted('Inbox', coroutines=coroutines)}")


def name_of(error: BaseException) -> str:
    """Name of an exception's class, which holds no data."""
    return type(error).__name__.encode("ascii", "replace").decode()[:128]


def log_failure(claimed: Claim, error: Exception, outcome: str, backoff: Backoff) -> None:
    """Say that an event failed, without the exception's message."""
    what = {
        "dead": "it is a dead letter now",
        "failed": "it will be tried again",
        "lost": "another worker has it, or will",
    }
    log(
        _log,
        logging.ERROR if outcome == "dead" else logging.WARNING,
        "webhook event %s (%s) failed with %s in attempt %d of %d: %s",
        claimed.event_id,
        claimed.type,
        name_of(error),
        claimed.attempts,
        backoff.attempts,
        what.get(outcome, "another worker has it or takes it up"),
    )


def log_late(claimed: Claim, plan: Plan) -> None:
    """Say which handlers did not get an event because it came late."""
    if plan.late:
        log(
            _log,
            logging.DEBUG if is_step(claimed.type) else logging.WARNING,
            "webhook event %s (%s) came after a newer one of its object: not for %s; order='every' is for all of them,"
            " and redrive(state='superseded') brings it back",
            claimed.event_id,
            claimed.type,
            ", ".join(plan.late),
        )


def log_conflict(event_id: str) -> None:
    """Say that an id came with two bodies."""
    log(
        _log,
        logging.WARNING,
        "webhook event %s came again with another body, which was not kept: the first one counts",
        event_id,
    )


def log_pause(error: Exception, seconds: float) -> None:
    """Say that a worker waits for the database."""
    log(_log, logging.WARNING, "the inbox waits %.1f s: %s", seconds, error)


def log_on_error(error: Exception) -> None:
    """Say that the user's `on_error` failed."""
    log(_log, logging.ERROR, "on_error of the inbox failed with %s", name_of(error))
