"""What holds for every conversation, whatever the network does."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from molam_sdk import errors
from molam_sdk._exchange.attempt import Attempt, Settled
from molam_sdk._exchange.reply import Lost, Reply
from tests.unit.sdk.conversation import (
    CONNECT_TIMEOUT,
    REFUSED,
    SILENT,
    TORN,
    UNSENDABLE,
    Conversation,
    html,
    problem,
    route,
    success,
)

STATUSES = st.sampled_from(
    [200, 201, 301, 400, 401, 402, 403, 404, 408, 409, 422, 425, 429, 500, 501, 502, 503, 504, 505, 520, 599]
)
CODES = st.sampled_from(
    [
        None,
        "card_declined",
        "idempotency_in_flight",
        "payment_in_flight",
        "invalid_state",
        "resource_missing",
        "idempotency_key_expired",
        "of_a_newer_api",
    ]
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Retry_After": st.sampled_from(["0", "0.2", "1", "30", "90", "1e9", "x", "Sat, 21 Nov 2026 10:00:07 GMT"]),
        "Molam_Should_Retry": st.sampled_from(["true", "false", "?"]),
        "Molam_Attempt_Id": st.sampled_from(["another", "attempt-1"]),
    },
)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    status = draw(STATUSES)
    headers = draw(HEADERS)
    if status < 300:
        return success(status, **headers)
    return problem(status, draw(CODES), retry_after=None, **headers) if draw(st.booleans()) else html(status, **headers)


OUTCOMES = st.one_of(st.sampled_from([REFUSED, CONNECT_TIMEOUT, TORN, SILENT, UNSENDABLE]), replies())
HISTORIES = st.lists(st.tuples(OUTCOMES, st.floats(0, 20)), max_size=12)


class Played:
    """A conversation from its first attempt to its end."""

    def __init__(self, conversation: Conversation, history: list[tuple[Reply | Lost, float]]) -> None:
        self.conversation = conversation
        self.attempts: list[Attempt] = [conversation.begin()]
        self.heard: list[Reply | Lost] = []
        self.sent_at = [conversation.now]
        self.settled: Settled | None = None
        self.error: errors.MolamError | None = None
        for outcome, seconds in history:
            self.heard.append(outcome)
            try:
                self.attempts.append(conversation.hear(outcome, after=seconds))
            except StopIteration as stop:
                self.settled = stop.value
                return
            except errors.MolamError as error:
                self.error = error
                return
            self.sent_at.append(conversation.now + self.attempts[-1].delay)
        raise AssertionError("the conversation does not end")


@st.composite
def plays(draw: st.DrawFn) -> Played:
    conversation = Conversation(
        key=draw(st.sampled_from([None, "order-1"])),
        over=route(regions=draw(st.integers(1, 3)), tokens=draw(st.sampled_from([0, 20, 500]))),
        random=draw(st.floats(0, 1)),
        max_retries=draw(st.integers(0, 6)),
        deadline=draw(st.sampled_from([0.5, 5.0, 60.0])),
        write_failover=draw(st.booleans()),
        require_attempt_id=draw(st.booleans()),
    )
    return Played(conversation, [*draw(HISTORIES), (html(400), 0.0)])


def is_wait(outcome: Reply | Lost) -> bool:
    return isinstance(outcome, Reply) and outcome.status == 409 and b"idempotency_in_flight" in outcome.body


@given(plays())
def test_there_are_never_more_attempts_than_allowed(played: Played) -> None:
    waited = sum(map(is_wait, played.heard))
    assert len(played.attempts) <= 1 + played.conversation.policy.max_retries + waited
    assert [attempt.number for attempt in played.attempts] == [*range(1, len(played.attempts) + 1)]


@given(plays())
def test_the_key_never_changes_and_attempt_ids_never_repeat(played: Played) -> None:
    assert len({attempt.id for attempt in played.attempts}) == len(played.attempts)
    if played.error is not None:
        assert played.error.idempotency_key == played.conversation.ask.idempotency_key


@given(plays())
def test_a_believed_success_is_the_end_and_the_only_good_one(played: Played) -> None:
    for outcome in played.heard[:-1]:
        assert not isinstance(outcome, Reply) or not outcome.is_success or outcome.disbelief is not None
    last = played.heard[-1]
    believed = isinstance(last, Reply) and last.is_success and last.disbelief is None
    assert (played.settled is not None) is believed
    assert (played.error is None) is believed


@given(plays())
def test_no_attempt_begins_after_the_deadline(played: Played) -> None:
    deadline_at = 1000.0 + played.conversation.policy.deadline
    for attempt, sent_at in zip(played.attempts, played.sent_at, strict=True):
        assert sent_at < deadline_at
        assert 0 < attempt.remaining <= played.conversation.policy.deadline
        assert attempt.delay >= 0


def leaves_doubt(outcome: Reply | Lost) -> bool:
    if isinstance(outcome, Lost):
        return outcome.sent
    if outcome.status >= 400 and outcome.headers["content-type"] != "application/problem+json":
        return True
    spent = outcome.status == 409 and b"idempotency_key_expired" in outcome.body
    return outcome.disbelief is not None or outcome.status >= 500 or outcome.status < 400 or is_wait(outcome) or spent


def settles(outcome: Reply | Lost) -> bool:
    if isinstance(outcome, Lost) or outcome.disbelief is not None or is_wait(outcome):
        return False
    if outcome.headers.get("content-type") != "application/problem+json":
        return False
    told: dict[str, object] = json.loads(outcome.body)
    if outcome.status == 402:
        return True
    return (outcome.status, told["code"]) in {(404, "resource_missing"), (409, "invalid_state")}


@given(plays())
def test_the_outcome_is_that_of_the_whole_call(played: Played) -> None:
    if played.error is None:
        return
    expected = "not_sent"
    for outcome in played.heard:
        if leaves_doubt(outcome):
            expected = "unknown"
        elif settles(outcome) or (isinstance(outcome, Reply) and expected == "not_sent"):
            expected = "rejected"
    assert played.error.outcome == expected


@given(plays())
def test_a_write_of_which_something_was_sent_stays_in_its_region(played: Played) -> None:
    if played.conversation.ask.idempotency_key is None:
        return
    pairs = zip(played.attempts, played.attempts[1:], played.heard, strict=False)
    sent = False
    for before, after, outcome in pairs:
        sent = sent or isinstance(outcome, Reply) or outcome.sent
        if sent or not played.conversation.policy.write_failover:
            assert after.region == before.region


@given(plays())
def test_the_budget_stays_within_its_bounds(played: Played) -> None:
    budget = played.conversation.route.budget
    assert 0 <= budget.tokens <= budget.capacity


@given(plays())
def test_no_probe_is_left_behind(played: Played) -> None:
    assert all(breaker is not None and breaker.state != "half_open" for breaker in played.conversation.route.breakers)
