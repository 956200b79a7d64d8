"""What a call tells the breaker, and what it does while one is open."""

from __future__ import annotations

import contextlib

import pytest

from molam_sdk import errors
from molam_sdk._exchange.policy import Route
from molam_sdk._exchange.reply import Lost, Reply
from molam_sdk._shared.breaker import Breaker
from tests.unit.sdk.conversation import (
    CONNECT_TIMEOUT,
    LOCAL,
    REFUSED,
    SILENT,
    TORN,
    UNRESOLVED,
    UNSENDABLE,
    Conversation,
    html,
    problem,
    route,
    started,
    success,
)


def call(over: Route, outcome: Reply | Lost, *, now: float = 1000.0) -> None:
    """A whole call of one attempt, however it ends."""
    conversation = started(over=over, max_retries=0, now=now)
    with contextlib.suppress(errors.MolamError, StopIteration):
        conversation.hear(outcome)


def breaker_of(over: Route) -> Breaker:
    breaker = over.breakers[0]
    assert breaker is not None
    return breaker


def opened(*, now: float = 1000.0) -> Route:
    over = route()
    for _ in range(10):
        call(over, REFUSED, now=now)
    assert breaker_of(over).state == "open"
    return over


@pytest.mark.parametrize(
    "outcome", [REFUSED, UNRESOLVED, CONNECT_TIMEOUT, SILENT, html(500), html(503), html(501), html(599)]
)
def test_ten_failures_in_a_row_open_it(outcome: Reply | Lost) -> None:
    over = route()
    for _ in range(9):
        call(over, outcome)
    assert breaker_of(over).state == "closed"
    call(over, outcome)
    assert breaker_of(over).state == "open"


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 409, 422, 425, 429])
def test_refusals_never_open_it(status: int) -> None:
    over = route()
    for _ in range(50):
        call(over, html(status))
    assert breaker_of(over).state == "closed"


@pytest.mark.parametrize("outcome", [success(), html(429), html(404), html(302), problem(402, "card_declined")])
def test_any_other_answer_begins_the_count_anew(outcome: Reply) -> None:
    over = route()
    for _ in range(9):
        call(over, REFUSED)
    call(over, outcome)
    for _ in range(9):
        call(over, REFUSED)
    assert breaker_of(over).state == "closed"


@pytest.mark.parametrize("outcome", [TORN, UNSENDABLE])
def test_what_says_nothing_about_the_host_counts_neither_way(outcome: Lost) -> None:
    over = route()
    for _ in range(9):
        call(over, REFUSED)
    for _ in range(20):
        call(over, outcome)
    assert breaker_of(over).state == "closed"
    call(over, REFUSED)
    assert breaker_of(over).state == "open"


def test_an_open_breaker_sends_nothing_and_says_when() -> None:
    over = opened()
    with pytest.raises(errors.CircuitOpenError, match="not sent, the API failed too often") as caught:
        Conversation(over=over, now=1002.0).begin()
    error = caught.value
    assert (error.retry_after, error.outcome, error.attempts, error.phase) == (3.0, "not_sent", 0, None)
    assert error.idempotency_key == "order-1"


def test_the_breaker_opens_in_the_middle_of_a_call() -> None:
    over = route()
    for _ in range(9):
        call(over, REFUSED)
    error = started(over=over).fail(html(503, Request_Id="req_1"), errors.ServerError)
    assert (error.outcome, error.attempts, error.request_id) == ("unknown", 1, "req_1")
    assert error.retry_after == pytest.approx(5.0)


def test_the_one_probe_is_never_held_by_a_call_that_waits() -> None:
    over = route()
    for _ in range(9):
        call(over, REFUSED)
    started(over=over).fail(html(503, Retry_After="20"), errors.ServerError)
    call(over, success(), now=1005.0)
    assert breaker_of(over).state == "closed"


@pytest.mark.parametrize(
    "outcome",
    [
        Lost("connect", sent=False, timed_out=True, local=True, cause_type="PoolTimeout"),
        SILENT,
        CONNECT_TIMEOUT,
    ],
)
def test_a_callers_own_impatience_never_opens_it(outcome: Lost) -> None:
    over = route()
    for _ in range(30):
        conversation = started(over=over, deadline=0.05)
        with contextlib.suppress(errors.MolamError):
            conversation.hear(outcome, after=0.05)
    assert breaker_of(over).state == "closed"


def test_one_probe_goes_and_its_success_closes() -> None:
    over = opened()
    probe = started(over=over, now=1005.0)
    with pytest.raises(errors.CircuitOpenError) as caught:
        Conversation(over=over, now=1005.0).begin()
    assert caught.value.retry_after == 5.0
    probe.settle(success())
    assert breaker_of(over).state == "closed"
    started(over=over, now=1005.0).settle(success())


@pytest.mark.parametrize("outcome", [html(404), html(429), success(Molam_Attempt_Id="stale")])
def test_any_answer_to_the_probe_but_a_5xx_closes(outcome: Reply) -> None:
    over = opened()
    call(over, outcome, now=1005.0)
    assert breaker_of(over).state == "closed"


def test_while_the_host_is_down_one_call_goes_every_five_seconds() -> None:
    over = opened()
    now = 1000.0
    for _ in range(20):
        with pytest.raises(errors.CircuitOpenError) as caught:
            Conversation(over=over, now=now).begin()
        assert caught.value.retry_after == 5.0
        now += 5.0
        call(over, html(500), now=now)
    call(over, success(), now=now + 5.0)
    assert breaker_of(over).state == "closed"


def test_a_probe_that_hangs_does_not_keep_the_next_one_waiting() -> None:
    over = opened()
    hanging = started(over=over, now=1005.0)
    assert breaker_of(over).state == "half_open"
    call(over, success(), now=1010.0)
    assert breaker_of(over).state == "closed"
    hanging.hear(SILENT, after=30.0)
    assert breaker_of(over).state == "closed"


def test_the_error_names_the_breaker_and_its_state() -> None:
    over = Route(route().budget, (Breaker("https://eu.example", mutating=True),))
    for _ in range(10):
        call(over, REFUSED)
    with pytest.raises(errors.CircuitOpenError) as first:
        Conversation(over=over, now=1004.0).begin()
    probe = started(over=over, now=1005.0)
    with pytest.raises(errors.CircuitOpenError) as second:
        Conversation(over=over, now=1005.0).begin()
    probe.abandon()
    refusals = first.value, second.value
    assert [(error.region, error.operations, error.state) for error in refusals] == [
        ("https://eu.example", "write", "open"),
        ("https://eu.example", "write", "half_open"),
    ]


def refused_for(over: Route, now: float) -> float | None:
    """How long a call has to wait that would begin now."""
    with pytest.raises(errors.CircuitOpenError) as caught:
        Conversation(over=over, now=now).begin()
    return caught.value.retry_after


def test_an_abandoned_probe_keeps_its_pause() -> None:
    over = opened()
    started(over=over, now=1005.0).abandon()
    assert breaker_of(over).state == "open"
    assert refused_for(over, 1006.0) == 4.0
    started(over=over, now=1010.0).settle(success())
    assert breaker_of(over).state == "closed"


@pytest.mark.parametrize("outcome", [TORN, SILENT])
def test_a_probe_that_says_nothing_keeps_its_pause(outcome: Lost) -> None:
    over = opened()
    conversation = started(over=over, max_retries=0, now=1005.0, deadline=0.3)
    conversation.give_up(outcome)
    assert refused_for(over, 1005.3) == pytest.approx(4.7)
    call(over, success(), now=1010.0)
    assert breaker_of(over).state == "closed"


def test_the_impatient_try_a_region_once_in_a_pause() -> None:
    over, sent, now = opened(), 0, 1005.0
    while now < 1025.0:
        conversation = Conversation(over=over, max_retries=0, now=now, deadline=0.3)
        with contextlib.suppress(errors.CircuitOpenError):
            conversation.begin()
            sent += 1
            conversation.fail(SILENT, errors.TimeoutError, after=0.3)
        now += 0.3
    assert sent == 4


@pytest.mark.parametrize("outcome", [UNSENDABLE, LOCAL])
def test_a_probe_that_was_never_sent_gives_its_turn_back(outcome: Lost) -> None:
    over = opened()
    call(over, outcome, now=1005.0)
    call(over, success(), now=1005.0)
    assert breaker_of(over).state == "closed"


def test_a_probe_that_no_budget_pays_for_gives_its_turn_back() -> None:
    over = route(tokens=0)
    for _ in range(10):
        call(over, REFUSED)
    probe = started(over=over, now=1005.0)
    assert probe.fail(html(503), errors.ServerError, after=6.0).retry_after is None
    assert breaker_of(over).state == "open"
    call(over, success(), now=1011.0)
    assert breaker_of(over).state == "closed"


@pytest.mark.parametrize(("outcome", "deadline"), [(SILENT, 3.0), (CONNECT_TIMEOUT, 3.0), (SILENT, 1.0)])
def test_silence_opens_it_also_for_callers_who_wait_for_less_than_the_timeouts(outcome: Lost, deadline: float) -> None:
    over = route()
    for _ in range(10):
        conversation = started(over=over, deadline=deadline, max_retries=0)
        conversation.fail(outcome, errors.TimeoutError, after=deadline)
    assert breaker_of(over).state == "open"


def test_an_abandoned_call_that_was_no_probe_changes_nothing() -> None:
    over = opened()
    waiting = started(over=route())
    waiting.abandon()
    probe = started(over=over, now=1005.0)
    assert breaker_of(over).state == "half_open"
    probe.abandon()


def test_without_a_breaker_everything_goes() -> None:
    over = Route(route().budget, (None,))
    for _ in range(30):
        call(over, REFUSED)
    started(over=over).settle(success())
    started(over=over).abandon()
