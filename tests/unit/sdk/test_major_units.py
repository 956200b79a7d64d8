"""Amounts of the façade: text or Money, exact, never a number."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk import Money, errors
from molam_sdk._currencies import EXPONENTS
from molam_sdk.money import resolve_major
from tests.unit.sdk.operation_calls import answer_to
from tests.unit.sdk.scripted import Script, driving

NUMBERS: list[Any] = [2500, 25.0, True, Decimal("25.00"), None, b"25.00", ["25.00"]]


@given(st.integers(1, 10**15), st.sampled_from(sorted(EXPONENTS)))
def test_money_and_its_text_are_one_amount(amount: int, currency: str) -> None:
    money = Money.minor(amount, currency)
    text, code = resolve_major(money)
    assert (Money.of(text, code), code) == (money, currency)
    assert resolve_major(text, currency.lower()) == (text, currency)


@pytest.mark.parametrize("amount", NUMBERS, ids=lambda amount: type(amount).__name__)
def test_a_number_is_refused_with_what_to_pass_instead(kind: str, amount: Any) -> None:
    script = Script(answer_to("initialize_payment"))
    with driving(kind, script) as driver:
        method, more = "gateway.payments.initialize", {"provider": "cpay", "currency": "USD"}
        error = driver.fail(errors.ValidationError, method, amount=amount, **more)
        assert (error.param, error.outcome) == ("amount", "not_sent")
        assert 'pass "25.00", Money.of("25.00", "USD")' in error.message
        if amount is not None:
            driver.fail(errors.ValidationError, "gateway.payments.refund", "pi_1", amount=amount)
    assert script.requests == []


@pytest.mark.parametrize("amount", ["25.001", "", "1e3", "-1", "1,000.00", "0.00", " 1", "٣"])
def test_text_that_is_not_exact_is_refused(kind: str, amount: str) -> None:
    script = Script(answer_to("initialize_payment"))
    with driving(kind, script) as driver:
        arguments = {"provider": "cpay", "amount": amount, "currency": "USD"}
        assert driver.fail(errors.ValidationError, "gateway.payments.initialize", **arguments).param == "amount"
    assert script.requests == []


def test_a_currency_comes_from_the_money_the_argument_or_the_configuration(kind: str) -> None:
    script = Script(answer_to("initialize_payment"), answer_to("initialize_payment"))
    with driving(kind, script, default_currency="XOF") as driver:
        driver.call("gateway.payments.initialize", provider="cpay", amount="900")
        driver.call("gateway.payments.initialize", provider="cpay", amount=Money.of("9", "KES"))
        driver.fail(
            errors.ValidationError,
            "gateway.payments.initialize",
            provider="cpay",
            amount=Money.of("9", "KES"),
            currency="USD",
        )
    assert [(body["amount"], body["currency"]) for body in script.bodies()] == [("900", "XOF"), ("9.00", "KES")]


def test_a_refund_in_money_says_its_currency(kind: str) -> None:
    """So that 1,000 yen are never given back as a thousand dollars."""
    script = Script(*(answer_to("refund_payment") for _ in range(3)))
    with driving(kind, script) as driver:
        driver.call("gateway.payments.refund", "pi_1", amount=Money.of("1000", "JPY"))
        driver.call("gateway.payments.refund", "pi_1", amount="4.00")
        driver.call("gateway.payments.refund", "pi_1")
    assert script.bodies() == [{"amount": "1000", "currency": "JPY"}, {"amount": "4.00"}, {}]


def test_answers_with_amounts_that_are_no_text_are_not_believed(kind: str) -> None:
    answer = answer_to("initialize_payment")
    wrong = answer.json() | {"amount": 25.0}
    with driving(kind, Script(type(answer)(201, json=wrong))) as driver:
        arguments = {"provider": "cpay", "amount": "25.00", "currency": "USD"}
        error = driver.fail(errors.UnexpectedResponseError, "gateway.payments.initialize", **arguments)
    assert (error.outcome, error.object_id) == ("unknown", wrong["transaction_id"])
