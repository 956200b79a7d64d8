"""`resolve`: a call of unknown outcome is sent once more, the very same, and settled or still unknown."""

from __future__ import annotations

import asyncio
import copy
import gc
import os
import pickle
import subprocess
import sys
import traceback
from typing import Any

import httpx
import pytest

from molam_sdk import errors
from molam_sdk._calls.issued import Unresolved
from tests.unit.sdk.scripted import Driver, Script, answered, driving, refused
from tests.unit.sdk.spec_examples import example_intent

LOST = httpx.ReadError("gone")
CANARY = "canary+221770000000"


def unresolved(driver: Driver) -> Unresolved:
    return driver.client._session.unresolved  # pyright: ignore[reportPrivateUsage] - its size is the promise


def lost(driver: Driver, **arguments: Any) -> errors.MolamError:
    error = driver.fail(errors.MolamError, **arguments)
    assert error.outcome == "unknown"
    return error


def test_the_very_same_request_settles_it(kind: str) -> None:
    script = Script(LOST, answered())
    with driving(kind, script, max_retries=0, account="acct_1") as driver:
        error = lost(driver, metadata={"order": "1"})
        assert driver.call("resolve", error).id == example_intent()["id"]
    first, second = script.requests
    assert (first.content, first.url) == (second.content, second.url)
    for header in ("Idempotency-Key", "Molam-Account", "Authorization"):
        assert len(set(script.sent(header))) == 1
    assert len(set(script.sent("Molam-Attempt-Id"))) == 2


@pytest.mark.parametrize("answer", [LOST, refused(500), answered(201, "no object"), answered(302)], ids=str)
def test_the_error_names_it_and_where_the_key_is(kind: str, answer: Any) -> None:
    with driving(kind, Script(answer), max_retries=0) as driver:
        error = lost(driver)
    assert "client.resolve(error)" in error.message
    assert error.idempotency_key
    assert error.idempotency_key not in error.message


def test_it_raises_what_definitely_happened(kind: str) -> None:
    declined = refused(402, "card_declined", body={"error_type": "payment_error", "decline_code": "insufficient_funds"})
    with driving(kind, Script(LOST, declined), max_retries=0) as driver:
        error = lost(driver)
        settled = driver.fail(errors.DeclinedError, "resolve", error)
    assert (settled.outcome, settled.idempotency_key) == ("rejected", error.idempotency_key)


@pytest.mark.parametrize(
    "answer",
    [
        LOST,
        httpx.ConnectError("refused"),
        refused(401, "api_key_invalid"),
        refused(400, "amount_invalid", body={"error_type": "validation_error"}),
        refused(404),
        refused(429),
        refused(500),
        answered(201, "no object"),
        answered(201, Molam_Attempt_Id="another"),
        answered(302),
    ],
    ids=str,
)
def test_what_settles_nothing_stays_unknown_and_can_be_resolved_again(kind: str, answer: Any) -> None:
    with driving(kind, Script(LOST, answer, answered()), max_retries=0) as driver:
        error = lost(driver)
        again = driver.fail(errors.MolamError, "resolve", error)
        assert (again.outcome, again.idempotency_key) == ("unknown", error.idempotency_key)
        assert driver.call("resolve", again).amount == 2500
        assert driver.call("resolve", error).amount == 2500


def test_it_has_a_deadline_and_retries_of_its_own(kind: str) -> None:
    script = Script(LOST, refused(503), answered())
    with driving(kind, script, max_retries=0, deadline=30.0) as driver:
        error = lost(driver)
        with pytest.raises(errors.ServerError):
            driver.call("resolve", error, deadline=7.0)
        driver.clock.now += 1000.0
        driver.call("resolve", error)
        with pytest.raises(errors.ConfigurationError, match="deadline") as refused_deadline:
            driver.call("resolve", error, deadline=0)
        refusal = refused_deadline.value
        assert (refusal.outcome, refusal.idempotency_key) == ("unknown", error.idempotency_key)
    assert script.sent("Molam-Deadline-Ms") == ["30000", "7000", "30000"]
    script = Script(LOST, LOST, refused(503), answered())
    with driving(kind, script, max_retries=1) as driver:
        assert driver.call("resolve", lost(driver)).amount == 2500
    assert len(script.requests) == 4


def test_the_rules_are_those_of_whoever_resolves(kind: str) -> None:
    script = Script(LOST, *[refused(503)] * 3, answered())
    heard: list[Any] = []
    with driving(kind, script, circuit_breaker=False) as driver:
        hurried = driver.with_options(max_retries=0, deadline=1, timeout=0.3, account="acct_1", headers={"X-Shop": "7"})
        error = lost(hurried)
        patient = driver.with_options(
            max_retries=5, backoff_factor=2, timeout=9, deadline=40, event_hooks={"retry": heard.append}
        )
        assert patient.call("resolve", error).amount == 2500
    assert [event.delay for event in heard] == driver.clock.slept == [2.0, 4.0, 8.0]
    assert [request.extensions["timeout"]["read"] for request in script.requests] == [0.3, 9, 9, 9, 9]
    assert script.sent("Molam-Deadline-Ms") == ["1000", "40000", "38000", "34000", "26000"]
    assert script.sent("Molam-Account") == ["acct_1"] * 5
    assert script.sent("X-Shop") == ["7"] * 5
    assert len(set(script.sent("Idempotency-Key"))) == 1


def test_without_retries_it_makes_one_attempt(kind: str) -> None:
    script = Script(LOST, LOST, LOST, answered())
    with driving(kind, script, max_retries=1) as driver:
        error = lost(driver)
        driver.with_options(max_retries=0).fail(errors.NetworkError, "resolve", error)
    assert len(script.requests) == 3


def test_the_breaker_is_that_of_whoever_resolves(kind: str) -> None:
    script = Script(httpx.ConnectError("down"))
    with driving(kind, script, api_base="http://127.0.0.1:2", max_retries=0) as driver:
        script.then(LOST)
        error = lost(driver)
        script.then(httpx.ConnectError("down"))
        for _ in range(20):
            driver.fail(errors.NetworkError)
        driver.fail(errors.CircuitOpenError, "resolve", error)
        script.then(answered())
        assert driver.with_options(circuit_breaker=False).call("resolve", error).amount == 2500


def test_a_call_that_is_still_being_worked_on_is_waited_for(kind: str) -> None:
    busy = refused(409, "idempotency_in_flight", Retry_After="4")
    script = Script(LOST, busy, busy, answered())
    with driving(kind, script, max_retries=0, deadline=1, timeout=0.3) as driver:
        assert driver.call("resolve", lost(driver), deadline=30).amount == 2500
        assert driver.clock.slept == [4.0, 4.0]
        script.then(LOST, busy)
        again = driver.fail(errors.ConflictError, "resolve", lost(driver), deadline=9)
    assert (again.outcome, again.retry_after, driver.clock.slept[2:]) == ("unknown", 4.0, [4.0, 4.0])


def test_the_copies_of_a_client_share_what_is_unresolved(kind: str) -> None:
    script = Script(LOST, answered())
    with driving(kind, script, max_retries=0) as driver:
        platform = driver.with_options(account="acct_1", headers={"X-Shop": "7"})
        error = lost(platform)
        driver.call("resolve", error)
        script.then(LOST, answered())
        with pytest.raises(errors.NetworkError) as caught:
            driver.call("with_raw_response.payment_intents.create", amount=1, currency="USD")
        platform.call("resolve", caught.value)
    assert script.sent("Molam-Account") == ["acct_1", "acct_1", None, None]
    assert script.sent("X-Shop") == ["7", "7", None, None]


def test_an_answer_that_could_not_be_read_can_be_asked_for_again(kind: str) -> None:
    with driving(kind, Script(answered(201, {"id": "pi_1"}), answered())) as driver:
        error = driver.fail(errors.UnexpectedResponseError)
        assert driver.call("resolve", error).amount == 2500
    with driving(kind, Script(answered(201, {"id": "pi_1"}), answered())) as driver:
        raw = driver.call("with_raw_response.payment_intents.create", amount=1, currency="USD")
        with pytest.raises(errors.UnexpectedResponseError) as caught:
            raw.parse()
        assert driver.call("resolve", caught.value).amount == 2500


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(refused(400, "amount_invalid"), "rejected"), (httpx.ConnectError("refused"), "not_sent")],
)
def test_there_is_nothing_to_resolve_where_nothing_was_done(kind: str, answer: Any, outcome: str) -> None:
    script = Script(answer)
    with driving(kind, script, max_retries=0) as driver:
        error = driver.fail(errors.MolamError)
        refusal = driver.fail(errors.ValidationError, "resolve", error)
    assert (error.outcome, refusal.outcome) == (outcome, outcome)
    assert "nothing was done" in str(refusal)
    assert refusal.idempotency_key == error.idempotency_key
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "given", [KeyboardInterrupt(), asyncio.CancelledError(), ValueError("x"), None, "key"], ids=repr
)
def test_what_is_no_error_of_the_sdk_is_refused_with_advice(kind: str, given: Any) -> None:
    with driving(kind, Script(answered())) as driver:
        refusal = driver.fail(errors.ValidationError, "resolve", given)
    assert refusal.outcome == "unknown"
    assert "journal" in str(refusal)


def test_a_read_is_simply_called_again(kind: str) -> None:
    script = Script(LOST)
    with driving(kind, script, max_retries=0) as driver:
        error = driver.fail(errors.NetworkError, "payment_intents.retrieve", "pi_1")
        refusal = driver.fail(errors.ValidationError, "resolve", error)
    assert (error.outcome, refusal.outcome) == ("unknown", "unknown")
    assert "called again" in str(refusal)
    assert len(script.requests) == 1


def elsewhere(driver: Driver, error: errors.MolamError) -> None:
    refusal = driver.fail(errors.ValidationError, "resolve", error)
    assert (refusal.outcome, refusal.idempotency_key) == ("unknown", error.idempotency_key)
    assert "recover()" in str(refusal)


def test_another_client_a_pickle_and_a_copy_know_no_request(kind: str) -> None:
    with driving(kind, Script(LOST), max_retries=0) as driver, driving(kind, Script(answered())) as other:
        error = lost(driver)
        elsewhere(other, error)
        elsewhere(driver, pickle.loads(pickle.dumps(error)))  # noqa: S301 - it is our own
        elsewhere(driver, copy.copy(error))


def test_the_newest_errors_are_kept_and_only_while_somebody_holds_them(kind: str) -> None:
    def lose(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("gone")

    with driving(kind, Script(lose), max_retries=0, circuit_breaker=False) as driver:
        kept = unresolved(driver)
        held = [lost(driver) for _ in range(300)]
        assert len(kept) == 256
        elsewhere(driver, held[0])
        lost(driver)
        del held[:]
        gc.collect()
        assert len(kept) == 0


@pytest.mark.parametrize("clock", ["monotonic", "wall"])
def test_a_key_of_yesterday_is_refused_by_either_clock(kind: str, clock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The monotonic clock stands still while the machine sleeps; the other one can be set back."""
    script = Script(LOST)
    wall = [1_000_000.0]
    with driving(kind, script, max_retries=0) as driver:
        monkeypatch.setattr(type(driver.client), "_wall", staticmethod(lambda: wall[0]))
        error = lost(driver)
        pass_time(driver, wall, clock, 23 * 3600 - 5)
        again = driver.fail(errors.NetworkError, "resolve", error, deadline=3600)
        pass_time(driver, wall, clock, 5)
        for each in (error, again):
            refusal = driver.fail(errors.ValidationError, "resolve", each)
            assert (refusal.outcome, refusal.idempotency_key) == ("unknown", error.idempotency_key)
            assert "look the object up" in str(refusal)
    assert script.sent("Molam-Deadline-Ms") == ["60000", "5000"]


def pass_time(driver: Driver, wall: list[float], clock: str, seconds: float) -> None:
    if clock == "wall":
        wall[0] += seconds
    else:
        driver.clock.now += seconds


def test_a_closed_client_sends_nothing(kind: str) -> None:
    script = Script(LOST, answered())
    with driving(kind, script, max_retries=0) as driver:
        error = lost(driver)
        driver.close()
        closed = driver.fail(errors.ConfigurationError, "resolve", error)
    assert (closed.outcome, closed.idempotency_key) == ("unknown", error.idempotency_key)
    assert len(script.requests) == 1


def test_a_write_that_moved_is_resolved_where_it_was_sent(kind: str) -> None:
    def in_b(request: httpx.Request) -> httpx.Response:
        if request.url.host.startswith("a."):
            raise httpx.ConnectError("refused")
        if len(script.requests) <= 2:
            raise LOST
        return answered()

    regions = {"a": "https://a.example", "b": "https://b.example"}
    script = Script(in_b)
    options: dict[str, Any] = {"api_base": ..., "region": "a", "regions": regions, "fallback_regions": ["b"]}
    with driving(kind, script, write_failover=True, max_retries=1, **options) as driver:
        error = lost(driver)
        driver.call("resolve", error)
    assert [request.url.host for request in script.requests] == ["a.example", "b.example", "b.example"]


FORKED = """
import os, sys
from molam_sdk import errors
from tests.unit.sdk.scripted import Script, answered, driving

with driving(sys.argv[1], Script(ConnectionResetError("gone"), answered()), max_retries=0) as driver:
    error = driver.fail(errors.NetworkError)
    child = os.fork()
    if child == 0:
        settled = driver.call("resolve", error)
        os._exit(0 if settled.amount == 2500 else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), driver.call("resolve", error).amount)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_has_the_requests_too(kind: str) -> None:
    """They are memory, and the key makes it the same call, whoever of the two repeats it."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(["", *sys.path])}
    command = [sys.executable, "-c", FORKED, kind]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=50, check=True)
    assert done.stdout.split() == ["0", "2500"]


def test_the_request_is_in_the_client_and_nowhere_in_the_error(kind: str) -> None:
    with driving(kind, Script(LOST), max_retries=0) as driver:
        error = lost(driver, customer={"phone": CANARY, "email": None, "name": None}, description=CANARY)
        again = driver.fail(errors.NetworkError, "resolve", error)
        frames = "".join(traceback.TracebackException.from_exception(again, capture_locals=True).format())
    for each in (error, again):
        assert CANARY not in f"{each!r}{each}{vars(each)}"
        assert CANARY.encode() not in pickle.dumps(each)
    theirs = "".join(part for part in frames.split("  File ") if "/molam_sdk/" in part)
    assert theirs
    assert CANARY not in theirs


def test_nothing_is_kept_of_calls_that_are_settled(kind: str) -> None:
    with driving(
        kind, Script(answered(), refused(400, "amount_invalid"), httpx.ConnectError("refused")), max_retries=0
    ) as driver:
        driver.create()
        errors_held = [driver.fail(errors.MolamError), driver.fail(errors.MolamError)]
        assert len(unresolved(driver)) == 0
    assert [error.outcome for error in errors_held] == ["rejected", "not_sent"]
