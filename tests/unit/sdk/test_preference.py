"""Which region a process begins with: the one that works, for 30 s at least, then one call tries home."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from molam_sdk._shared.preference import STAY, Preference


def away(now: float = 1000.0, region: int = 1) -> Preference:
    preference = Preference()
    preference.worked(region, now, fled=True, trying=False)
    return preference


def test_it_begins_at_home() -> None:
    assert Preference().begin(1000.0) == (0, False)


def test_a_call_that_fled_and_was_answered_moves_the_process() -> None:
    assert away().begin(1000.0) == (1, False)


def test_a_call_that_was_passed_on_for_another_reason_moves_nobody() -> None:
    preference = Preference()
    preference.worked(1, 1000.0, fled=False, trying=False)
    assert preference.begin(1000.0) == (0, False)


def test_after_thirty_seconds_one_call_tries_home() -> None:
    preference = away()
    assert preference.begin(1000.0 + STAY - 0.1) == (1, False)
    assert preference.begin(1000.0 + STAY) == (0, True)
    assert preference.begin(1000.0 + STAY + 1) == (1, False)


def test_a_try_of_which_nobody_tells_the_end_is_repeated_thirty_seconds_later() -> None:
    preference = away()
    assert preference.begin(1030.0) == (0, True)
    assert preference.begin(1030.0 + STAY - 0.1) == (1, False)
    assert preference.begin(1030.0 + STAY) == (0, True)


def test_it_goes_home_once_home_answers() -> None:
    preference = away()
    preference.begin(1030.0)
    preference.worked(0, 1031.0, fled=False, trying=True)
    assert preference.begin(1031.0) == (0, False)


def test_a_home_that_does_not_answer_is_tried_again_thirty_seconds_later() -> None:
    preference = away()
    preference.begin(1030.0)
    preference.failed(1035.0)
    assert preference.begin(1035.0 + STAY - 0.1) == (1, False)
    assert preference.begin(1035.0 + STAY) == (0, True)


def test_a_try_without_a_verdict_is_repeated_by_the_next_call() -> None:
    preference = away()
    preference.begin(1030.0)
    preference.abandoned()
    assert preference.begin(1030.0) == (0, True)


def test_late_answers_of_home_do_not_bring_the_process_back() -> None:
    preference = away()
    preference.worked(0, 1040.0, fled=False, trying=False)
    assert preference.begin(1001.0) == (1, False)


def test_there_is_one_switch_in_thirty_seconds_whatever_happens() -> None:
    for steps in itertools.product(("flee 0", "flee 1", "flee 2", "begin", "home", "dead"), repeat=4):
        preference = Preference()
        switches = [-STAY]
        now = 0.0
        trying = False
        for step in steps * 4:
            now += 4.0
            before = preference.region
            if step == "begin":
                trying = preference.begin(now)[1] or trying
            elif step == "home" and trying:
                preference.worked(0, now, fled=False, trying=True)
                trying = False
            elif step == "dead" and trying:
                preference.failed(now)
                trying = False
            elif step.startswith("flee"):
                preference.worked(int(step[-1]), now, fled=True, trying=False)
            if preference.region != before:
                switches.append(now)
        assert all(later - earlier >= STAY for earlier, later in itertools.pairwise(switches))


def test_one_of_many_threads_tries_home() -> None:
    preference = away()
    together = Barrier(32)

    def begin(_: int) -> bool:
        together.wait()
        return preference.begin(1030.0)[1]

    with ThreadPoolExecutor(32) as pool:
        assert sum(pool.map(begin, range(32))) == 1
