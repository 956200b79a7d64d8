"""The bucket of retry tokens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from molam_sdk._shared.budget import RetryBudget


def test_it_starts_full_and_never_overflows() -> None:
    budget = RetryBudget(500)
    budget.give(14)
    assert (budget.tokens, budget.capacity) == (500, 500)


def test_what_is_not_there_is_not_spent() -> None:
    budget = RetryBudget(20)
    assert [budget.take(14), budget.take(14), budget.take(5), budget.take(5)] == [True, False, True, False]
    assert budget.tokens == 1


@given(st.integers(0, 60), st.lists(st.tuples(st.booleans(), st.sampled_from([1, 5, 14])), max_size=60))
def test_it_counts_exactly(capacity: int, steps: list[tuple[bool, int]]) -> None:
    budget, expected = RetryBudget(capacity), capacity
    for taking, tokens in steps:
        if taking:
            assert budget.take(tokens) is (expected >= tokens)
            expected -= tokens if expected >= tokens else 0
        else:
            budget.give(tokens)
            expected = min(capacity, expected + tokens)
        assert budget.tokens == expected


def test_threads_cannot_overspend_it() -> None:
    budget = RetryBudget(500)
    with ThreadPoolExecutor(16) as pool:
        granted = list(pool.map(budget.take, [5] * 400))
    assert (sum(granted), budget.tokens) == (100, 0)
