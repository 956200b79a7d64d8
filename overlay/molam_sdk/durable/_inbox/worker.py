# Written by scripts/sync_half from async_worker.py; edit that file.
"""Works at events for synchronous programs: claims them, runs their handlers, writes down what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from ... import webhooks
from ..._front_door import strip
from ...errors import StorageError
from .._guard import Guard
from .._hidden import Hidden
from .._inbox import pauses, work
from .._steps import lend, take
from .handlers import Handlers
from .queue import Claim, LeaseLost, ObjectKey, candidates, claim, end, hold
from .values import Processed, processed
from .waiting import COROUTINES, Signal, completed, pause, returned

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from molam_api.models import Event

    from .._database import Database
    from .rules import Rules

    Handler: TypeAlias = Callable[[Event, Connection], object]

_PASS = 100


class Worker:
    """One worker, or several threads that share it."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self.handlers: Handlers[Handler] = Handlers(coroutines=COROUTINES)
        self._database = database
        self._rules = rules

    def run(self, stop: Signal, poll: float) -> None:
        """See Inbox.run."""
        failures = 0
        while not stop.is_set():
            try:
                worked = self.work(_PASS, stop)
                wait = 0.0 if worked.total else pauses.idle(poll)
                failures = 0
            except StorageError as error:
                failures += 1
                wait = pauses.broken(failures)
                work.log_pause(error, wait)
            if wait:
                pause(stop, wait)

    def work(self, limit: int, stop: Signal) -> Processed:
        """Work at up to `limit` events that are due, or until `stop` is set."""
        ends: Counter[str] = Counter()
        passed: set[ObjectKey] = set()
        while ends.total() < limit and not stop.is_set():
            found = self._database.read(lambda connection: candidates(connection, passed))
            if not found:
                break
            for key in found[: limit - ends.total()]:
                if stop.is_set():
                    break
                claimed = self._claim(key)
                if claimed is None:
                    passed.add(key)
                else:
                    ends[self._work_at(claimed) if isinstance(claimed, Claim) else claimed] += 1
        return processed(ends)

    def _claim(self, key: ObjectKey) -> Claim | Literal["dead"] | None:
        lease, most = self._rules.lease, self._rules.backoff.attempts
        return self._database.write(lambda connection: claim(connection, key, lease, most))

    def _work_at(self, claimed: Claim) -> str:
        try:
            return self._carry_out(claimed)
        except LeaseLost:
            return "lost"
        except Exception as error:  # noqa: BLE001 - whatever a handler raises
            failure = error
        except BaseException as error:
            interruption = error
            with suppress(StorageError):  # the lease ends by itself
                completed(self._database.write(lambda connection: work.interrupted(connection, claimed, interruption)))
            raise
        return self._put_off(claimed, failure)

    def _carry_out(self, claimed: Claim) -> str:
        with self._database.transaction() as connection:
            held = take(hold, connection, claimed)
            plan, chosen = work.planned(self.handlers, claimed)
            if chosen:
                event = Hidden(webhooks.parse_event(self._rules.bodies.opened(claimed)))
                with take(Guard, connection, partial(work.wrong_kind, claimed)) as guard:
                    for handler in chosen:
                        lend(guard, connection, partial(handler.run, event.value))
            drop_body = not self._rules.keep_bodies
            take(end, connection, held, plan.end, plan.newest, plan.passed_over, drop_body=drop_body)
        work.log_late(claimed, plan)
        return plan.outcome

    def _put_off(self, claimed: Claim, failure: Exception) -> str:
        try:
            outcome = self._database.write(lambda c: work.failed(c, claimed, failure, self._rules.backoff))
        except StorageError:  # the lease ends by itself
            outcome = "lost"
        work.log_failure(claimed, failure, outcome, self._rules.backoff)
        if self._rules.on_error is not None:
            strip(failure)
            try:
                returned(self._rules.on_error(claimed.event_id, failure))
            except Exception as error:  # noqa: BLE001 - whatever it raises
                work.log_on_error(error)
        return outcome
