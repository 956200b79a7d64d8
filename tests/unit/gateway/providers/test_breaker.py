"""The circuit breaker by itself, on a clock of the test's own."""

from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.providers.breaker import Breaker


class Timed:
    def __init__(self, threshold: int) -> None:
        self.now = 0.0
        self.breaker = Breaker(threshold, lambda: self.now)

    def fail(self, times: int) -> None:
        for _ in range(times):
            self.breaker.failed()


def test_it_opens_after_as_many_failures_in_a_row() -> None:
    it = Timed(3)
    it.fail(2)
    it.breaker.succeeded()
    it.fail(2)
    assert it.breaker.admits()
    it.fail(1)
    assert it.breaker.open
    assert not it.breaker.admits()


def test_pauses_double_up_to_a_minute() -> None:
    it = Timed(1)
    it.fail(1)
    for pause in (5, 10, 20, 40, 60, 60):
        it.now += pause - 1
        assert not it.breaker.admits()
        it.now += 1
        assert it.breaker.admits()
        assert not it.breaker.admits()
        it.fail(1)


def test_a_success_closes_it_and_forgets_the_pauses() -> None:
    it = Timed(1)
    for _ in range(3):
        it.fail(1)
        it.now += 60
        assert it.breaker.admits()
    it.breaker.succeeded()
    assert it.breaker.admits()
    it.fail(1)
    it.now += 5
    assert it.breaker.admits()


@given(st.lists(st.sampled_from(["fail", "succeed", "give up", "wait", "ask"]), max_size=60), st.integers(1, 4))
def test_it_never_stays_shut_and_lets_one_probe_through_at_a_time(steps: list[str], threshold: int) -> None:
    it = Timed(threshold)
    for step in steps:
        match step:
            case "fail":
                it.fail(1)
            case "succeed":
                it.breaker.succeeded()
                assert it.breaker.admits()
            case "give up":
                it.breaker.gave_up()
            case "wait":
                it.now += 7.0
            case _:
                if it.breaker.admits() and it.breaker.open:
                    assert not it.breaker.admits()
    it.breaker.gave_up()
    it.now += 61.0
    assert it.breaker.admits()
