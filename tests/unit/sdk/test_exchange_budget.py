"""What a call spends of the retry budget and what it gives back."""

from __future__ import annotations

import pytest

from molam_sdk import errors
from molam_sdk._exchange.policy import Route
from molam_sdk._exchange.reply import Lost, Reply
from tests.unit.sdk.conversation import REFUSED, SILENT, TORN, html, problem, route, started, success


@pytest.mark.parametrize(
    ("outcome", "cost"),
    [
        (html(500), 14),
        (html(503), 14),
        (html(408), 14),
        (html(429), 5),
        (TORN, 14),
        (SILENT, 14),
        (REFUSED, 14),
        (success(Molam_Attempt_Id="stale"), 14),
        (html(400, Molam_Should_Retry="true"), 14),
        (problem(409, "idempotency_in_flight"), 0),
    ],
)
def test_the_cost_of_a_retry(outcome: Reply | Lost, cost: int) -> None:
    conversation = started()
    conversation.hear(outcome)
    assert conversation.route.budget.tokens == 500 - cost


def test_a_retry_that_succeeds_gives_its_cost_back() -> None:
    for outcome in (html(500), html(429)):
        conversation = started()
        conversation.hear(outcome)
        conversation.settle(success())
        assert conversation.route.budget.tokens == 500


def test_only_the_retry_that_succeeded_is_given_back() -> None:
    conversation = started()
    conversation.hear(html(500))
    conversation.hear(html(429))
    conversation.hear(html(500))
    conversation.settle(success())
    assert conversation.route.budget.tokens == 500 - 14 - 5


def test_a_clean_success_gives_one_token() -> None:
    over = route()
    over.budget.take(100)
    started(over=over).settle(success())
    assert over.budget.tokens == 401


def test_the_budget_never_exceeds_its_size() -> None:
    over = route()
    for _ in range(3):
        started(over=over).settle(success())
    assert over.budget.tokens == 500


@pytest.mark.parametrize(
    ("tokens", "outcome", "kind"),
    [
        (13, html(503, Retry_After="2"), errors.ServerError),
        (4, problem(429, "rate_limited", Retry_After="2"), errors.RateLimitError),
        (13, TORN, errors.NetworkError),
        (13, SILENT, errors.TimeoutError),
        (13, success(Molam_Attempt_Id="stale"), errors.UnexpectedResponseError),
    ],
)
def test_an_empty_budget_fails_at_once_with_the_last_error(
    tokens: int, outcome: Reply | Lost, kind: type[errors.MolamError]
) -> None:
    conversation = started(over=route(tokens=tokens))
    assert conversation.fail(outcome, kind).attempts == 1
    assert conversation.route.budget.tokens == tokens


def test_the_last_tokens_are_spent() -> None:
    assert started(over=route(tokens=14)).hear(html(500)).number == 2
    assert started(over=route(tokens=5)).hear(html(429)).number == 2


def test_a_call_that_may_not_retry_spends_nothing() -> None:
    conversation = started(max_retries=0)
    conversation.fail(html(500), errors.ServerError)
    too_late = started(over=conversation.route, deadline=1)
    too_late.fail(html(500, Retry_After="9"), errors.ServerError)
    assert conversation.route.budget.tokens == 500


def test_an_outage_multiplies_the_load_by_little() -> None:
    budget = route().budget
    attempts = 0
    for _ in range(1000):
        attempts += started(over=Route(budget, (None,))).give_up(html(503)).attempts
    assert attempts == 1000 + 500 // 14
