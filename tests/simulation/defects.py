"""Mistakes that an SDK could make, planted one at a time to show that the simulation finds them."""

# The mistakes are planted where the decisions are made.
# pyright: reportPrivateUsage=false, reportUnknownLambdaType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from math import inf
from typing import Any

from molam_sdk._calls import resume
from molam_sdk._exchange import attempt, exchange, failure, itinerary, retry
from molam_sdk._exchange.attempt import Ask, Attempt
from molam_sdk._exchange.reply import Lost, Reply
from molam_sdk._shared import breaker, budget, keys_in_doubt
from tests.simulation import process
from tests.simulation.gateway import Request
from tests.simulation.journal import Claim, Entry
from tests.simulation.state import State

Planted = list[tuple[Any, str, Any]]

_exchange_call = exchange._Call
_judge = _exchange_call.judge
_request_of = process.request_of
_begin = process.begin
_api_is_retryable = retry.is_retryable


def _new_key_per_attempt() -> Planted:
    def request_of(state: State, ask: Ask, attempt: Attempt, body: str, verdict: str) -> Request:
        request = _request_of(state, ask, attempt, body, verdict)
        return request._replace(key=f"{request.key}/{attempt.number}")

    return [(process, "request_of", request_of)]


def _retry_after_rejected() -> Planted:
    def is_retryable(reply: Reply) -> bool:
        return reply.status in (402, 404, 409) or _api_is_retryable(reply)

    return [(retry, "is_retryable", is_retryable)]


def _retry_of_an_unreadable_success() -> Planted:
    def judge(self: Any, outcome: Reply | Lost, now: float) -> bool:
        if isinstance(outcome, Reply) and outcome.is_success and outcome.object_id() is None:
            outcome = Lost("body", sent=True)
        return _judge(self, outcome, now)

    return [(_exchange_call, "judge", judge)]


def _dropped_journal_write() -> Planted:
    def begin(*arguments: Any) -> Claim:
        state = arguments[0]
        claim = _begin(*arguments)
        state.journal.entries.remove(claim.entry)
        return claim

    return [(process, "begin", begin)]


def _journal_written_after_sending() -> Planted:
    def begin(*arguments: Any) -> Claim:
        state = arguments[0]
        if state.crash in ("begun", "flying"):
            return Claim(Entry("", "", "", 0, inf, 0.0), 1, False)
        return _begin(*arguments)

    return [(process, "begin", begin)]


def _budget_not_shared() -> Planted:
    def take(self: Any, cost: int) -> bool:
        return bool(cost <= self.capacity)

    return [(budget.RetryBudget, "take", take)]


def _breaker_lets_all_through() -> Planted:
    return [(breaker.Breaker, "admit", lambda *_: 0.0)]


def _wrong_echo_believed() -> Planted:
    return [(attempt.Attempt, "disbelief", lambda *_: None)]


def _another_object_believed() -> Planted:
    disbelief = attempt.Attempt.disbelief

    def believing(self: Any, reply: Reply) -> str | None:
        asked, self._ask.object_id = self._ask.object_id, None
        try:
            return disbelief(self, reply)
        finally:
            self._ask.object_id = asked

    return [(attempt.Attempt, "disbelief", believing)]


def _write_moves_after_a_byte() -> Planted:
    def may_move(self: Any, *, sent: bool) -> bool:
        return len(self._route) > 1 and self._policy.write_failover

    return [(itinerary.Itinerary, "may_move", may_move)]


def _in_flight_is_rejected() -> Planted:
    return [(retry, "is_in_flight", lambda _: False)]


def _expired_key_is_rejected() -> Planted:
    return [(retry, "is_spent", lambda _: False)]


def _outcome_of_the_last_attempt() -> Planted:
    def judge(self: Any, outcome: Reply | Lost, now: float) -> bool:
        self.known.in_doubt = False
        return _judge(self, outcome, now)

    return [(_exchange_call, "judge", judge)]


def _old_keys_are_recovered() -> Planted:
    return [(resume, "USABLE", 1e9)]


def _retry_after_is_ignored() -> Planted:
    return [(retry, "retry_after", lambda _: None)]


def _resolved_with_other_bytes() -> Planted:
    def request_of(state: State, ask: Ask, attempt: Attempt, body: str, verdict: str) -> Request:
        return _request_of(state, ask, attempt, f"{body}, again" if ask.in_doubt else body, verdict)

    return [(process, "request_of", request_of)]


def _resolved_from_scratch() -> Planted:
    known = failure.Known.__init__

    def forgetful(self: Any, ask: Ask, deadline: float) -> None:
        known(self, ask, deadline)
        self.sent = self.in_doubt = False

    return [(failure.Known, "__init__", forgetful)]


def _any_refusal_settles() -> Planted:
    return [(retry, "is_settling", lambda reply: reply.status < 500)]


def _deadline_of_each_attempt() -> Planted:
    attempt = _exchange_call.next_attempt

    def next_attempt(self: Any, now: float, attempt_id: str) -> Attempt:
        self.deadline_at = now + self.delay + self.policy.deadline
        return attempt(self, now, attempt_id)

    return [(_exchange_call, "next_attempt", next_attempt)]


def _torn_is_not_sent() -> Planted:
    def judge(self: Any, outcome: Reply | Lost, now: float) -> bool:
        if isinstance(outcome, Lost) and outcome.phase == "headers":
            outcome = Lost("headers", sent=False, timed_out=outcome.timed_out)
        return _judge(self, outcome, now)

    return [(_exchange_call, "judge", judge)]


def _keys_of_all_accounts_are_one() -> Planted:
    def name_of(_: bytes, key: str) -> bytes:
        return keys_in_doubt.name_of(b"", key)

    return [(itinerary, "name_of", name_of)]


def _where_it_was_sent_is_forgotten() -> Planted:
    return [(keys_in_doubt.KeysInDoubt, "region_of", lambda *_: None)]


def _journal_not_asked() -> Planted:
    return [(process, "asked", lambda *arguments: arguments[-1])]


def _memory_not_asked() -> Planted:
    return [(process, "remembered", lambda *arguments: arguments[-1])]


def _doubt_after_a_move_ignored() -> Planted:
    def judge(self: Any, outcome: Reply | Lost, now: float) -> bool:
        asked = self.known.ask.in_doubt
        self.known.ask.in_doubt = asked and self.known.attempts == 1
        try:
            return _judge(self, outcome, now)
        finally:
            self.known.ask.in_doubt = asked

    return [(_exchange_call, "judge", judge)]


def _repeated_after_a_day_of_sleep() -> Planted:
    return [(resume, "still_usable", lambda *_: None)]


def _doubt_of_the_journal_ignored() -> Planted:
    def begin(*arguments: Any) -> Claim:
        return _begin(*arguments)._replace(in_doubt=False)

    return [(process, "begin", begin)]


def _server_error_is_rejected() -> Planted:
    class Known(failure.Known):
        @property
        def outcome(self) -> Any:
            return "rejected" if self.sent else "not_sent"

    return [(failure, "Known", Known)]


def _page_taken_for_a_refusal() -> Planted:
    def is_of_the_api(_: Reply, *, echoed: bool) -> bool:
        return True

    return [(retry, "is_of_the_api", is_of_the_api)]


DEFECTS: dict[str, Callable[[], Planted]] = {
    "new key per attempt": _new_key_per_attempt,
    "retry after a refusal": _retry_after_rejected,
    "retry of an unreadable success": _retry_of_an_unreadable_success,
    "dropped journal write": _dropped_journal_write,
    "journal written after sending": _journal_written_after_sending,
    "budget not shared": _budget_not_shared,
    "breaker lets all through": _breaker_lets_all_through,
    "wrong echo believed": _wrong_echo_believed,
    "another object believed": _another_object_believed,
    "write moves after a byte": _write_moves_after_a_byte,
    "key in flight taken as rejected": _in_flight_is_rejected,
    "expired key taken as rejected": _expired_key_is_rejected,
    "outcome of the last attempt": _outcome_of_the_last_attempt,
    "old keys recovered": _old_keys_are_recovered,
    "Retry-After ignored": _retry_after_is_ignored,
    "resolved with other bytes": _resolved_with_other_bytes,
    "resolved as if nothing had happened": _resolved_from_scratch,
    "any refusal settles": _any_refusal_settles,
    "deadline of each attempt": _deadline_of_each_attempt,
    "reset after sending taken as not sent": _torn_is_not_sent,
    "server error taken as rejected": _server_error_is_rejected,
    "page of a proxy taken for a refusal": _page_taken_for_a_refusal,
    "keys of all accounts taken for one": _keys_of_all_accounts_are_one,
    "region of a key forgotten": _where_it_was_sent_is_forgotten,
    "journal not asked about what is not sent": _journal_not_asked,
    "memory not asked about what is not sent": _memory_not_asked,
    "doubt learned after a move ignored": _doubt_after_a_move_ignored,
    "doubt of the journal ignored": _doubt_of_the_journal_ignored,
    "repeated after a day of sleep": _repeated_after_a_day_of_sleep,
}


@contextmanager
def planted(name: str) -> Generator[None]:
    """Make the SDK make a mistake for a while."""
    changes = DEFECTS[name]()
    before = [(owner, attribute, getattr(owner, attribute)) for owner, attribute, _ in changes]
    try:
        for owner, attribute, value in changes:
            setattr(owner, attribute, value)
        yield
    finally:
        for owner, attribute, value in before:
            setattr(owner, attribute, value)
