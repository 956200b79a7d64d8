"""Which region an attempt goes to: reads may move, writes only on request and while nothing was sent."""

from __future__ import annotations

import pytest

from molam_sdk import errors
from molam_sdk._exchange.policy import Route
from molam_sdk._exchange.reply import Lost, Reply
from tests.unit.sdk.conversation import REFUSED, TORN, Conversation, html, problem, route, started, success


def opened(over: Route, region: int, *, at: float) -> None:
    breaker = over.breakers[region]
    assert breaker is not None
    for _ in range(10):
        breaker.failed(at, probe=False)


@pytest.mark.parametrize("outcome", [REFUSED, TORN, html(503), success(Molam_Attempt_Id="stale")])
def test_reads_go_round(outcome: Reply | Lost) -> None:
    conversation = Conversation(key=None, over=route(regions=3))
    regions = [conversation.begin().region, *(conversation.hear(outcome).region for _ in range(3))]
    assert regions == [0, 1, 2, 0]


def test_being_throttled_is_no_reason_to_move() -> None:
    assert started(key=None, over=route(regions=2)).hear(problem(429, "rate_limited")).region == 0


@pytest.mark.parametrize("outcome", [REFUSED, TORN, html(503)])
def test_writes_stay_where_they_are(outcome: Reply | Lost) -> None:
    assert started(over=route(regions=2)).hear(outcome).region == 0


def test_writes_move_on_request_while_nothing_was_sent() -> None:
    conversation = started(over=route(regions=2), write_failover=True)
    assert conversation.hear(REFUSED).region == 1
    assert conversation.hear(REFUSED).region == 0


@pytest.mark.parametrize("outcome", [TORN, html(503), problem(429), problem(409, "idempotency_in_flight")])
def test_a_write_of_which_something_was_sent_never_moves(outcome: Reply | Lost) -> None:
    conversation = started(over=route(regions=2), write_failover=True)
    assert conversation.hear(REFUSED).region == 1
    assert conversation.hear(outcome).region == 1
    assert conversation.hear(REFUSED).region == 1


def test_a_read_passes_by_an_open_breaker() -> None:
    over = route(regions=2)
    opened(over, 0, at=1000.0)
    assert Conversation(key=None, over=over).begin().region == 1


def test_a_write_passes_by_an_open_breaker_on_request_only() -> None:
    over = route(regions=2)
    opened(over, 0, at=1000.0)
    assert Conversation(over=over, write_failover=True).begin().region == 1
    with pytest.raises(errors.CircuitOpenError):
        Conversation(over=over).begin()


def test_the_first_region_to_come_back_says_when() -> None:
    over = route(regions=3)
    for region, at in enumerate((1000.0, 998.0, 999.0)):
        opened(over, region, at=at)
    with pytest.raises(errors.CircuitOpenError) as caught:
        Conversation(key=None, over=over).begin()
    assert caught.value.retry_after == 3.0


def test_the_breaker_of_the_region_that_failed_is_told() -> None:
    over = route(regions=2)
    for _ in range(5):
        conversation = started(key=None, over=over, max_retries=1, now=1000.0)
        conversation.hear(REFUSED)
        conversation.settle(success())
    states = [getattr(breaker, "_failures", None) for breaker in over.breakers]
    assert states == [5, 0]


def test_a_moved_call_that_is_abandoned_frees_the_probe_of_its_region() -> None:
    over = route(regions=2)
    opened(over, 0, at=1000.0)
    opened(over, 1, at=990.0)
    conversation = Conversation(key=None, over=over)
    assert conversation.begin().region == 1
    states = [breaker.state for breaker in over.breakers if breaker is not None]
    conversation.abandon()
    states += [breaker.state for breaker in over.breakers if breaker is not None]
    assert states == ["open", "half_open", "open", "open"]
