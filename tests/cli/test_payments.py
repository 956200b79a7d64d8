"""create-payment, get-payment, confirm-payment, create-refund: exact amounts, one document, one exit status."""

import re
from typing import Any

import pytest

from tests.cli.conftest import Started
from tests.cli.processes import Molam
from tests.gateway_fixtures import Api

PAID = ("create-payment", "--amount", "49.99", "--currency", "EUR", "--payment-method", "pm_cpay_ok", "--confirm")


def movements(api: Api, payment: str) -> list[tuple[str, int]]:
    rows: list[dict[str, Any]] = api.get("/v1/sandbox/ledger", payment_intent=payment).json()["data"]
    return sorted((row["kind"], row["amount"]) for row in rows)


def test_a_payment_from_its_creation_to_its_refund(molam: Molam, api: Api) -> None:
    created = molam(
        "create-payment", "--amount", "49.99", "--currency", "eur", "--metadata", "order=a=1", "--description", "Tea"
    )
    assert re.search(r"Payment (pi_\w+)\s+amount +49\.99 EUR\s+status +requires_payment_method", created.out)
    (id,) = set(re.findall(r"pi_\w+", created.out))
    assert f"molam confirm-payment {id}" in created.err
    assert "succeeded" in molam("confirm-payment", id, "--payment-method", "pm_cpay_ok").out
    refund = molam("create-refund", id, "--amount", "10", "--reason", "late", "--json").json
    assert (refund["object"], refund["amount"], refund["currency"], refund["reason"]) == ("refund", 1000, "EUR", "late")
    shown = molam("get-payment", id, "--json").json
    assert (shown["amount"], shown["amount_refunded"], shown["metadata"]) == (4999, 1000, {"order": "a=1"})
    assert molam("create-refund", shown["latest_charge"]).out.splitlines()[1].split() == ["amount", "39.99", "EUR"]
    assert movements(api, id) == [("charge", 4999), ("refund", 1000), ("refund", 3999)]


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("9007199254740.93", "USD", 900719925474093), ("1.234", "KWD", 1234)],
)
def test_amounts_are_exact(molam: Molam, amount: str, currency: str, minor: int) -> None:
    made = molam("create-payment", "--amount", amount, "--currency", currency, "--json").json
    assert (made["amount"], made["currency"]) == (minor, currency)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("create-payment", "--amount", "49.999", "--currency", "EUR"), "EUR has 2 decimals, not 3"),
        (("create-payment", "--amount", "-5", "--currency", "EUR"), "plain digits"),
        (("create-payment", "--amount", "0", "--currency", "EUR"), "the least in EUR is 0.01"),
        (("create-payment", "--amount", "5"), "--currency"),
        (("create-payment", "--amount", "5", "--currency", "EUR", "--metadata", "nothing"), "NAME=VALUE"),
        (("get-payment", "pi_\x1b[31m"), "must be an id"),
        (("get-payment", "pi_1", "--api-key", "secret-of-mine"), "api_key"),
        (("get-payment", "pi_1", "--api-base", "http://example.com"), "https"),
    ],
)
def test_what_cannot_be_is_a_usage_error_and_nothing_is_sent(
    molam: Molam, arguments: tuple[str, ...], words: str
) -> None:
    done = molam(*arguments, status=2)
    assert words in done.err
    assert "secret-of-mine" not in done.err
    assert done.out == ""


def test_a_declined_payment_is_told_with_its_payment(molam: Molam, api: Api) -> None:
    arguments = ("create-payment", "--amount", "9", "--currency", "USD", "--payment-method", "pm_cpay_declined")
    done = molam(*arguments, "--confirm", "--json", status=3)
    error = done.json["error"]
    assert set(error) == {
        "type", "message", "code", "param", "decline_code", "status_code", "request_id", "outcome", "idempotency_key",
        "retry_after", "resource", "exit_code",
    }  # fmt: skip
    assert (error["type"], error["decline_code"], error["outcome"]) == ("DeclinedError", "generic_decline", "rejected")
    assert (error["status_code"], error["exit_code"]) == (402, 3)
    left = api.get(f"/v1/connect/payment_intents/{error['resource']['id']}").json()
    assert left["status"] == "requires_payment_method"
    assert "declined" in done.err


def test_a_lost_answer_is_exit_status_4_and_the_key_settles_it(molam: Molam, api: Api) -> None:
    api.arm("drop_response", operation_id="create_payment_intent", times=4)
    lost = molam(*PAID, "--json", status=4)
    error = lost.json["error"]
    assert error["outcome"] == "unknown"
    assert f"--idempotency-key {error['idempotency_key']}" in lost.err
    again = molam(*PAID, "--idempotency-key", error["idempotency_key"], "--json")
    assert "the earlier answer" in again.err
    assert movements(api, again.json["id"]) == [("charge", 4999)]


def test_refused_keys_and_missing_objects_have_statuses_of_their_own(molam: Molam, sandbox: Started) -> None:
    assert molam("get-payment", "pi_nowhere", "--json", status=3).json["error"]["status_code"] == 404
    stranger = f"sk_test_{'x' * 52}"
    done = molam("get-payment", "pi_1", "--api-key", stranger, "--json", status=5)
    assert done.json["error"]["type"] == "AuthenticationError"
    assert not {stranger, sandbox.api_key} & set(re.split(r"\W", done.out + done.err))


def test_nobody_there_is_exit_status_6(bare: Molam) -> None:
    offline = bare.having(MOLAM_API_KEY="sk_test_x", MOLAM_API_BASE="http://127.0.0.1:9")
    error = offline("get-payment", "pi_1", "--json", status=6).json["error"]
    assert (error["type"], error["outcome"]) == ("NetworkError", "not_sent")


def test_what_others_wrote_cannot_steer_the_terminal(molam: Molam) -> None:
    done = molam("create-payment", "--amount", "1", "--currency", "USD", "--description", "\x9b31m\u202e[bold]x")
    assert "\x9b" not in done.out
    assert "\\x9b31m\\u202e[bold]x" in done.out
