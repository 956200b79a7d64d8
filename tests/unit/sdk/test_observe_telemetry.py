"""The timing of a call goes with the next one, and nothing else does."""

from __future__ import annotations

import re

import httpx
import pytest

from molam_sdk import errors
from tests.unit.sdk.scripted import Script, answered, driving, refused

HEADER = "Molam-Client-Telemetry"


def test_the_next_call_carries_the_timing_of_the_one_before(kind: str) -> None:
    with driving(kind, script := Script(answered())) as driver:

        def slowly(_: httpx.Request) -> httpx.Response:
            driver.clock.now += 0.25
            return answered()

        script.answers[:] = [slowly, answered()]
        driver.create()
        driver.create()
    assert script.sent(HEADER)[0] is None
    assert script.sent(HEADER)[1] == "op=create_payment_intent;status=201;attempts=1;ms=250"


def test_waits_and_attempts_count(kind: str) -> None:
    with driving(kind, script := Script(refused(503, Retry_After="2"), answered())) as driver:
        driver.create()
        driver.create()
    assert script.sent(HEADER) == [None, None, "op=create_payment_intent;status=201;attempts=2;ms=2000"]


def test_a_timing_is_reported_once(kind: str) -> None:
    with driving(kind, script := Script(answered(), refused(503), answered(), answered())) as driver:
        driver.create()
        driver.create()
    assert [value is not None for value in script.sent(HEADER)] == [False, True, False]


def test_a_call_that_failed_is_reported_too(kind: str) -> None:
    with driving(kind, script := Script(refused(402, "card_declined"), answered())) as driver:
        driver.fail(errors.DeclinedError)
        driver.create()
    assert script.sent(HEADER) == [None, "op=create_payment_intent;status=402;attempts=1;ms=0"]


def test_what_a_lost_call_carried_goes_with_the_next(kind: str) -> None:
    torn = httpx.ReadError("torn")
    script = Script(answered(), torn, torn, torn, torn, torn, answered())
    with driving(kind, script, max_retries=0) as driver:
        driver.create()
        for _ in range(5):
            driver.fail(errors.NetworkError)
        driver.create()
        driver.create()
    first, lost, last = (f"op=create_payment_intent;status={status};attempts=1;ms=0" for status in (201, 0, 201))
    assert script.sent(HEADER)[2] == f"{first},{lost}"
    assert script.sent(HEADER)[6:] == [",".join([lost] * 4), last]


def test_a_call_that_was_never_sent_is_not_reported(kind: str) -> None:
    with driving(kind, script := Script(refused(503)), max_retries=0) as driver:
        for _ in range(10):
            driver.fail(errors.ServerError)
        driver.fail(errors.CircuitOpenError)
        driver.with_options(circuit_breaker=False).fail(errors.ServerError)
        driver.fail(errors.ServerError, "payment_intents.retrieve", "pi_1")
    assert script.sent(HEADER)[-1] == "op=create_payment_intent;status=503;attempts=1;ms=0"


def test_nothing_in_it_is_about_a_person_or_a_merchant(kind: str) -> None:
    with driving(kind, script := Script(answered()), account="acct_1") as driver:
        driver.create(customer={"phone": "+22178000000"}, metadata={"order": "7"})
        driver.create()
    assert re.fullmatch(r"op=[a-z_]+;status=\d+;attempts=\d+;ms=\d+", script.sent(HEADER)[1] or "")


@pytest.mark.parametrize("word", ["false", "0", "off", "NO"])
def test_the_environment_switches_it_off(kind: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLAM_TELEMETRY_ENABLED", word)
    with driving(kind, script := Script(answered())) as driver:
        driver.create()
        driver.create()
    assert script.sent(HEADER) == [None, None]


def test_an_option_switches_it_off(kind: str) -> None:
    with driving(kind, script := Script(answered()), telemetry=False) as driver:
        driver.create()
        driver.create()
    assert script.sent(HEADER) == [None, None]
