"""A key that may have been used before is never called unused, however early or late a call comes to nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from molam_sdk import errors
from molam_sdk._shared import process
from molam_sdk.journal import Begun, Ended, Entry
from tests.unit.sdk.notebook import Notebook, journal_for
from tests.unit.sdk.scripted import Driver, Script, answered, driving, refused
from tests.unit.sdk.spec_examples import example_intent

BASE = "http://127.0.0.1:1"
KEY = "order-1"
LOST = httpx.ReadError("gone")
AWAY = httpx.ConnectError("refused")
REGIONS: dict[str, Any] = {
    "api_base": ...,
    "regions": {"a": "https://a.example", "b": "https://b.example"},
    "region": "a",
    "fallback_regions": ("b",),
    "write_failover": True,
}


def hosts(script: Script) -> list[str]:
    return [request.url.host for request in script.requests]


def begun_before(kind: str, pages: Notebook, ending: str | None = None, **options: Any) -> None:
    """A call that left the process, and whose end the journal may have learned."""
    with driving(kind, Script(LOST), journal=journal_for(kind, pages), max_retries=0, **options) as driver:
        driver.fail(errors.NetworkError, idempotency_key=KEY)
    if ending is not None:
        pages.only.ended = Ended(ending=ending)  # type: ignore[arg-type]
    pages.said.clear()
    process.reset()


def wear(driver: Driver, *regions: str) -> None:
    """Open the circuit breakers of regions."""
    for region in regions or (BASE,):
        for _ in range(10):
            process.breaker(region, mutating=True).failed(driver.clock.now, probe=0)


# What ends before the journal is asked


@pytest.mark.parametrize("ending", [None, "stale", "succeeded"])
def test_an_open_breaker_does_not_make_a_key_unused(kind: str, ending: str | None) -> None:
    pages, script = Notebook(), Script(answered())
    begun_before(kind, pages, ending)
    with driving(kind, script, journal=journal_for(kind, pages)) as driver:
        wear(driver)
        error = driver.fail(errors.CircuitOpenError, idempotency_key=KEY)
        assert (error.outcome, script.requests) == ("unknown", [])
        assert "may have been done: call client.resolve(error), or repeat it with error.idempotency_key" in str(error)
        assert "nothing was done" not in str(error)
        assert (pages.endings, pages.said) == ([ending or "in_doubt"], [("in_doubt", KEY)])
        driver.clock.now += 6.0
        assert driver.call("resolve", error).amount == 2500
    assert script.sent("Idempotency-Key") == [KEY]
    assert pages.endings == ["succeeded"]


@pytest.mark.parametrize("ending", ["rejected", "not_sent", "nothing"])
def test_what_the_journal_knows_to_be_undone_is_not_sent(kind: str, ending: str) -> None:
    pages = Notebook()
    if ending != "nothing":
        begun_before(kind, pages, ending)
    with driving(kind, Script(answered()), journal=journal_for(kind, pages)) as driver:
        wear(driver)
        error = driver.fail(errors.CircuitOpenError, idempotency_key=KEY)
    assert error.outcome == "not_sent"
    assert "nothing was done, it may be called again" in str(error)
    assert pages.endings == ([] if ending == "nothing" else [ending])
    assert pages.said == [("in_doubt", KEY)]


def test_nobody_asks_about_a_key_that_was_just_made(kind: str) -> None:
    pages = Notebook()
    with driving(kind, Script(answered()), journal=journal_for(kind, pages)) as driver:
        wear(driver)
        assert driver.fail(errors.CircuitOpenError).outcome == "not_sent"
    assert pages.said == []


@pytest.mark.parametrize("answer", [AWAY, refused(401, "api_key_invalid")], ids=["away", "refused"])
def test_a_home_region_that_is_not_found_does_not_make_a_key_unused(
    kind: str, answer: httpx.Response | Exception
) -> None:
    pages = Notebook()
    begun_before(kind, pages, api_base=..., region="a", regions={"a": "https://a.example"})
    with driving(
        kind, Script(answer), journal=journal_for(kind, pages), max_retries=0, **(REGIONS | {"region": "auto"})
    ) as driver:
        error = driver.fail(errors.MolamError, idempotency_key=KEY)
    assert error.outcome == "unknown"
    assert "may have been done" in str(error)
    assert pages.endings == ["in_doubt"]


@pytest.mark.parametrize("failure", [errors.StorageError("no space left"), RuntimeError("secret")], ids=repr)
def test_a_journal_that_cannot_be_asked_leaves_a_key_in_doubt(kind: str, failure: Exception) -> None:
    pages = Notebook()
    pages.broken["in_doubt"] = failure
    with driving(kind, Script(answered()), journal=journal_for(kind, pages)) as driver:
        wear(driver)
        error = driver.fail(errors.CircuitOpenError, idempotency_key=KEY)
    assert error.outcome == "unknown"
    assert "the journal could not say what became of earlier calls with this key" in str(error)
    assert "never with a new key" in str(error)
    assert "secret" not in str(error)


def test_an_entry_that_cannot_be_written_leaves_a_given_key_in_doubt(kind: str) -> None:
    pages, script = Notebook(), Script(answered())
    with driving(kind, script, journal=journal_for(kind, pages)) as driver:
        pages.broken["begin"] = errors.StorageError("no space left")
        assert driver.fail(errors.StorageError).outcome == "not_sent"
        pages.broken["begin"] = errors.StorageError("no space left")
        error = driver.fail(errors.StorageError, idempotency_key=KEY)
    assert (error.outcome, error.attempts, script.requests) == ("unknown", 0, [])
    assert "no space left; the journal could not say what became of earlier calls with this key" in str(error)
    assert [method for method, _ in pages.said] == ["begin", "begin"]


def test_asking_takes_nothing_from_a_worker_that_is_at_it() -> None:
    """One is under way with the key, the other is turned away by the breaker: the first one's refusal stays one."""
    pages = Notebook()
    met: list[errors.MolamError] = []

    def at_work(_: httpx.Request) -> httpx.Response:
        with driving("sync", Script(answered()), journal=pages) as other:
            wear(other)
            met.append(other.fail(errors.CircuitOpenError, idempotency_key=KEY))
        return refused(400, "amount_invalid")

    with driving("sync", Script(at_work), journal=pages) as driver:
        assert driver.fail(errors.ValidationError, idempotency_key=KEY).outcome == "rejected"
    assert [error.outcome for error in met] == ["unknown"]
    assert pages.endings == ["rejected"]


def test_a_call_that_is_open_elsewhere_is_in_doubt(kind: str) -> None:
    pages = Notebook()
    begun_before(kind, pages, api_base=..., region="b", regions=REGIONS["regions"])
    with driving(kind, Script(answered()), journal=journal_for(kind, pages), **REGIONS) as driver:
        wear(driver, *REGIONS["regions"].values())
        error = driver.fail(errors.CircuitOpenError, idempotency_key=KEY)
        driver.clock.now += 6.0
        elsewhere = driver.fail(errors.ConflictError, "resolve", error)
    assert (error.outcome, elsewhere.outcome) == ("unknown", "unknown")
    assert pages.endings == ["in_doubt"]


def test_nothing_is_resolved_before_the_home_region_is_known(kind: str) -> None:
    pages, script = Notebook(), Script(AWAY)
    begun_before(kind, pages, api_base=..., region="a", regions={"a": "https://a.example"})
    options = REGIONS | {"region": "auto", "journal": journal_for(kind, pages)}
    with driving(kind, script, max_retries=0, **options) as driver:
        error = driver.fail(errors.MolamError, idempotency_key=KEY)
        refusal = driver.fail(errors.ValidationError, "resolve", error)
    assert (refusal.code, refusal.outcome) == ("not_resolvable", "unknown")
    assert "repeat the call with error.idempotency_key" in str(refusal)
    assert [request.method for request in script.requests] == ["GET"]


def test_a_key_of_another_request_is_said_to_be_one(kind: str) -> None:
    pages = Notebook()
    begun_before(kind, pages)
    with driving(kind, Script(answered()), journal=journal_for(kind, pages)) as driver:
        wear(driver)
        error = driver.fail(errors.IdempotencyError, idempotency_key=KEY, amount=1)
    assert (error.outcome, error.idempotency_key, error.attempts) == ("not_sent", KEY, 0)
    assert pages.endings == ["in_doubt"]


# What this process knows without a journal


@pytest.mark.parametrize("before", [LOST, answered()], ids=["in doubt", "done"])
@pytest.mark.parametrize("answer", [AWAY, refused(401, "api_key_invalid")], ids=["not sent", "unauthorized"])
def test_what_this_process_knows_of_a_key_counts(
    kind: str, before: httpx.Response | Exception, answer: httpx.Response | Exception
) -> None:
    script = Script(before)
    with driving(kind, script, max_retries=0, **REGIONS) as driver:
        with suppress(errors.NetworkError):
            driver.create(idempotency_key=KEY)
        script.then(answer, answered())
        error = driver.fail(errors.MolamError, idempotency_key=KEY)
        assert error.outcome == "unknown"
        assert "an earlier call of this process with this key may have been done" in str(error)
        assert driver.call("resolve", error).amount == 2500
        script.then(answer)
        assert driver.fail(errors.MolamError, idempotency_key="order-2").outcome in ("not_sent", "rejected")
    assert set(hosts(script)) == {"a.example"}


def test_a_stored_refusal_is_certain_whatever_was_known(kind: str) -> None:
    declined = refused(402, "card_declined", body={"error_type": "payment_error"})
    with driving(kind, Script(LOST, declined, AWAY), max_retries=0, **REGIONS) as driver:
        driver.fail(errors.NetworkError, idempotency_key=KEY)
        assert driver.fail(errors.DeclinedError, idempotency_key=KEY).outcome == "rejected"
        assert driver.fail(errors.NetworkError, idempotency_key=KEY).outcome == "not_sent"


def in_a_child(look: Callable[[], None]) -> int:
    """Look in a forked child; what it exits with."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            look()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_child_knows_the_keys_of_its_parent() -> None:
    script = Script(LOST)
    with driving("sync", script, max_retries=1, **REGIONS) as driver:
        driver.fail(errors.NetworkError, idempotency_key=KEY)
        script.then(AWAY)

        def look() -> None:
            script.requests.clear()
            assert driver.fail(errors.NetworkError, idempotency_key=KEY).outcome == "unknown"
            assert set(hosts(script)) == {"a.example"}
            driver.fail(errors.NetworkError, idempotency_key="order-2")
            assert set(hosts(script)) == {"a.example", "b.example"}

        assert in_a_child(look) == 0


def test_a_child_of_a_fork_in_the_middle_of_a_note_keeps_unknown_keys_at_home() -> None:
    script = Script(AWAY)
    with driving("sync", script, max_retries=1, **REGIONS) as driver:

        def look() -> None:
            assert driver.fail(errors.NetworkError, idempotency_key=KEY).outcome == "not_sent"
            assert set(hosts(script)) == {"a.example"}
            driver.clock.now += 24 * 3600.0
            driver.fail(errors.NetworkError, idempotency_key=KEY)
            assert set(hosts(script)) == {"a.example", "b.example"}

        with process.in_doubt()._lock:  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
            assert in_a_child(look) == 0


# What is learned on the way


class Racing(Notebook):
    """A journal in which another process begins the same call just before this one does for the second time."""

    def __init__(self, *, away: str) -> None:
        super().__init__()
        self._away = away
        self._begun = 0

    def begin(self, entry: Entry) -> Begun:
        self._begun += 1
        if self._begun == 2:
            row = self.rows[entry.idempotency_key]
            row.ended = None
            self.change(entry.idempotency_key, region=self._away)
        return super().begin(entry)


@pytest.mark.parametrize("last", [AWAY, refused(401, "api_key_invalid")], ids=["not sent", "unauthorized"])
def test_a_doubt_that_is_learned_after_a_move_counts(kind: str, last: httpx.Response | Exception) -> None:
    pages = Racing(away="https://b.example")
    script = Script(AWAY, last, answered())
    with driving(kind, script, journal=journal_for(kind, pages), max_retries=1, **REGIONS) as driver:
        error = driver.fail(errors.MolamError, idempotency_key=KEY)
        assert error.outcome == "unknown"
        assert pages.endings == ["in_doubt"]
        assert driver.call("resolve", error).amount == 2500
    assert hosts(script) == ["a.example", "b.example", "b.example"]


def test_a_call_that_lost_a_race_is_resolved_where_the_other_was_sent(kind: str) -> None:
    pages = Racing(away="https://a.example")
    script = Script(AWAY, answered())
    with driving(kind, script, journal=journal_for(kind, pages), max_retries=1, **REGIONS) as driver:
        error = driver.fail(errors.ConflictError, idempotency_key=KEY)
        assert (error.outcome, error.attempts) == ("unknown", 1)
        assert "resolve" not in str(error)
        assert driver.call("resolve", error).amount == 2500
    assert hosts(script) == ["a.example", "a.example"]


def test_writing_down_a_call_that_moves_takes_the_attempts_before_into_account(kind: str) -> None:
    pages = Notebook()
    script = Script(AWAY)
    with driving(kind, script, journal=journal_for(kind, pages), max_retries=1, **REGIONS) as driver:

        def slowly(entry: Entry, begin: Any = pages.begin) -> Begun:
            if pages.rows:
                driver.clock.now += 100.0
            begun: Begun = begin(entry)
            return begun

        pages.begin = slowly  # type: ignore[method-assign]
        error = driver.fail(errors.TimeoutError, idempotency_key=KEY)
    assert (error.outcome, error.attempts) == ("not_sent", 1)


# A machine that sleeps


@pytest.mark.parametrize(("hours", "requests"), [(22.9, 2), (25.0, 1)])
def test_a_call_is_not_repeated_after_a_day_of_sleep(kind: str, hours: float, requests: int) -> None:
    """The monotonic clock, and with it the deadline, stands still meanwhile."""
    asleep = [0.0]
    pages = Notebook()

    def wakes(_: httpx.Request) -> httpx.Response:
        asleep[0] = hours * 3600.0
        raise LOST

    script = Script(wakes, answered())
    with driving(kind, script, journal=journal_for(kind, pages)) as driver:
        driver.client._wall = lambda: 1_790_000_000.0 + asleep[0]  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
        if requests == 2:
            assert driver.create(idempotency_key=KEY).amount == 2500
        else:
            error = driver.fail(errors.NetworkError, idempotency_key=KEY)
            assert (error.outcome, error.attempts, error.idempotency_key) == ("unknown", 1, KEY)
            assert "not repeated" in str(error)
            assert driver.fail(errors.ValidationError, "resolve", error).code == "not_resolvable"
            assert pages.endings == ["in_doubt"]
    assert len(script.requests) == requests


def test_a_read_may_be_repeated_after_any_sleep(kind: str) -> None:
    asleep = [0.0]

    def wakes(_: httpx.Request) -> httpx.Response:
        asleep[0] = 90_000.0
        raise LOST

    script = Script(wakes, answered(200))
    with driving(kind, script) as driver:
        driver.client._wall = lambda: 1_790_000_000.0 + asleep[0]  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
        driver.call("payment_intents.retrieve", example_intent()["id"])
    assert len(script.requests) == 2
