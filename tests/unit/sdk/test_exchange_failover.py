"""What one call learns about the regions serves the others; a key in doubt stays where it was sent."""

from __future__ import annotations

import attrs
import pytest

from molam_sdk import errors
from molam_sdk._exchange.policy import Route
from molam_sdk._exchange.reply import Lost, Reply
from molam_sdk._shared import days_names, keys_in_doubt
from molam_sdk._shared.breaker import Breaker
from molam_sdk._shared.budget import RetryBudget
from molam_sdk._shared.keys_in_doubt import KeysInDoubt, name_of
from molam_sdk._shared.preference import Preference
from tests.unit.sdk.conversation import (
    CONNECT_TIMEOUT,
    LOCAL,
    REFUSED,
    SILENT,
    TORN,
    Conversation,
    html,
    problem,
    started,
    success,
)

REGIONS = ("https://a.example", "https://b.example")


def several(scope: bytes = b"acct_a") -> Route:
    return Route(RetryBudget(500), tuple(Breaker() for _ in REGIONS), REGIONS, Preference(), KeysInDoubt(), scope)


def fled(over: Route, outcome: Reply | Lost = REFUSED, *, now: float = 1000.0) -> None:
    """A read of which the first attempt came to that and the second was answered."""
    conversation = started(key=None, over=over, now=now)
    assert conversation.hear(outcome).region == 1
    conversation.settle(success())


@pytest.mark.parametrize("outcome", [REFUSED, CONNECT_TIMEOUT, SILENT])
def test_the_next_call_begins_where_the_last_was_answered(outcome: Lost) -> None:
    over = several()
    fled(over, outcome)
    assert started(key=None, over=over).attempt.region == 1
    assert started(key="order-1", over=over, write_failover=True).attempt.region == 1
    assert started(key="order-2", over=over).attempt.region == 0


@pytest.mark.parametrize("outcome", [TORN, html(503), success(Molam_Attempt_Id="stale"), LOCAL])
def test_what_is_no_outage_moves_one_call_only(outcome: Reply | Lost) -> None:
    over = several()
    fled(over, outcome)
    assert started(key=None, over=over).attempt.region == 0


def test_one_who_would_not_wait_does_not_move_the_others() -> None:
    over = several()
    conversation = started(key=None, over=over, deadline=1.0)
    assert conversation.attempt.connect_timeout == 0.5
    assert conversation.hear(CONNECT_TIMEOUT, after=0.5).region == 1
    conversation.settle(success())
    assert started(key=None, over=over).attempt.region == 0


def test_connecting_leaves_time_for_another_region() -> None:
    assert started(key=None, over=several(), deadline=3.0).attempt.connect_timeout == 1.5
    assert started(key=None, over=several(), deadline=60.0).attempt.connect_timeout == 5.0
    assert started(over=several(), deadline=3.0).attempt.connect_timeout == 3.0


def test_an_open_breaker_moves_the_process_too() -> None:
    over = several()
    assert over.breakers[0] is not None
    for _ in range(10):
        over.breakers[0].failed(1000.0, probe=0)
    started(key=None, over=over).settle(success())
    assert over.preference is not None
    assert over.preference.region == 1


def test_after_thirty_seconds_one_call_tries_home() -> None:
    over = several()
    fled(over)
    trying = started(key=None, over=over, now=1031.0)
    assert trying.attempt.region == 0
    assert started(key=None, over=over, now=1031.0).attempt.region == 1
    assert trying.hear(REFUSED).region == 1
    trying.settle(success())
    assert started(key=None, over=over, now=1060.0).attempt.region == 1
    again = started(key=None, over=over, now=1062.0)
    assert again.attempt.region == 0
    again.settle(success())
    assert started(key=None, over=over, now=1062.0).attempt.region == 0


@pytest.mark.parametrize("outcome", [html(503), success(Molam_Attempt_Id="stale")])
def test_a_home_that_answers_badly_is_not_gone_back_to(outcome: Reply) -> None:
    over = several()
    fled(over)
    started(key=None, over=over, now=1031.0).hear(outcome)
    assert started(key=None, over=over, now=1032.0).attempt.region == 1


def test_a_try_that_is_cancelled_is_made_by_the_next_call() -> None:
    over = several()
    fled(over)
    started(key=None, over=over, now=1031.0).abandon()
    assert started(key=None, over=over, now=1031.0).attempt.region == 0


def test_a_try_that_the_breaker_refuses_is_made_by_a_later_call() -> None:
    over = several()
    fled(over)
    assert over.breakers[0] is not None
    for _ in range(10):
        over.breakers[0].failed(1031.0, probe=0)
    assert started(key=None, over=over, now=1031.0).attempt.region == 1
    assert started(key=None, over=over, now=1037.0).attempt.region == 0


def test_a_repetition_of_a_call_in_doubt_goes_where_the_call_was_sent() -> None:
    over = several()
    assert started(over=over, write_failover=True, max_retries=0).fail(TORN, errors.NetworkError).outcome == "unknown"
    fled(over)
    repeated = started(over=over, write_failover=True)
    assert repeated.attempt.region == 0
    assert repeated.hear(REFUSED).region == 0
    repeated.settle(success())


def test_a_repetition_of_a_call_that_was_done_goes_where_it_was_done() -> None:
    """Also where its answer could not be read; another region knows nothing of the key and would do it again."""
    over = several()
    started(over=over, write_failover=True).settle(success())
    fled(over)
    repeated = started(over=over, write_failover=True)
    assert repeated.attempt.region == 0
    assert repeated.hear(REFUSED).region == 0


def test_a_repetition_that_cannot_be_sent_settles_nothing() -> None:
    over = several()
    started(over=over, write_failover=True, max_retries=0).fail(TORN, errors.NetworkError)
    fled(over)
    for outcome in (REFUSED, CONNECT_TIMEOUT, problem(401, "api_key_invalid"), problem(429, "rate_limited")):
        repeated = started(over=over, write_failover=True, max_retries=0)
        assert repeated.attempt.region == 0
        repeated.give_up(outcome)
    assert started(over=over, write_failover=True).attempt.region == 0


def test_a_call_in_doubt_away_from_home_is_repeated_there() -> None:
    over = several()
    fled(over)
    assert started(over=over, write_failover=True, max_retries=0).fail(TORN, errors.NetworkError).outcome == "unknown"
    assert started(over=over).attempt.region == 1
    assert started(over=over, now=2000.0).attempt.region == 1


def test_a_cancelled_call_is_in_doubt_and_a_refused_one_is_not() -> None:
    over = several()
    fled(over)
    started(over=over, write_failover=True).abandon()
    assert started(over=over).attempt.region == 1
    settled = started(over=over)
    settled.fail(problem(404, "resource_missing"), errors.NotFoundError)
    assert started(over=over).attempt.region == 0


def test_a_key_in_doubt_in_a_region_that_is_not_on_the_way_is_sent_as_any_other() -> None:
    over = several()
    assert over.in_doubt is not None
    over.in_doubt.add(name_of(over.scope, "order-1"), "https://c.example", 1000.0)
    assert Conversation(over=over).begin().region == 0


def for_another_account(over: Route) -> Route:
    return attrs.evolve(over, scope=b"acct_b", breakers=(Breaker(), Breaker()), preference=Preference())


@pytest.mark.parametrize("answer", ["refused", "done elsewhere"])
def test_equal_keys_of_another_account_say_nothing_of_this_one(answer: str) -> None:
    over = several()
    started(over=over, write_failover=True, max_retries=0).fail(TORN, errors.NetworkError)
    other = for_another_account(over)
    if answer == "refused":
        started(over=other).fail(problem(402, "card_declined"), errors.DeclinedError)
    else:
        fled(other)
        conversation = started(over=other, write_failover=True)
        assert conversation.attempt.region == 1
        conversation.settle(success())
    fled(over)
    repeated = started(over=over, write_failover=True)
    assert repeated.attempt.region == 0
    assert repeated.hear(REFUSED).region == 0


def test_a_refusal_elsewhere_settles_nothing_here() -> None:
    over = several()
    started(over=over, max_retries=0).fail(TORN, errors.NetworkError)
    elsewhere = attrs.evolve(over, regions=("https://c.example", "https://b.example"), preference=Preference())
    started(over=elsewhere).fail(problem(402, "card_declined"), errors.DeclinedError)
    fled(over)
    assert started(over=over, write_failover=True).attempt.region == 0


def test_a_key_that_was_made_for_a_call_is_remembered_while_it_is_in_doubt_only() -> None:
    over = several()
    assert over.in_doubt is not None
    started(over=over, minted=True).settle(success())
    assert len(over.in_doubt) == 0
    started(over=over, minted=True, max_retries=0).fail(TORN, errors.NetworkError)
    assert len(over.in_doubt) == 1
    fled(over)
    assert started(over=over, write_failover=True).attempt.region == 0


def test_where_keys_had_to_be_forgotten_a_key_that_was_given_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days_names, "PAGE", 10)
    monkeypatch.setattr(keys_in_doubt, "PAGE", 10)
    monkeypatch.setattr(keys_in_doubt, "MOST", 30)
    over = several()
    for number in range(100):
        started(over=over, key=f"order-{number}", write_failover=True).settle(success())
    fled(over, now=1030.0)
    for number in range(101):
        conversation = started(over=over, key=f"order-{number}", write_failover=True, now=1030.0)
        assert conversation.attempt.region == 0
        assert conversation.hear(REFUSED).region == 0
        conversation.settle(success())
    assert started(over=over, key="minted", minted=True, write_failover=True, now=1030.0).attempt.region == 1
    later = 1031.0 + days_names.KEPT + days_names.SPAN
    over = attrs.evolve(over, breakers=(Breaker(), Breaker()), preference=Preference())
    fled(over, now=later)
    assert started(over=over, key="order-101", write_failover=True, now=later).attempt.region == 1


def test_a_process_whose_try_of_home_was_never_told_tries_again() -> None:
    """An interrupt may come after the turn was given and before anybody could give it back."""
    over = several()
    fled(over)
    assert over.preference is not None
    assert over.preference.begin(1031.0) == (0, True)
    assert started(key=None, over=over, now=1060.0).attempt.region == 1
    assert started(key=None, over=over, now=1061.0).attempt.region == 0
